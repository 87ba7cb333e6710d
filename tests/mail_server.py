"""A real mail server on this machine, which takes, refuses, stalls and encrypts as a test says."""

import asyncio
import email
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from tests.ports import closed_port

USER, PASSWORD = "rollcall", "s3cret of nobody"
OK = "250 OK"
PATIENCE_S = 20.0


@dataclass
class Postbox:
    """What has arrived, and what is to be answered: to RCPT by address, and to DATA."""

    arrived: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    data: str = OK
    sender: str = OK
    stalls_at: str = ""  # rcpt, data, or answer: once what was sent is kept
    port: int = 0
    reached: threading.Event = field(default_factory=threading.Event)
    signed_in: list[str] = field(default_factory=list)

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        envelope.mail_from = address
        return self.sender

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        await self._stall("rcpt")
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return OK

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        await self._stall("data")
        if self.data == OK:
            self.arrived.append(email.message_from_bytes(envelope.content, policy=SMTP))  # type: ignore[arg-type]
            self.recipients += envelope.rcpt_tos
        await self._stall("answer")
        return self.data

    async def _stall(self, where: str) -> None:
        if self.stalls_at == where:
            self.reached.set()
            while self.stalls_at == where:
                await asyncio.sleep(0.02)

    def sign_in(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        self.signed_in.append(mechanism)
        good = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=good, handled=False)

    def texts(self) -> list[str]:
        return [each.get_content() for each in self.arrived]


def wait_until(done: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
    deadline = time.monotonic() + patience_s
    while not done():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.05)


def certificates(folder: Path, name: str = "localhost") -> tuple[ssl.SSLContext, Path]:
    """A server's context, and the file of who vouches for it."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    file = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    return context, file


@contextmanager
def mail_server(
    *, starttls: ssl.SSLContext | None = None, tls: ssl.SSLContext | None = None, asks_password: bool = False
) -> Iterator[Postbox]:
    """On a free port of this machine."""
    box = Postbox()
    more: dict[str, Any] = {"tls_context": starttls, "require_starttls": starttls is not None}
    if asks_password:
        more |= {"authenticator": box.sign_in, "auth_required": True, "auth_require_tls": starttls is not None}
    box.port = closed_port()
    controller = Controller(box, hostname="127.0.0.1", port=box.port, ssl_context=tls, **more)
    controller.start()
    try:
        yield box
    finally:
        box.stalls_at = ""
        controller.stop()
