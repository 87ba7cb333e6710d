"""Let a person sign in on this PC by a code that they approve elsewhere, in a thread of its own."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal

from client.api import Api
from client.errors import ClientError, Refused
from client.outbox import Outbox, SignIn
from client.window.language.words import error_words
from client.window.worker_thread import WorkerThread
from protocol.messages import PairingCode

# What the server says of a token that is a device's own.
DEVICE_ROLE = "device"


class SignInWorker(WorkerThread):
    """The outbox, which keeps who is signed in, is closed by whoever opened it."""

    signed_in = Signal(object)
    """SignIn: who, until when and by which token."""
    nobody = Signal()
    """A person has to sign in here, and nobody is."""
    code_came = Signal(object)
    """PairingCode to be shown."""
    waiting = Signal()
    """Nobody has approved the code yet."""
    code_over = Signal(str)
    """There is no code, or no longer, and the sentence why."""

    def __init__(self, outbox: Outbox, api: Api) -> None:
        super().__init__("sign-in", api.hang_up)
        self._api = api
        self._sign_ins = outbox.sign_ins
        self._told: SignIn | None = None
        self._is_device: bool | None = None  # None: the server has not said yet
        self._secret = ""

    def look(self) -> None:
        """Tell who is signed in, where that is another than before: their time may be over, or `pair` was used."""
        self.run(partial(self._try, self._look, lambda _: None))

    def ask_code(self) -> None:
        self.run(partial(self._try, self._ask_code, self.code_over.emit))

    def collect(self) -> None:
        """Ask whether somebody has approved the code."""
        self.run(partial(self._try, self._collect, self._code_failed))

    def sign_out(self) -> None:
        self.run(partial(self._try, self._sign_out, lambda _: None))

    def lapse(self) -> None:
        """The server does not know the sign-in any more."""
        self.run(partial(self._try, self._end_here, lambda _: None))

    def _look(self) -> None:
        now = self._sign_ins.current()
        if now is not None:
            if now != self._told:
                self._told = now
                self.signed_in.emit(now)
        elif self._told is not None or self._is_device is None:
            self._tell_of_nobody()

    def _tell_of_nobody(self) -> None:
        if self._is_device is None:
            self._is_device = self._api.hello().role == DEVICE_ROLE
        self._told = None
        if self._is_device:
            self.nobody.emit()

    def _ask_code(self) -> None:
        shown: PairingCode = self._api.pair()
        self._secret = shown.secret
        self.code_came.emit(shown)

    def _collect(self) -> None:
        if not self._secret:
            return
        paired = self._api.collect_pairing(self._secret)
        if paired.token is None or paired.expires is None:
            self.waiting.emit()
            return
        self._secret = ""
        self._sign_ins.begin(paired.token, paired.who, paired.expires)
        self._look()

    def _code_failed(self, words: str) -> None:
        """Where the server is only away, the code may still be approved meanwhile."""
        if self._secret:
            self.waiting.emit()
        else:
            self.code_over.emit(words)

    def _sign_out(self) -> None:
        signed = self._sign_ins.current()
        self._end_here()
        if signed is None:
            return
        self._api.sign(signed.token)
        try:
            self._api.end_pairing()
        finally:
            self._api.sign(None)

    def _end_here(self) -> None:
        self._sign_ins.end()
        if self._told is not None:
            self._tell_of_nobody()

    def _try(self, job: Callable[[], None], failed: Callable[[str], None]) -> None:
        try:
            job()
        except Refused as error:
            if not error.retry:
                self._secret = ""
            failed(error_words(error.sentence, error.code))
        except ClientError as error:
            failed(error_words(error.sentence))
