"""A socket whose bytes are encrypted from its handshake to its end, whatever is done to it in between."""

import contextlib
import socket
import ssl
import time
from dataclasses import dataclass
from typing import Any, Final

# The first byte of TLS: a record of the handshake (RFC 8446, 5.1). Neither of the plain forms begins so.
HANDSHAKE: Final = 0x16


@dataclass(frozen=True, slots=True)
class Encryption:
    """What a listener encrypts with. required: our form in the clear is refused."""

    context: ssl.SSLContext
    required: bool


class EncryptedSocket(ssl.SSLSocket):
    """What `SSLSocket.shutdown` and `unwrap` leave behind sends in the clear; this one sends nothing then."""

    def shutdown(self, how: int) -> None:
        """As a plain socket's: no more bytes in this direction. What is sent in the other stays encrypted."""
        socket.socket.shutdown(self, how)

    def end_output(self) -> None:
        """Say that nothing follows (close_notify), without waiting for the other side to say so too."""
        with contextlib.suppress(OSError, ValueError):
            self.settimeout(0)
            self.unwrap()

    def drain(self, count: int) -> bytes:
        """What still comes, as it comes: it is not wanted, and need not be read by anybody."""
        return socket.socket.recv(self, count)

    def send(self, data: Any, flags: int = 0) -> int:
        if self.version() is None:
            raise ConnectionAbortedError("the encryption has ended")
        return super().send(data, flags)

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Within the time limit as a whole: the library's own begins it anew with each record."""
        limit = self.gettimeout()
        ends = None if limit is None else time.monotonic() + limit
        with memoryview(data) as view:
            sent = 0
            while sent < len(view):
                if ends is not None:
                    self.settimeout(_left(ends))
                sent += self.send(view[sent:], flags)


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError("timed out")
    return left


def encrypted(stream: socket.socket, context: ssl.SSLContext) -> EncryptedSocket:
    """Takes the stream over; its handshake is yet to be done."""
    wrapped = context.wrap_socket(stream, server_side=True, do_handshake_on_connect=False)
    assert isinstance(wrapped, EncryptedSocket)  # noqa: S101 - the context makes no other
    return wrapped
