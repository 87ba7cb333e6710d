"""Serve one connection: when to wait and when to hang up, not what is said.

A deadline holds for a whole message: a client that sends a byte a second is cut off as well.
"""

import contextlib
import select
import socket
import socketserver
import ssl
import struct
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Protocol, TypeVar

from protocol.error_texts import ServerText
from protocol.errors import FrameError, ProtocolError
from protocol.framing import Frame, FrameDecoder
from protocol.legacy import UNKNOWN, LegacyDecoder, LegacyMessage, is_framed
from server.proxy_header import ProxyHeaderError, read_header
from server.receive_budget import ReceiveBudget
from server.tls.sockets import HANDSHAKE, EncryptedSocket, Encryption, encrypted

T = TypeVar("T")

# What Linux tells of a stream that the other side has ended; elsewhere such a client is answered all the same.
END_OF_STREAM = getattr(select, "POLLRDHUP", 0)
CHUNK_BYTES = 64 * 1024
# How long a connection beyond the limit may take for its first byte, which says how it must be told.
BUSY_WAIT_S = 1.0
# How long unread bytes are drained after a last answer: closing over them would reset the answer away.
LINGER_S = 1.0
# A proxy sends its header with the connection itself; a check of its own may send nothing.
HEADER_WAIT_S = 3.0
# So often a client may ask without having said who it is; then the connection is closed.
MOST_REFUSALS = 3


@dataclass(slots=True)
class Peer:
    """Who is on the other end; owned by the connection's one thread."""

    address: str
    connected_since: datetime
    device: str = ""  # as its hello said
    is_there: Callable[[], bool] = lambda: True  # whether it waits for answers still
    is_answered: bool = False  # whether anything was sent to it
    token: str | None = field(default=None, repr=False)  # of its hello, valid then; never logged
    refusals: int = 0  # in a row, for not saying who it is


class Responder(Protocol):
    """Gives the bytes that answer what arrives, and never raises."""

    # In the order of the frames, each as soon as it is there.
    def framed(self, frames: Sequence[Frame], peer: Peer) -> Iterable[bytes]: ...
    def legacy(self, message: LegacyMessage, peer: Peer) -> bytes: ...
    def refuse_framed(self, error: ProtocolError, peer: Peer) -> bytes: ...
    def refuse_legacy(self, error: ProtocolError, peer: Peer) -> bytes: ...
    def busy(self, peer: Peer, text: str = ServerText.CONNECTIONS_FULL) -> bytes: ...
    def ended(self, peer: Peer, how: str, seconds: float) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionLimits:
    connections: int = 64
    message_timeout_s: float = 10.0
    idle_timeout_s: float = 60.0
    legacy_silence_s: float = 1.0
    payload_bytes: int = 16 * 1024 * 1024
    held_bytes: int = 512 * 1024 * 1024  # of all connections' messages together
    proxies: tuple[IPv4Network | IPv6Network, ...] = ()  # who says by a PROXY header whose connection it passes on
    proxy_header_s: float = HEADER_WAIT_S

    def is_proxy(self, address: str) -> bool:
        if not self.proxies:
            return False
        of = ip_address(address.partition("%")[0])
        plain = getattr(of, "ipv4_mapped", None) or of
        return any(plain in network for network in self.proxies)


def reset(stream: socket.socket) -> None:
    """End a connection without an answer.

    The client of 2019 takes an end in order for an empty answer: it keeps what it has of the student before, and asks
    whether to record them.
    """
    with contextlib.suppress(OSError):
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        stream.close()


def has_hung_up(stream: socket.socket, *, by_end: bool) -> bool:
    """Whether the other side has gone, which is asked of the system; nothing is read. by_end: the end of what it sends
    means that too.
    """
    try:
        poller = select.poll()
        poller.register(stream, END_OF_STREAM if by_end else 0)  # errors and a whole end are always told
        return bool(poller.poll(0))
    except (OSError, ValueError):  # it is closed here
        return True


class HungUp(Exception):
    """The connection is over; the text says why, for the log."""


class Silence(HungUp):
    """Nothing came or was read in time."""


class NoRoom(Exception):
    """All connections together hold as many bytes as they may."""


class Listener(Protocol):
    """What a connection asks of the server that accepted it."""

    responder: Responder
    limits: ConnectionLimits
    budget: ReceiveBudget
    encryption: Encryption | None

    @property
    def stopping(self) -> bool: ...
    def await_header(self, connection: "Connection") -> bool: ...
    def admit(self, connection: "Connection") -> bool: ...
    def admit_later(self, connection: "Connection", patience_s: float) -> bool: ...
    def dismiss(self, connection: "Connection") -> None: ...


class Connection(socketserver.BaseRequestHandler):
    server: Listener  # type: ignore[assignment]  # socketserver's stubs say BaseServer
    request: socket.socket

    def setup(self) -> None:
        self._connected_at = time.monotonic()
        self._framed = self._gives_way = self._input_ended_here = self._is_told_by_tls = False
        self._is_check = False  # a proxy looks whether somebody listens, and has said nothing yet
        self.host, port = self.client_address[:2]
        self.peer = Peer(f"{self.host}:{port}", datetime.now(UTC), is_there=self._is_there)
        self._idle_since: float | None = self._connected_at
        self._encrypted: EncryptedSocket | None = None
        self.limits = self.server.limits
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def handle(self) -> None:
        started = time.monotonic()
        try:
            self._learn_client()
            ending = "closed" if self._serve() else self._refuse_for_want_of_room()
        except HungUp as error:
            ending = str(error)
        finally:
            if not self._framed and not self.peer.is_answered and not self._is_told_by_tls:
                reset(self.request)
        if not self._is_check:
            self.server.responder.ended(self.peer, ending, time.monotonic() - started)

    def _learn_client(self) -> None:
        """Of a listed proxy's connection, whose it is. Raises HungUp where it does not say so."""
        if not self.limits.is_proxy(self.host):
            return
        if not self.server.await_header(self):
            raise HungUp("refused: too many of the proxy's connections have sent no PROXY header yet")
        self._is_check = True
        self._header_deadline = time.monotonic() + self.limits.proxy_header_s
        try:
            client = read_header(self._receive_header)
        except EOFError:
            raise HungUp("closed") from None
        except ProxyHeaderError as error:
            raise HungUp(f"refused: {error}") from error
        self._is_check = client is None
        if client is not None:
            self.host = client.host
            self.peer.address = f"{client.host}:{client.port}"

    def _receive_header(self, most: int) -> bytes:
        data = self._receive(self._header_deadline - time.monotonic(), most)
        self._is_check = self._is_check and not data
        return data

    def _serve(self) -> bool:
        """False: there was no room for the message; nothing of it is held any more."""
        try:
            if not self.server.admit(self):
                self._turn_away(self._receive_first(BUSY_WAIT_S))
            elif first := self._receive_first(self.limits.idle_timeout_s):
                self._answer_form_of(first)
        except NoRoom:
            return False
        return True

    def _refuse_for_want_of_room(self) -> str:
        self.server.budget.release(self)
        busy = self.server.responder.busy(self.peer, ServerText.BYTES_WAIT)
        self._answer_last(busy if self._framed else UNKNOWN)
        return "refused: all connections together hold as many bytes as they may"

    def finish(self) -> None:
        self.server.budget.release(self)
        self.server.dismiss(self)
        if self._encrypted is not None:  # the server itself closes what it accepted, of which this has taken the place
            self._encrypted.end_output()
            self._encrypted.close()

    @property
    def idle_s(self) -> float | None:
        """Seconds since its last answer, or since it was opened; None while a message of it is worked at."""
        since = self._idle_since
        return None if since is None else time.monotonic() - since

    def no_more_input(self) -> None:
        """Let the thread that waits for bytes see the end of the stream."""
        self._input_ended_here = True
        with contextlib.suppress(OSError):
            self.request.shutdown(socket.SHUT_RD)

    def _is_there(self) -> bool:
        # The old form says by the end of its stream that its message is whole, and waits on for the answer.
        return self._input_ended_here or not has_hung_up(self.request, by_end=self._framed)

    def _answer_form_of(self, first: bytes) -> None:
        self._is_check = False
        self._framed = is_framed(first[0])
        encryption = self.server.encryption
        if self._framed and encryption is not None and encryption.required and self._encrypted is None:
            refused = FrameError(ServerText.ENCRYPTION_REQUIRED, "unauthorised")
            self._answer_last(self.server.responder.refuse_framed(refused, self.peer))
            return
        (self._serve_framed if self._framed else self._serve_legacy)(first)

    def give_way(self) -> None:
        """Give up the message that arrives: others need the room."""
        self._gives_way = True
        self.no_more_input()

    def _turn_away(self, first: bytes) -> None:
        # Our form is told that the server is busy. That of 2019 cannot be told, so it waits a moment for a place: its
        # roll call opens a connection for each student at once, and each of them is over in milliseconds.
        if first and not is_framed(first[0]) and self.server.admit_later(self, BUSY_WAIT_S):
            self._answer_form_of(first)
            return
        answer = self.server.responder.busy(self.peer)
        if first and is_framed(first[0]):
            self._framed = True
            self._answer_last(answer)

    # -- TLS, which begins before either form

    def _receive_first(self, timeout_s: float) -> bytes:
        """The first bytes of a message; where the client begins with TLS, of what is inside."""
        encryption = self.server.encryption
        if encryption is not None:
            first = self._guarded(lambda: self.request.recv(1, socket.MSG_PEEK), timeout_s)
            if first and first[0] == HANDSHAKE:
                self._encrypt(encryption, min(timeout_s, self.limits.message_timeout_s))
        return self._receive(timeout_s)

    def _encrypt(self, encryption: Encryption, timeout_s: float) -> None:
        self._is_check = False
        stream = self._guarded(lambda: encrypted(self.request, encryption.context), timeout_s)
        self.request = self._encrypted = stream
        if self._input_ended_here:  # said of the socket before, in the same moment
            self.no_more_input()
        try:
            self._guarded(stream.do_handshake, timeout_s)
        except HungUp as error:
            if isinstance(error.__cause__, ssl.SSLError):
                self._tell_by_tls()
                raise HungUp(f"ended: no TLS that both sides accept ({error.__cause__.reason})") from error
            raise

    def _tell_by_tls(self) -> None:
        # TLS has said what is wrong; a reset would take that away.
        self._is_told_by_tls = True
        self._answer_last(b"")

    # -- the framed form: any number of messages

    def _serve_framed(self, data: bytes) -> None:
        decoder = FrameDecoder(max_payload_bytes=self.limits.payload_bytes)
        message_began = time.monotonic()
        try:
            while True:
                if not data:
                    self._require_room(decoder.held)
                    decoder.receive_eof()
                    return
                self._require_room(decoder.held + len(data))
                decoder.receive(data)
                data = b""  # a picture's end, which is not kept until the next message comes
                while frames := decoder.next_frames():
                    self._require_room(sum(len(frame.payload) for frame in frames) + decoder.held, arriving=False)
                    self._idle_since = None
                    for answer in self.server.responder.framed(frames, self.peer):
                        self._send(answer)
                    if self.peer.refusals >= MOST_REFUSALS:
                        self._answer_last(b"")
                        return
                    message_began = self._idle_since = time.monotonic()
                self.server.budget.hold(self, decoder.held, arriving=decoder.in_frame)
                data = self._receive_within(decoder.in_frame, message_began)
                if self.server.stopping:
                    return
                if not decoder.in_frame:
                    message_began = time.monotonic()
                self._idle_since = message_began
        except FrameError as error:
            self._answer_last(self.server.responder.refuse_framed(error, self.peer))

    def _require_room(self, held: int, *, arriving: bool = True) -> None:
        if self._gives_way or not self.server.budget.hold(self, held, arriving=arriving):
            raise NoRoom

    def _receive_within(self, in_frame: bool, began: float) -> bytes:
        if not in_frame:
            return self._receive(self.limits.idle_timeout_s)
        try:
            return self._receive(began + self.limits.message_timeout_s - time.monotonic())
        except Silence as error:
            raise FrameError(
                f"The message was not whole within {self.limits.message_timeout_s:g} s; send it again, faster."
            ) from error

    # -- the form of 2019: one message

    def _serve_legacy(self, data: bytes) -> None:
        decoder = LegacyDecoder(max_image_bytes=self.limits.payload_bytes)
        try:
            message = self._legacy_message(decoder, data)
        except ProtocolError as error:
            self._answer_last(self.server.responder.refuse_legacy(error, self.peer))
        else:
            self._idle_since = None
            self.server.budget.hold(self, len(getattr(message, "image", b"")), arriving=False)
            self._answer_last(self.server.responder.legacy(message, self.peer))

    def _legacy_message(self, decoder: LegacyDecoder, data: bytes) -> LegacyMessage:
        """The message as soon as it is whole; half-close, silence or deadline ends any other."""
        deadline = time.monotonic() + self.limits.message_timeout_s
        while data:
            self._require_room(decoder.held + len(data))
            decoder.receive(data)
            if (message := decoder.next_message()) is not None:
                return message
            try:
                data = self._receive(min(deadline - time.monotonic(), self.limits.legacy_silence_s))
            except Silence:
                break
        return decoder.finish()

    # -- bytes

    def _receive(self, timeout_s: float, most: int = CHUNK_BYTES) -> bytes:
        """b"" at the end of the stream. Raises Silence after timeout_s, HungUp on a reset."""
        return self._guarded(lambda: self.request.recv(most), timeout_s)

    def _send(self, answer: bytes) -> None:
        """A client that does not read is cut off."""
        self.peer.is_answered = True
        self._guarded(lambda: self.request.sendall(answer), self.limits.message_timeout_s)

    def _guarded(self, action: Callable[[], T], timeout_s: float) -> T:
        if timeout_s <= 0:
            raise Silence("cut off: it was too slow")
        try:
            self.request.settimeout(timeout_s)
            return action()
        except TimeoutError as error:
            raise Silence(f"cut off: it was silent or did not read for {timeout_s:.1f} s") from error
        except OSError as error:
            raise HungUp(f"broken by the other side ({error.strerror or error})") from error

    def _answer_last(self, answer: bytes) -> None:
        """Send, end the stream, and drain: closing over unread bytes would reset the answer away."""
        if answer:
            self._send(answer)
        deadline = time.monotonic() + LINGER_S
        with contextlib.suppress(HungUp, OSError):
            if self._encrypted is not None:
                self._encrypted.end_output()
            self.request.shutdown(socket.SHUT_WR)
            while self._guarded(self._read_unwanted, deadline - time.monotonic()):
                pass

    def _read_unwanted(self) -> bytes:
        return self._encrypted.drain(CHUNK_BYTES) if self._encrypted else self.request.recv(CHUNK_BYTES)
