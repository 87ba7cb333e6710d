"""Connections that a proxy passes on, over real sockets: whose they are, what is logged, and what a liar gets."""

import io
import logging
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_network

import pytest
from PIL import Image

from protocol import messages
from protocol.framing import FrameDecoder
from server.connection import ConnectionLimits
from server.extraction import LocalExtractor
from server.proxy_header import SIGNATURE
from server.services.class_day.galleries import Galleries
from server.services.class_day.recognition import Recognition
from server.services.plans.course_file import read_course_toml
from server.store import RosterLine
from server.store.marks import HistoryLine
from server.tcp import TcpServer
from server.wire import Wire
from tests.server.classroom import COURSE, MODEL, TIMETABLE, Classroom, dispatcher_of, seoul

PATIENCE_S = 60.0
PROXY = (ip_network("127.0.0.1"),)
LOCAL = SIGNATURE + b"\x20\x00\x00\x00"


def header(client: str, port: int = 50000) -> bytes:
    addresses = socket.inet_aton(client) + socket.inet_aton("10.0.0.1") + struct.pack("!HH", port, 20060)
    return SIGNATURE + b"\x21\x11\x00\x0c" + addresses


@contextmanager
def listening(room: Classroom, **limits: object) -> Iterator[TcpServer]:
    server = TcpServer("127.0.0.1", 0, room.wire, ConnectionLimits(**limits))  # type: ignore[arg-type]
    server.listen()
    server.start()
    try:
        yield server
    finally:
        assert server.stop()


def sent(server: TcpServer, *parts: bytes, end: bool = False) -> bytes:
    """Everything that is answered until the server closes, which it may do before all is sent."""
    answer = b""
    with suppress(OSError), socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_S) as connection:
        with suppress(OSError):
            for part in parts:
                connection.sendall(part)
            if end:
                connection.shutdown(socket.SHUT_WR)
        while data := connection.recv(65536):
            answer += data
    return answer


def decided(room: Classroom) -> list[HistoryLine]:
    """Every decision of the day."""
    session = room.store.sessions.on_day(COURSE, room.now.date())
    return room.store.marks.history(session.id) if session else []


def connection_lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.getMessage() for each in caplog.records if "connection" in each.getMessage()]


@pytest.fixture(autouse=True)
def _log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)


def test_a_mark_of_2019_is_by_the_address_behind_the_proxy(
    on_sqlite: Classroom, caplog: pytest.LogCaptureFixture
) -> None:
    room, student = on_sqlite, on_sqlite.students[0]
    with listening(room, proxies=PROXY) as server:
        assert sent(server, header("10.0.3.7"), f"{student}{COURSE}".encode()) == b"success"
    history = decided(room)
    assert {(each.who, each.origin) for each in history} == {("10.0.3.7", "10.0.3.7")}
    assert any(line.startswith("10.0.3.7:50000 legacy mark ok") for line in caplog.messages)
    assert not any("127.0.0.1" in line for line in caplog.messages)


def test_a_framed_client_is_known_by_its_own_address(on_sqlite: Classroom) -> None:
    hello = messages.encode(messages.Hello(device="front"), 1)
    mark = messages.encode(messages.Mark(student=on_sqlite.students[0], course=COURSE, key="k", state="present"), 2)
    with listening(on_sqlite, proxies=PROXY) as server:
        decoder = FrameDecoder()
        decoder.receive(sent(server, header("10.0.4.9") + hello + mark, end=True))
        assert len(decoder.next_frames()) == 2
    (line,) = decided(on_sqlite)
    assert line.origin == "front (10.0.4.9)"


def test_a_header_of_somebody_else_is_no_message_and_names_nobody(
    on_sqlite: Classroom, caplog: pytest.LogCaptureFixture
) -> None:
    mark = f"{on_sqlite.students[0]}{COURSE}".encode()
    with listening(on_sqlite, proxies=(ip_network("10.0.0.1"),)) as server:
        assert sent(server, header("10.0.3.7") + mark, end=True) == b"fail"
    assert not decided(on_sqlite)
    assert not any("10.0.3.7" in line for line in caplog.messages)


@pytest.mark.parametrize(
    "wrong",
    [
        b"PROXY TCP4 10.0.3.7 10.0.0.1 50000 20060\r\n",
        SIGNATURE + b"\x21\x11\xff\xff" + bytes(100),
        SIGNATURE + b"\x21\x11\x00\x04" + bytes(4),
        SIGNATURE + b"\x21\x00\x00\x00",
        b"",
    ],
)
def test_without_a_true_header_a_listed_proxy_is_refused_in_one_line(
    on_sqlite: Classroom, caplog: pytest.LogCaptureFixture, wrong: bytes
) -> None:
    mark = f"{on_sqlite.students[0]}{COURSE}".encode()
    with listening(on_sqlite, proxies=PROXY) as server:
        assert sent(server, wrong + mark, end=True) == b""
    assert not decided(on_sqlite)
    (line,) = connection_lines(caplog)
    assert "PROXY header" in line


def test_a_header_that_trickles_is_cut_off_and_keeps_nobody_waiting(
    on_sqlite: Classroom, caplog: pytest.LogCaptureFixture
) -> None:
    mark = f"{on_sqlite.students[0]}{COURSE}".encode()
    with (
        listening(on_sqlite, proxies=PROXY, proxy_header_s=0.3, connections=2) as server,
        socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_S) as slow,
    ):
        slow.sendall(header("10.0.3.7")[:20])
        assert sent(server, header("10.0.3.8"), mark) == b"success"
        with pytest.raises(ConnectionResetError):
            assert slow.recv(1) != b""
    assert any("cut off" in line for line in connection_lines(caplog))


def test_more_headers_are_not_awaited_than_connections_are_served(
    on_sqlite: Classroom, caplog: pytest.LogCaptureFixture
) -> None:
    with listening(on_sqlite, proxies=PROXY, proxy_header_s=PATIENCE_S, connections=2) as server:
        silent = [socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_S) for _ in range(2)]
        while len(server._headless) < 2:
            threading.Event().wait(0.001)
        assert sent(server, header("10.0.3.7")) == b""
        for each in silent:
            each.close()
    (line,) = connection_lines(caplog)
    assert "too many" in line


@pytest.mark.parametrize("check", [b"", LOCAL])
@pytest.mark.parametrize("abrupt", [False, True])
def test_a_bare_check_of_a_proxy_leaves_no_line(
    on_sqlite: Classroom, caplog: pytest.LogCaptureFixture, check: bytes, abrupt: bool
) -> None:
    with listening(on_sqlite, proxies=PROXY) as server:
        with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_S) as connection:
            connection.sendall(check)
            if abrupt:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        assert sent(server, header("10.0.3.7"), f"{on_sqlite.students[0]}{COURSE}".encode()) == b"success"
    assert [line.partition(":")[0] for line in connection_lines(caplog)] == ["10.0.3.7"]


def test_places_are_shared_by_the_clients_and_not_by_their_proxy(on_sqlite: Classroom) -> None:
    """One room that holds every place gives one up for another room, though both come from one proxy."""
    hello = messages.encode(messages.Hello(device="front"), 1)
    with listening(on_sqlite, proxies=PROXY, connections=3) as server:
        greedy = []
        for number in range(3):
            connection = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_S)
            connection.sendall(header("10.0.3.7", 50000 + number) + hello)
            assert connection.recv(65536)
            greedy.append(connection)
        answer = sent(server, header("10.0.4.9") + hello, end=True)
        decoder = FrameDecoder()
        decoder.receive(answer)
        frame = decoder.next_frame()
        assert frame is not None
        assert isinstance(messages.decode_reply(frame).message, messages.Welcome)
        for connection in greedy:
            connection.close()


def test_snapshots_of_2019_from_two_addresses_are_each_of_their_own_room(on_sqlite: Classroom) -> None:
    """The same face is known in the room of its course, and in another room's course it is nobody's."""
    room, other = on_sqlite, "ea0018_1"
    room.set_course(TIMETABLE.replace('"10.0.3.7", "front"', '"10.0.3.7"'))
    line = RosterLine("201599999", "이바다", other)
    room.store.rosters.change([line], at=room.now, by="test", day=room.now.date())
    plan = read_course_toml(TIMETABLE.replace('"10.0.3.7", "front"', '"10.0.4.9"').replace("B101", "B102").encode())
    room.class_day.courses.set_plan(other, plan, at=room.now, by="test")
    room.now = seoul("10:40")
    picture = io.BytesIO()
    Image.new("RGB", (40, 40)).save(picture, "JPEG")
    extractor = LocalExtractor(room.recogniser, lambda _: room.decode(b"0"))
    recognition = Recognition(extractor, room.store, Galleries(room.store, MODEL), room.queue)
    room.wire = Wire(dispatcher_of(room.class_day, recognition, lambda: room.now))
    with listening(room, proxies=PROXY) as server:
        answers = {at: sent(server, header(at), picture.getvalue()) for at in ("10.0.3.7", "10.0.4.9")}
    assert answers == {"10.0.3.7": room.students[0].encode(), "10.0.4.9": b"Unknown"}
