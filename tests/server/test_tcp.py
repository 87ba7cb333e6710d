"""The listener with real sockets; what is answered is the test's own, so that only waiting and hanging up is seen."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest

from protocol.errors import ProtocolError
from protocol.framing import Frame, FrameDecoder, encode_frame
from protocol.legacy import LegacyMark, LegacyMessage
from server.connection import ConnectionLimits, Peer
from server.errors import SetupProblem
from server.tcp import TcpServer

PATIENCE_S = 60.0
"""What no step may take; it ends a test that would hang, and no test waits for it."""
NEVER_S = 3600.0
"""A limit that a test shall not reach."""
SHORT_S = 0.2
MARK = b"201511041ea0017_1"


class Echo:
    """Answers a frame with itself and a message of 2019 with its kind; errors are told by name."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.go.set()
        self.entered = threading.Event()
        self.answer_bytes = 0

    def framed(self, frames: Sequence[Frame], peer: Peer) -> Iterator[bytes]:
        for frame in frames:
            self.entered.set()
            assert self.go.wait(PATIENCE_S)
            yield encode_frame(frame.header, frame.payload or bytes(self.answer_bytes))

    def legacy(self, message: LegacyMessage, peer: Peer) -> bytes:
        return b"success" if isinstance(message, LegacyMark) else type(message).__name__.encode()

    def refuse_framed(self, error: ProtocolError, peer: Peer) -> bytes:
        return encode_frame(b"refused " + error.code.encode())

    def refuse_legacy(self, error: ProtocolError, peer: Peer) -> bytes:
        return b"fail"

    def busy(self, peer: Peer, text: str = "") -> bytes:
        return encode_frame(b"busy")

    def ended(self, peer: Peer, how: str, seconds: float) -> None:
        pass


Connect = Callable[[], socket.socket]


@contextmanager
def listening(conversation: Echo, **limits: float) -> Iterator[TcpServer]:
    server = TcpServer("127.0.0.1", 0, conversation, ConnectionLimits(**limits))  # type: ignore[arg-type]
    server.listen()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        conversation.go.set()
        server.stop()
        thread.join(PATIENCE_S)


def connect(server: TcpServer) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_S)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.001)


def read_frames(client: socket.socket, count: int) -> list[bytes]:
    decoder, frames = FrameDecoder(), []
    while len(frames) < count:
        data = client.recv(65536)
        assert data, f"the server closed after {len(frames)} of {count} frames"
        decoder.receive(data)
        while (frame := decoder.next_frame()) is not None:
            frames.append(frame.header)
    return frames


def read_to_end(client: socket.socket) -> bytes:
    parts = []
    while data := client.recv(65536):
        parts.append(data)
    return b"".join(parts)


def test_a_frame_that_arrives_byte_by_byte_is_answered() -> None:
    with listening(Echo()) as server, connect(server) as client:
        for byte in encode_frame(b"one"):
            client.sendall(bytes([byte]))
        assert read_frames(client, 1) == [b"one"]


def test_pipelined_frames_are_answered_in_order() -> None:
    names = [f"{number}".encode() for number in range(200)]
    with listening(Echo()) as server, connect(server) as client:
        client.sendall(b"".join(encode_frame(name) for name in names))
        assert read_frames(client, len(names)) == names


def test_a_damaged_frame_is_answered_and_the_connection_closed() -> None:
    with listening(Echo()) as server, connect(server) as client:
        client.sendall(encode_frame(b"good") + b"\xa7XXX" + bytes(100_000))
        answer = read_to_end(client)
        assert answer == encode_frame(b"good") + encode_frame(b"refused bad_request")


def test_a_frame_over_the_limit_is_refused_before_its_bytes_come() -> None:
    with listening(Echo(), payload_bytes=1000) as server, connect(server) as client:
        client.sendall(encode_frame(b"x", bytes(1001))[:12])
        assert read_to_end(client) == encode_frame(b"refused too_large")


def test_a_message_that_trickles_is_cut_off_at_the_deadline_of_the_whole() -> None:
    with listening(Echo(), message_timeout_s=SHORT_S, idle_timeout_s=NEVER_S) as server, connect(server) as client:
        frame = encode_frame(b"never whole", bytes(10_000))
        client.settimeout(SHORT_S / 10)
        answer = b""
        for byte in frame[:-1]:
            try:
                client.sendall(bytes([byte]))
                answer += client.recv(65536)
            except TimeoutError:
                continue
            if answer:
                break
        client.settimeout(PATIENCE_S)
        assert answer + read_to_end(client) == encode_frame(b"refused bad_request")


def test_a_silent_connection_is_closed_after_the_idle_limit() -> None:
    with listening(Echo(), idle_timeout_s=SHORT_S) as server, connect(server) as client:
        client.sendall(encode_frame(b"one"))
        assert read_frames(client, 1) == [b"one"]
        assert read_to_end(client) == b""


def test_silent_slow_and_broken_clients_delay_nobody_else() -> None:
    with listening(Echo(), idle_timeout_s=NEVER_S, message_timeout_s=NEVER_S) as server:
        silent, slow, broken = connect(server), connect(server), connect(server)
        slow.sendall(encode_frame(b"half", bytes(1000))[:500])
        broken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        broken.sendall(b"\xa7R")
        broken.close()
        with connect(server) as client:
            client.sendall(encode_frame(b"one"))
            assert read_frames(client, 1) == [b"one"]
        silent.close()
        slow.close()


def test_a_client_that_does_not_read_is_cut_off() -> None:
    echo = Echo()
    echo.answer_bytes = 15 * 1024 * 1024
    with listening(echo, message_timeout_s=SHORT_S) as server, connect(server) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.sendall(encode_frame(b"one") * 4)
        assert echo.entered.wait(PATIENCE_S)
        wait_until(lambda: server.served == 0)


@pytest.mark.parametrize("end", ["stays open", "half-closes"])
def test_a_mark_of_2019_is_answered_without_waiting_for_silence(end: str) -> None:
    with listening(Echo(), legacy_silence_s=NEVER_S, message_timeout_s=NEVER_S) as server, connect(server) as client:
        client.sendall(MARK)
        if end == "half-closes":
            client.shutdown(socket.SHUT_WR)
        assert read_to_end(client) == b"success"


def test_silence_is_the_last_resort_for_a_message_that_does_not_end_by_itself() -> None:
    with listening(Echo(), legacy_silence_s=SHORT_S) as server, connect(server) as client:
        client.sendall(b"20151104")
        assert read_to_end(client) == b"LegacyRoster"


def test_a_mark_of_2019_that_is_cut_short_fails() -> None:
    with listening(Echo(), legacy_silence_s=SHORT_S) as server, connect(server) as client:
        client.sendall(MARK[:12])
        assert read_to_end(client) == b"fail"


def test_a_message_of_2019_that_trickles_is_cut_off_at_the_deadline() -> None:
    limits = {"legacy_silence_s": NEVER_S, "message_timeout_s": SHORT_S}
    with listening(Echo(), **limits) as server, connect(server) as client:
        client.sendall(MARK[:12])
        assert read_to_end(client) == b"fail"


def test_tls_and_http_get_an_end_and_not_a_thread() -> None:
    with listening(Echo()) as server:
        context = ssl.create_default_context()
        with connect(server) as client, pytest.raises((ssl.SSLError, OSError)):
            context.wrap_socket(client, server_hostname="localhost")
        with connect(server) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert read_to_end(client) == b"fail"


def test_one_connection_too_many_is_told_busy_in_our_form_and_reset_in_the_old() -> None:
    with listening(Echo(), connections=2) as server:
        first, second = connect(server), connect(server)
        for client in (first, second):
            client.sendall(encode_frame(b"in"))
            assert read_frames(client, 1) == [b"in"]
        with connect(server) as third:
            third.sendall(encode_frame(b"one more"))
            assert read_to_end(third) == encode_frame(b"busy")
        with connect(server) as third:
            third.sendall(MARK)
            with pytest.raises(ConnectionResetError):
                read_to_end(third)
        with connect(server) as third, pytest.raises(ConnectionResetError):
            read_to_end(third)  # a silent one, which may be an old one: after a second
        first.close()
        second.close()


def test_an_old_roll_call_of_more_students_than_connections_is_answered_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.connection.BUSY_WAIT_S", PATIENCE_S)
    with listening(Echo(), connections=4) as server:
        clients = [connect(server) for _ in range(8)]
        for client in clients:
            client.sendall(MARK)
        for client in clients:
            assert read_to_end(client) == b"success"
            client.close()


def test_a_place_that_becomes_free_is_given_to_the_next() -> None:
    with listening(Echo(), connections=1) as server:
        for _ in range(5):
            with connect(server) as client:
                client.sendall(encode_frame(b"in"))
                assert read_frames(client, 1) == [b"in"]
            wait_until(lambda: server.served == 0)


def test_who_never_spoke_gives_up_the_place_to_who_comes() -> None:
    with listening(Echo(), connections=2, message_timeout_s=SHORT_S) as server:
        silent = [connect(server) for _ in range(2)]
        wait_until(lambda: [(each.idle_s or 0) > SHORT_S for each in list(server._served)] == [True, True])
        with connect(server) as client:
            client.sendall(encode_frame(b"in"))
            assert read_frames(client, 1) == [b"in"]
        for each in silent:
            each.close()


def test_stopping_does_not_wait_for_a_client_that_goes_on_sending() -> None:
    with listening(Echo()) as server, connect(server) as client:
        ended = threading.Event()

        def go_on() -> None:
            while not ended.is_set():
                try:
                    client.sendall(encode_frame(b"more") * 50)
                    client.recv(65536)
                except OSError:
                    return

        sender = threading.Thread(target=go_on)
        sender.start()
        wait_until(lambda: server.served == 1)
        assert server.stop()
        ended.set()
        sender.join(PATIENCE_S)


def test_stopping_does_not_wait_for_idle_connections() -> None:
    with listening(Echo(), idle_timeout_s=NEVER_S) as server:
        clients = [connect(server) for _ in range(10)]
        for client in clients:
            client.sendall(encode_frame(b"in"))
            assert read_frames(client, 1) == [b"in"]
        assert server.stop(), "and it has ended them"
        for client in clients:
            assert client.recv(1) == b""
            client.close()


def test_stopping_lets_what_was_accepted_be_answered() -> None:
    echo = Echo()
    echo.go.clear()
    with listening(echo) as server, connect(server) as client:
        client.sendall(encode_frame(b"accepted"))
        assert echo.entered.wait(PATIENCE_S)
        stopper = threading.Thread(target=server.stop)
        stopper.start()
        echo.go.set()
        assert read_frames(client, 1) == [b"accepted"]
        stopper.join(PATIENCE_S)


def test_a_port_in_use_is_one_sentence() -> None:
    with listening(Echo()) as server, pytest.raises(SetupProblem, match=f"Port {server.port} of 127.0.0.1"):
        TcpServer("127.0.0.1", server.port, Echo(), ConnectionLimits())


def test_of_two_that_take_the_port_at_once_one_is_told() -> None:
    first = TcpServer("127.0.0.1", 0, Echo(), ConnectionLimits())
    second = TcpServer("127.0.0.1", first.port, Echo(), ConnectionLimits())
    first.listen()
    with pytest.raises(SetupProblem, match=f"Port {first.port} of 127.0.0.1"):
        second.listen()
    first.server_close()
