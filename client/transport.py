"""Carry requests to the server and the frames of its answers back, over TCP or to a function.

Requests are sent while answers are read, so that neither side can block on full buffers. Not to be shared by threads.
"""

import selectors
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from client.config import ClientSettings
from client.error_texts import ClientText
from client.errors import BadReply, Unreachable
from client.tls import encrypt, security_context
from protocol.errors import FrameError
from protocol.framing import MAX_REPLY_HEADER_BYTES, Frame, FrameDecoder
from protocol.sentences import Sentence, sentence

# What a socket says that cannot go on just now, plain or encrypted.
NOT_NOW: Final = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
# No reply carries a payload; one that announces some is damaged and is not waited for.
# More than a record of TLS holds, so that nothing stays behind in one where no select sees it.
CHUNK_BYTES: Final = 64 * 1024
MAX_REPLY_PAYLOAD_BYTES: Final = 0


class Transport(Protocol):
    """The way to a server."""

    def exchange(self, requests: Sequence[bytes], *, opening: bytes = b"", repeatable: bool = True) -> list[Frame]:
        """The frames that answer `requests` (whole frames each), in order; fewer where the server ended the connection.

        opening: goes in front where the connection is new; its answer is then the first frame. repeatable: sent once
        more where an old connection had ended unanswered. Raises Unreachable, or BadReply for what is no frame.
        """

    def close(self) -> None:
        """The next exchange makes a new one."""


class LoopbackTransport:
    """handler: takes a request's frame and returns the bytes of its answer."""

    def __init__(self, handler: Callable[[Frame], bytes]) -> None:
        self._handler = handler
        self._opened = False

    def exchange(self, requests: Sequence[bytes], *, opening: bytes = b"", repeatable: bool = True) -> list[Frame]:  # noqa: ARG002
        asked = FrameDecoder()
        asked.receive(b"".join(_with_opening(requests, opening, new=not self._opened)))
        self._opened = True
        answered = _replies()
        while (frame := asked.next_frame()) is not None:
            answered.receive(self._handler(frame))
        return _take_frames(answered, "the loopback")

    def close(self) -> None:
        self._opened = False


class TcpTransport:
    """One TCP connection, made when first needed, and anew when the server has ended it.

    timeout_s: for connecting, and for each whole answer, however its bytes trickle in. security: what the server's
    certificate is checked by; without it nothing is encrypted.
    """

    def __init__(self, host: str, port: int, timeout_s: float, security: ssl.SSLContext | None = None) -> None:
        self._host = host
        self._port = port
        self._timeout_s = timeout_s
        self._security = security
        self._connection: _Connection | None = None

    @property
    def address(self) -> str:
        return f"[{self._host}]:{self._port}" if ":" in self._host else f"{self._host}:{self._port}"

    def exchange(self, requests: Sequence[bytes], *, opening: bytes = b"", repeatable: bool = True) -> list[Frame]:
        if self._connection is not None and not self._connection.is_quiet():
            self.close()
        reused = self._connection is not None
        try:
            return self._exchange_once(requests, opening)
        except _Unanswered:
            if not (reused and repeatable):
                raise
        return self._exchange_once(requests, opening)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _exchange_once(self, requests: Sequence[bytes], opening: bytes) -> list[Frame]:
        sent = _with_opening(requests, opening, new=self._connection is None)
        connection = self._connection or self._connect()
        # Kept only once everything is answered: after anything else its next answer could be to an old question.
        self._connection = None
        try:
            frames = connection.exchange(b"".join(sent), len(sent))
        except BaseException:
            connection.close()
            raise
        if len(frames) == len(sent):
            self._connection = connection
        else:
            connection.close()
        return frames

    def _connect(self) -> "_Connection":
        try:
            stream = socket.create_connection((self._host, self._port), self._timeout_s)
        except (OSError, UnicodeError) as error:
            raise Unreachable(explain_failure(error, self.address, self._timeout_s)) from error
        if self._security is not None:
            stream = encrypt(stream, self._security, self._host, self.address)
        return _Connection(stream, self.address, self._timeout_s)


def transport_to(settings: ClientSettings, timeout_s: float) -> TcpTransport:
    """As the settings say. Raises UsageError where the authority cannot be read."""
    security = security_context(settings.ca) if settings.encrypts else None
    return TcpTransport(settings.host, settings.port, timeout_s, security)


class _Unanswered(Unreachable):
    """Nothing has arrived."""


class _Connection:
    def __init__(self, stream: socket.socket, address: str, timeout_s: float) -> None:
        self._stream = stream
        self._address = address
        self._timeout_s = timeout_s
        self._decoder = _replies()
        self._ending: OSError | None = None
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        stream.setblocking(False)

    def is_quiet(self) -> bool:
        if self._decoder.in_frame:
            return False
        try:
            self._stream.recv(1)
        except NOT_NOW:
            return True
        except OSError:
            return False
        return False

    def close(self) -> None:
        self._stream.close()

    def exchange(self, data: bytes, count: int) -> list[Frame]:
        """Fewer frames where the stream ends behind at least one."""
        frames: list[Frame] = []
        unsent = memoryview(data)
        deadline = time.monotonic() + self._timeout_s
        with selectors.DefaultSelector() as selector:
            selector.register(self._stream, selectors.EVENT_READ)
            while len(frames) < count:
                ready = self._wait(selector, deadline, sending=bool(unsent))
                if ready & selectors.EVENT_WRITE:
                    unsent = unsent[self._send(unsent) :]
                if not ready & selectors.EVENT_READ:
                    continue
                if not self._receive():
                    self._end(frames)
                    break
                if arrived := _take_frames(self._decoder, self._address):
                    frames += arrived
                    deadline = time.monotonic() + self._timeout_s
        return frames

    def _wait(self, selector: selectors.BaseSelector, deadline: float, *, sending: bool) -> int:
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if sending else 0)
        selector.modify(self._stream, events)
        left = deadline - time.monotonic()
        for _, ready in selector.select(left) if left > 0 else ():
            return ready
        raise Unreachable(explain_failure(TimeoutError(), self._address, self._timeout_s))

    def _send(self, unsent: memoryview) -> int:
        """All of them once the server takes no more: it may have said why."""
        try:
            return self._stream.send(unsent)
        except NOT_NOW:
            return 0
        except OSError as error:
            self._ending = error
            return len(unsent)

    def _receive(self) -> bool:
        try:
            data = self._stream.recv(CHUNK_BYTES)
        except NOT_NOW:
            return True
        except OSError as error:
            self._ending = error
            return False
        self._decoder.receive(data)
        return bool(data)

    def _end(self, frames: list[Frame]) -> None:
        """Raises where the end leaves an answer in the middle, or none."""
        reason = explain_failure(self._ending or ConnectionResetError(), self._address, self._timeout_s)
        if self._decoder.in_frame:
            raise Unreachable(reason)
        if not frames:
            raise _Unanswered(reason)


def _replies() -> FrameDecoder:
    return FrameDecoder(max_header_bytes=MAX_REPLY_HEADER_BYTES, max_payload_bytes=MAX_REPLY_PAYLOAD_BYTES)


def _with_opening(requests: Sequence[bytes], opening: bytes, *, new: bool) -> list[bytes]:
    return [opening, *requests] if opening and new else list(requests)


def _take_frames(decoder: FrameDecoder, address: str) -> list[Frame]:
    frames = []
    try:
        while (frame := decoder.next_frame()) is not None:
            frames.append(frame)
    except FrameError as error:
        raise BadReply(ClientText.NO_SERVER_OF_OURS, address=address) from error
    return frames


def explain_failure(error: Exception, address: str, timeout_s: float) -> Sentence:
    """What kept the server at `address` (HOST:PORT) from answering, and what to check."""
    if isinstance(error, socket.gaierror | UnicodeError):
        return sentence(ClientText.NAME_NOT_FOUND, address=address)
    if isinstance(error, TimeoutError):
        return sentence(ClientText.NO_ANSWER, address=address, seconds=timeout_s)
    if isinstance(error, ConnectionRefusedError):
        return sentence(ClientText.NOTHING_LISTENS, address=address)
    if isinstance(error, ConnectionError):
        return sentence(ClientText.HUNG_UP, address=address)
    reason = getattr(error, "strerror", None) or str(error)
    return sentence(ClientText.NOT_REACHED, address=address, reason=reason)
