"""A database that somebody changes under a running server: clients are told to send again, and lose nothing.

Each fault is made on a real database, while the server's services are at work on it.
"""

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, make_url

from client.api import Api
from client.errors import Refused
from client.outbox import Outbox, OutboxSender
from client.transport import LoopbackTransport
from protocol import messages
from protocol.framing import Frame
from tests.databases import connect, new_database, upgrade
from tests.server.classroom import COURSE, Classroom, classroom

USER, PASSWORD = "rollcall_attacked", "once"
RIGHTS = "SELECT, INSERT, UPDATE, DELETE"


@dataclass
class Attacked:
    """A class at work on a MySQL database as a user with little more than it needs, and an administrator of it."""

    room: Classroom
    database: str
    say: Callable[..., None]

    def hang_up_on_the_server(self) -> None:
        """What the database asks of a connection holds from the next one on."""
        self.room.store.close()


@pytest.fixture
def attacked(mysql_server: URL, tmp_path: Path) -> Iterator[Attacked]:
    with new_database(mysql_server) as url:
        upgrade(url)
        name = str(make_url(url).database)
        admin = connect(mysql_server)

        def say(*statements: str) -> None:
            with admin.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement.replace("@WHO", f"'{USER}'@'%'").replace("@NAME", name))

        say(f"CREATE USER @WHO IDENTIFIED BY '{PASSWORD}'", f"GRANT {RIGHTS} ON @NAME.* TO @WHO")
        say("GRANT CREATE, ALTER, INDEX, REFERENCES ON @NAME.* TO @WHO")
        theirs = make_url(url).set(username=USER, password=PASSWORD).render_as_string(hide_password=False)
        try:
            with admin, classroom(theirs, tmp_path) as room:
                yield Attacked(room, name, say)
        finally:
            with connect(mysql_server) as last, last.cursor() as cursor:
                cursor.execute(f"DROP USER '{USER}'@'%'")


# What is done to the database, how it is mended, and what the operator reads.
FAULTS = {
    "a table is missing while a backup is restored": (
        ["RENAME TABLE @NAME.marks TO @NAME.away"],
        ["RENAME TABLE @NAME.away TO @NAME.marks"],
        "wait for its end",
    ),
    "a right is revoked": (
        ["REVOKE INSERT ON @NAME.* FROM @WHO"],
        ["GRANT INSERT ON @NAME.* TO @WHO"],
        "Grant this user its rights again",
    ),
    "every right is revoked": (
        [f"REVOKE {RIGHTS}, CREATE, ALTER, INDEX, REFERENCES ON @NAME.* FROM @WHO"],
        [f"GRANT {RIGHTS} ON @NAME.* TO @WHO"],
        "",
    ),
    "the password is rotated": (
        ["ALTER USER @WHO IDENTIFIED BY 'twice'"],
        [f"ALTER USER @WHO IDENTIFIED BY '{PASSWORD}'"],
        "the password",
    ),
    "the account is locked": (
        ["ALTER USER @WHO ACCOUNT LOCK"],
        ["ALTER USER @WHO ACCOUNT UNLOCK"],
        "neither locked nor expired",
    ),
    "the account has used up what it may ask": (
        ["ALTER USER @WHO WITH MAX_QUERIES_PER_HOUR 1", "FLUSH USER_RESOURCES"],
        ["ALTER USER @WHO WITH MAX_QUERIES_PER_HOUR 0", "FLUSH USER_RESOURCES"],
        "",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_mysql_that_passes_is_told_as_one_and_the_outbox_keeps_what_waits(
    attacked: Attacked, tmp_path: Path, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    spoil, mend, advice = FAULTS[fault]
    room = attacked.room
    with _outbox(room, tmp_path) as (outbox, sender):
        attacked.say(*spoil)
        attacked.hang_up_on_the_server()
        with caplog.at_level(logging.WARNING):
            # A limit lets the first ones through.
            told = next(each for _ in range(3) if isinstance(each := room.mark(0), messages.Error))
        assert (told.code, told.retry) == ("unavailable", True)
        assert advice in caplog.text
        assert PASSWORD not in caplog.text
        for student in room.students[1:4]:
            outbox.add(messages.Mark(student=student, course=COURSE, key=f"kept {student}"))
        with pytest.raises(Refused) as waits:
            list(sender.deliver())
        assert waits.value.code == "unavailable"
        assert (outbox.waiting(), outbox.refused()) == (3, 0)
        attacked.say(*mend)
        attacked.hang_up_on_the_server()
        list(sender.deliver())
        assert (outbox.waiting(), outbox.refused()) == (0, 0)
        present = [entry.student for entry in room.store.rosters.of_day(COURSE, room.now.date()) if entry.states]
        assert set(room.students[1:4]) <= set(present)


@contextmanager
def _outbox(room: Classroom, folder: Path) -> Iterator[tuple[Outbox, OutboxSender]]:
    outbox = Outbox(folder / "outbox.sqlite", "here:20060", lambda: room.now)

    def answer(frame: Frame) -> bytes:
        return b"".join(room.wire.framed([frame], room.peer))

    try:
        yield outbox, OutboxSender(outbox, Api(LoopbackTransport(answer), "room 301"))
    finally:
        outbox.close()


def _drop_a_table(path: Path) -> None:
    with sqlite3.connect(path) as file:
        file.execute("ALTER TABLE marks RENAME TO away")
    file.close()


def _spoil_a_page(path: Path) -> None:
    """Overwrite the root of the marks with what is no page of a table."""
    with sqlite3.connect(path) as file:
        file.execute("PRAGMA wal_checkpoint(FULL)")
        root = file.execute("SELECT rootpage FROM sqlite_master WHERE name = 'marks'").fetchone()[0]
        size = file.execute("PRAGMA page_size").fetchone()[0]
    file.close()
    with path.open("r+b") as bytes_of_it:
        bytes_of_it.seek((root - 1) * size)
        bytes_of_it.write(b"\xff" * size)


@pytest.mark.parametrize(
    ("spoil", "advice"), [(_drop_a_table, "db upgrade"), (_spoil_a_page, "restore the newest backup")]
)
def test_a_fault_of_sqlite_is_told_as_one_that_passes(
    tmp_path: Path, spoil: Callable[[Path], None], advice: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "rollcall.sqlite"
    with classroom(str(path), tmp_path) as room:
        assert room.mark(0).marks
        with closing(sqlite3.connect(path)) as another:  # beside which the log stays where it is
            another.execute("SELECT count(*) FROM marks").fetchall()
            room.store.close()
            spoil(path)
            told = room.mark(1)
        assert (told.code, told.retry) == ("unavailable", True)
        assert advice in caplog.text


@pytest.mark.parametrize(
    "shortage",
    [
        MemoryError(),
        OSError(24, "Too many open files"),
        RuntimeError("can't start new thread"),
        RuntimeError("onnxruntime: Failed to allocate memory for requested buffer of size 645000000"),
    ],
    ids=lambda each: str(each)[:24],
)
def test_a_machine_that_runs_short_is_no_defect(
    tmp_path: Path, shortage: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise shortage

    with classroom(str(tmp_path / "rollcall.sqlite"), tmp_path) as room:
        monkeypatch.setattr("server.store.marks.read_books", fail)
        monkeypatch.setattr(type(room.recogniser), "look", fail)
        for reply in (room.mark(0), room.ask(messages.Snapshot(course=COURSE), b"0")):
            assert (reply.code, reply.retry) == ("unavailable", True)
