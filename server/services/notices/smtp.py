"""Hand mails to a mail server by SMTP, in bounded time, and tell what its refusals mean."""

import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import getaddresses
from typing import Final, Literal

from server.errors import SetupProblem

Encryption = Literal["starttls", "tls", "none"]
TIMEOUT_S: Final = 20.0
# Of one mail, or of the greetings before the first: a server that sends a byte a second is left.
DEADLINE_S: Final = 60.0
# RFC 5321, section 4.2.3, and RFC 3463, section 3.2: what is wrong with the address itself. 5.7 is about us.
_OF_ADDRESS: Final = frozenset({550, 551, 553, 556})
_POLICY: Final = re.compile(rb"5\.[067]\.")


class MailRefused(Exception):
    """For good. address: whatever is sent to it."""

    def __init__(self, why: str, *, address: bool) -> None:
        super().__init__(why)
        self.address = address


class MailPutOff(Exception):
    """Not now; others may be taken."""


class MailServerFault(Exception):
    """The server is away, or lets us send nothing: no other mail is taken either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """password: asked at every connection, so that it may be changed."""

    host: str
    port: int
    encryption: Encryption
    context: ssl.SSLContext = field(repr=False)
    user: str
    password: Callable[[], str] = field(repr=False)

    @contextmanager
    def connected(self) -> Iterator["MailConnection"]:
        """Greeted, encrypted and signed in. Raises MailServerFault."""
        try:
            smtp = self._opened()
        except SetupProblem as problem:
            raise MailServerFault(problem.text) from problem
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise MailServerFault(_said(error)) from error
        try:
            yield MailConnection(smtp)
        finally:
            with suppress(OSError, smtplib.SMTPException), _deadline(smtp):
                smtp.quit()
            smtp.close()

    def _opened(self) -> smtplib.SMTP:
        smtp = smtplib.SMTP(timeout=TIMEOUT_S)
        if self.encryption == "tls":
            smtp = smtplib.SMTP_SSL(timeout=TIMEOUT_S, context=self.context)
        # What the certificate has to name; set by the constructors only where they connect at once.
        smtp._host = self.host  # type: ignore[attr-defined]
        try:
            with _deadline(smtp):
                smtp.connect(self.host, self.port)
                if self.encryption == "starttls":
                    smtp.starttls(context=self.context)
                smtp.ehlo_or_helo_if_needed()
                if self.user:
                    smtp.login(self.user, self.password())
        except BaseException:
            smtp.close()
            raise
        return smtp


class MailConnection:
    """For one thread."""

    def __init__(self, smtp: smtplib.SMTP) -> None:
        self._smtp = smtp

    def send(self, message: EmailMessage, handing: Callable[[], bool] = lambda: True) -> bool:
        """Hand it over. handing: asked last, before the server is given anything to keep; False: leave it.

        Raises MailRefused, MailPutOff and MailServerFault.
        """
        ((_, sender),) = getaddresses([str(message["From"])])
        ((_, address),) = getaddresses([str(message["To"])])
        try:
            with _deadline(self._smtp):
                return self._sent(sender, address, message.as_bytes(), handing)
        except (OSError, smtplib.SMTPException) as error:
            raise MailServerFault(_said(error)) from error

    def _sent(self, sender: str, address: str, data: bytes, handing: Callable[[], bool]) -> bool:
        code, reply = self._smtp.mail(sender)
        if code != 250:
            raise MailServerFault(f"it does not let {sender} send: {_words(code, reply)}")
        code, reply = self._smtp.rcpt(address)
        if code not in {250, 251}:
            self._smtp.rset()
            raise _refusal(code, reply)
        if not handing():
            self._smtp.rset()
            return False
        try:
            code, reply = self._smtp.data(data)
        except smtplib.SMTPDataError as refused:
            code, reply = refused.smtp_code, _bytes(refused.smtp_error)
        if code == 250:
            return True
        if 500 <= code < 600:
            raise MailRefused(_words(code, reply), address=False)
        raise MailPutOff(_words(code, reply))


@contextmanager
def _deadline(smtp: smtplib.SMTP) -> Iterator[None]:
    def end() -> None:
        if smtp.sock is not None:
            with suppress(OSError):
                # Of the plain socket: an SSLSocket's own would go on in the clear.
                socket.socket.shutdown(smtp.sock, socket.SHUT_RDWR)

    timer = threading.Timer(DEADLINE_S, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _refusal(code: int, reply: bytes) -> Exception:
    words = _words(code, reply)
    if code in _OF_ADDRESS and not _POLICY.match(reply):
        return MailRefused(words, address=True)
    if code in {450, 451, 452}:
        return MailPutOff(words)
    return MailServerFault(words)


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"it refuses the name and password: {_words(error.smtp_code, _bytes(error.smtp_error))}"
    if isinstance(error, smtplib.SMTPResponseException):
        return _words(error.smtp_code, _bytes(error.smtp_error))
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return f"it offers too little: {error}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}"
    if isinstance(error, OSError) and error.strerror:
        return f"it cannot be reached: {error.strerror}"
    return f"it does not answer as a mail server does: {type(error).__name__}"


def _bytes(said: str | bytes) -> bytes:
    return said if isinstance(said, bytes) else said.encode(errors="replace")


def _words(code: int, reply: bytes) -> str:
    return f"{code} {reply[:200].decode(errors='replace')}".strip()
