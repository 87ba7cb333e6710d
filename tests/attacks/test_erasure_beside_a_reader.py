"""What was erased leaves the disk, however long somebody reads beside it, and the receipt tells when."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from server.services.class_day.retention import REMOVAL_EVERY_S, Retention
from server.services.enrolment import erasure
from tests.server.classroom import SEOUL, Classroom, classroom
from tests.server.clocks import Clocks


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Classroom]:
    monkeypatch.setattr(erasure, "OFF_DISK_PATIENCE_S", 0.0)
    monkeypatch.setattr("server.store.database.transactions.PURGE_WAIT_MS", 1)
    with classroom(str(tmp_path / "a.sqlite"), tmp_path) as opened:
        yield opened


def sealed(room: Classroom) -> bytes:
    rows = room.store._database.read(
        lambda c: c.exec_driver_sql("SELECT sealed FROM templates WHERE student = ?", (room.students[0],)).all()
    )
    return bytes(rows[0][0])


def on_disk(folder: Path, wanted: bytes) -> bool:
    return any(wanted in path.read_bytes() for path in folder.glob("a.sqlite*"))


def test_a_receipt_waits_for_readers_and_the_server_comes_back_to_what_remains(room: Classroom, tmp_path: Path) -> None:
    (tmp_path / "photographs").mkdir()
    traces, clocks = sealed(room), Clocks(room.now)
    server = Retention(room.store, room.class_day.sessions, SEOUL, 30, monotonic=clocks.monotonic)
    server.run(clocks.now)
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM templates").fetchone()
        receipt = erasure.erase(room.store, tmp_path / "photographs", room.students[0], at=room.now, by="officer")
        assert receipt.off_disk_at is None
        assert "off disk   not yet" in receipt.text()
        assert "comes back to it" in receipt.text().replace("\n", " ")
        assert on_disk(tmp_path, traces)
    clocks.pass_by(timedelta(seconds=REMOVAL_EVERY_S))
    server.run(clocks.now)
    assert not on_disk(tmp_path, traces)


def test_a_receipt_without_readers_says_since_when_nothing_is_there(room: Classroom, tmp_path: Path) -> None:
    (tmp_path / "photographs").mkdir()
    traces = sealed(room)
    receipt = erasure.erase(room.store, tmp_path / "photographs", room.students[0], at=room.now, by="officer")
    assert receipt.off_disk_at is not None
    assert not on_disk(tmp_path, traces)
