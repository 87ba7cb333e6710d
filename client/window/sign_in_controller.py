"""Put the page for signing in before the others while nobody is signed in, and let who is sign out by a key."""

from typing import Final

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QKeySequence, QShortcut

from client.outbox import SignIn
from client.window.board_poller import BoardPoller
from client.window.pages.main_window import MainWindow
from client.window.pages.sign_in_page import SignInPage
from client.window.sign_in_worker import SignInWorker
from protocol.messages import PairingCode

LOOK_MS: Final = 5000
SIGN_OUT_KEY: Final = "Ctrl+L"


class SignInController(QObject):
    """The window's; the worker is closed by whoever made it."""

    def __init__(self, worker: SignInWorker, poller: BoardPoller, window: MainWindow) -> None:
        super().__init__(window)
        self._worker, self._poller, self._window = worker, poller, window
        self.page = SignInPage()
        window.pages.addWidget(self.page)
        self._look = QTimer(self, interval=LOOK_MS)
        self._look.timeout.connect(worker.look)
        self._collect = QTimer(self, singleShot=True)
        self._collect.timeout.connect(worker.collect)
        QShortcut(QKeySequence(SIGN_OUT_KEY), window, self._sign_out)
        self.page.code_wanted.connect(self._ask_code)
        worker.signed_in.connect(self._begin)
        worker.nobody.connect(self._show_page)
        worker.code_came.connect(self._show_code)
        worker.waiting.connect(self._collect.start)
        worker.code_over.connect(self.page.show_over)
        poller.not_known.connect(worker.lapse)
        self._look.start()
        worker.look()

    def _begin(self, signed: SignIn) -> None:
        self._collect.stop()
        self._poller.sign(signed.token)
        self._window.status.show_person(signed.who, signed.expires)
        if self._window.pages.currentWidget() is self.page:
            self._window.choose_course()

    def _show_page(self) -> None:
        self._poller.sign(None)
        self._window.status.show_person("", None)
        self._window.put_away(self.page)
        self._ask_code()

    def _ask_code(self) -> None:
        self.page.show_waiting()
        self._worker.ask_code()

    def _show_code(self, shown: PairingCode) -> None:
        self.page.show_code(shown)
        self._collect.start(shown.ask_every_s * 1000)

    def _sign_out(self) -> None:
        self._worker.sign_out()
