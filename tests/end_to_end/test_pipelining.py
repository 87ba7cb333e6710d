"""Messages that are sent without waiting, over real sockets to a real database: shared commits, hostile senders."""

import json
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from client.api import Api
from client.outbox import Outbox, OutboxSender
from client.transport import TcpTransport
from protocol import messages
from protocol.framing import MAX_REPLY_HEADER_BYTES, FrameDecoder
from server.connection import ConnectionLimits
from server.store import RosterLine
from server.tcp import TcpServer
from tests.server.classroom import COURSE, Classroom, classroom

PATIENCE_S = 60.0
STUDENTS = [f"30{number:07}" for number in range(1000)]
AT = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Classroom]:
    with classroom(str(tmp_path / "a.sqlite"), tmp_path) as opened:
        rows = [RosterLine(each, "학생", COURSE) for each in STUDENTS]
        opened.store.rosters.change(rows, at=opened.now, by="test", day=opened.now.date())
        yield opened


@pytest.fixture
def commits() -> Iterator[list[str]]:
    """The transactions that wrote marks: each writes its history in one statement."""
    found: list[str] = []

    def seen(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO mark_history"):
            found.append(statement)

    event.listen(Engine, "before_cursor_execute", seen)
    yield found
    event.remove(Engine, "before_cursor_execute", seen)


@contextmanager
def listening(room: Classroom) -> Iterator[int]:
    server = TcpServer("127.0.0.1", 0, room.wire, ConnectionLimits())
    server.listen()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.port
    finally:
        assert server.stop()
        thread.join(PATIENCE_S)


def mark(student: str, **more: Any) -> messages.Mark:
    return messages.Mark(student=student, course=COURSE, key=f"k{student}", at=AT, **more)


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), PATIENCE_S)


def read_all(stream: socket.socket, count: int) -> list[messages.Received[Any]]:
    decoder, found = FrameDecoder(max_header_bytes=MAX_REPLY_HEADER_BYTES), []
    while len(found) < count:
        data = stream.recv(65536)
        assert data, f"the server closed after {len(found)} of {count} answers"
        decoder.receive(data)
        found += map(messages.decode_reply, decoder.next_frames())
    return found


def present(room: Classroom) -> set[str]:
    return {each.student for each in room.ask(messages.Roster(course=COURSE)).students if each.states}


def test_a_roll_call_of_sixty_single_marks_out_of_an_outbox_is_at_most_five_commits(
    room: Classroom, commits: list[str], tmp_path: Path
) -> None:
    with listening(room) as port, closing(Outbox(tmp_path / "outbox.sqlite", "here")) as outbox:
        for student in STUDENTS[:60]:
            outbox.add(mark(student, hour=3))
        with closing(TcpTransport("127.0.0.1", port, PATIENCE_S)) as transport:
            rounds = list(OutboxSender(outbox, Api(transport, "B101")).deliver())
        assert (sum(map(len, rounds)), outbox.waiting()) == (60, 0)
    assert present(room) == set(STUDENTS[:60])
    assert 1 <= len(commits) <= 5


def test_marks_that_an_older_outbox_sent_together_count_once_whether_or_not_they_had_arrived(
    room: Classroom, tmp_path: Path
) -> None:
    items = tuple(messages.MarkItem(student=each, course=COURSE, hour=3, state="late", at=AT) for each in STUDENTS[:2])
    room.ask(messages.Marks(marks=items, key="of the batch", source="professor", partial=True))
    room.ask(messages.Mark(student=STUDENTS[0], course=COURSE, hour=3, key="later", at=room.now))
    with listening(room) as port, closing(Outbox(tmp_path / "outbox.sqlite", "here")) as outbox:
        for student in STUDENTS[:3]:
            outbox.add(mark(student, hour=3, state="late"))
        with closing(sqlite3.connect(outbox.path)) as file, file:
            file.execute("UPDATE entries SET sent_key = 'of the batch'")
        with closing(TcpTransport("127.0.0.1", port, PATIENCE_S)) as transport:
            list(OutboxSender(outbox, Api(transport, "B101")).deliver())
        assert outbox.entries() == []
    states = {each.student: each.states for each in room.ask(messages.Roster(course=COURSE)).students if each.states}
    assert states == {STUDENTS[0]: {"3": "present"}, STUDENTS[1]: {"3": "late"}, STUDENTS[2]: {"3": "late"}}


def test_a_thousand_marks_in_one_packet_are_answered_in_order_in_a_handful_of_commits(
    room: Classroom, commits: list[str]
) -> None:
    sent = b"".join(messages.encode(mark(each), id) for id, each in enumerate(STUDENTS))
    with listening(room) as port, connect(port) as stream:
        threading.Thread(target=stream.sendall, args=(sent,), daemon=True).start()
        answers = read_all(stream, len(STUDENTS))
    assert [each.id for each in answers] == list(range(len(STUDENTS)))
    assert [each.message.marks[0].student for each in answers] == STUDENTS
    assert len(commits) <= 10


def test_damage_in_the_middle_is_told_behind_the_answers_before_it_and_nothing_behind_it_counts(
    room: Classroom,
) -> None:
    before = b"".join(messages.encode(mark(each), id) for id, each in enumerate(STUDENTS[:20]))
    with listening(room) as port, connect(port) as stream:
        stream.sendall(before + b"\xa7XXX" + messages.encode(mark(STUDENTS[30]), 30))
        answers = read_all(stream, 21)
        assert stream.recv(1) == b""
    assert [each.id for each in answers] == [*range(20), 0]
    assert answers[-1].message.code == "bad_request"
    assert present(room) == set(STUDENTS[:20])


def test_one_message_that_is_wrong_in_itself_leaves_the_others_alone(room: Classroom) -> None:
    parts = [messages.encode(mark(each), id) for id, each in enumerate(STUDENTS[:9])]
    header = json.dumps({"type": "mark", "id": 4, "student": [STUDENTS[4]]}).encode()
    parts[4] = b"\xa7RC1" + len(header).to_bytes(4, "big") + bytes(4) + header
    with listening(room) as port, connect(port) as stream:
        stream.sendall(b"".join(parts))
        answers = read_all(stream, 9)
    assert [each.id for each in answers] == list(range(9))
    assert getattr(answers[4].message, "code", "") == "bad_request"
    assert present(room) == {*STUDENTS[:4], *STUDENTS[5:9]}


def test_who_hangs_up_in_the_middle_has_recorded_what_had_arrived_whole(room: Classroom) -> None:
    whole = b"".join(messages.encode(mark(each), id) for id, each in enumerate(STUDENTS[:50]))
    with listening(room) as port:
        with connect(port) as stream:
            stream.sendall(whole + messages.encode(mark(STUDENTS[60]), 60)[:-1])
            stream.shutdown(socket.SHUT_WR)
            answers = read_all(stream, 51)
        assert answers[-1].message.code == "bad_request"
        with connect(port) as stream:
            stream.sendall(b"".join(messages.encode(mark(each), 1) for each in STUDENTS[100:150]))
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, bytes([1, 0, 0, 0, 0, 0, 0, 0]))
        with connect(port) as stream:
            stream.sendall(messages.encode(messages.Info(), 1))
            assert read_all(stream, 1)[0].message.version == "1", "and the server goes on"
    assert set(STUDENTS[:50]) <= present(room) <= {*STUDENTS[:50], *STUDENTS[100:150]}
