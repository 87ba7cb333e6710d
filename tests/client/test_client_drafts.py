"""Answers of roll calls that have not ended: on disk one by one, gone together with the batch that carries them."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from client.errors import OutboxError
from client.outbox import Outbox, RollOf
from client.outbox.file import _TABLES
from protocol.messages import MarkItem, Marks, State

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SERVER, OTHER, COURSE = "here:20060", "there:20060", "ea0017_1"
FIRST_HOUR, SECOND_HOUR = RollOf(COURSE, "2026-03-02", 1), RollOf(COURSE, "2026-03-02", 2)
WITHOUT_HOUR = RollOf(COURSE, "2026-03-02", None)


def answer(student: str, state: State = "present", hour: int | None = 1, at: datetime = NOW) -> MarkItem:
    return MarkItem(student=student, course=COURSE, state=state, hour=hour, at=at)


def batch(*items: MarkItem) -> Marks:
    return Marks(marks=items, key="k1", partial=True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "outbox.sqlite"


@pytest.fixture
def outbox(path: Path) -> Iterator[Outbox]:
    with closing(Outbox(path, SERVER, lambda: NOW)) as outbox:
        yield outbox


def test_an_answer_is_on_disk_at_once_and_the_last_one_of_a_student_counts(outbox: Outbox, path: Path) -> None:
    for item in (answer("1"), answer("2", "late"), answer("1", "absent")):
        outbox.drafts.tick(FIRST_HOUR, item)
    with closing(Outbox(path, SERVER)) as other:
        assert other.drafts.of_day(COURSE, "2026-03-02") == [answer("2", "late"), answer("1", "absent")]


def test_hours_days_courses_and_servers_are_kept_apart(outbox: Outbox, path: Path) -> None:
    outbox.drafts.tick(FIRST_HOUR, answer("1"))
    outbox.drafts.tick(SECOND_HOUR, answer("1", hour=2))
    outbox.drafts.tick(WITHOUT_HOUR, answer("1", hour=None))
    outbox.drafts.discard(SECOND_HOUR)
    assert [each.hour for each in outbox.drafts.of_day(COURSE, "2026-03-02")] == [1, None]
    assert outbox.drafts.of_day(COURSE, "2026-03-03") == outbox.drafts.of_day("ea0018_1", "2026-03-02") == []
    with closing(Outbox(path, OTHER)) as other:
        assert other.drafts.of_day(COURSE, "2026-03-02") == []


def test_the_batch_comes_and_its_answers_go_together(outbox: Outbox) -> None:
    outbox.drafts.tick(FIRST_HOUR, answer("1"))
    outbox.drafts.tick(SECOND_HOUR, answer("1", hour=2))
    outbox.add(batch(answer("1")), FIRST_HOUR)
    assert outbox.waiting() == 1
    assert [each.hour for each in outbox.drafts.of_day(COURSE, "2026-03-02")] == [2]


def test_where_the_batch_cannot_be_kept_its_answers_stay(outbox: Outbox) -> None:
    outbox.drafts.tick(FIRST_HOUR, answer("1"))
    with closing(sqlite3.connect(outbox.path)) as file:
        (pages,) = file.execute("PRAGMA page_count").fetchone()
    outbox._file.execute(f"PRAGMA max_page_count = {pages}")
    many = batch(*(answer(f"{number:09d}") for number in range(400)))
    with pytest.raises(OutboxError, match="The disk is full"):
        outbox.add(many, FIRST_HOUR)
    with suppress(OutboxError):
        assert outbox.waiting() == 0
    assert outbox.drafts.of_day(COURSE, "2026-03-02") == [answer("1")]


def test_unfinished_roll_calls_are_listed_and_only_those_over_a_day_old_are_forgotten(
    outbox: Outbox, path: Path
) -> None:
    old = RollOf(COURSE, "2026-02-28", 1)
    outbox.drafts.tick(FIRST_HOUR, answer("1"))
    with closing(Outbox(path, OTHER)) as other:
        for student, hours in (("1", 30), ("2", 25)):
            other.drafts.tick(old, answer(student, at=NOW - timedelta(hours=hours)))
    (first, second) = outbox.drafts.unfinished()
    assert (first.server, first.roll, first.answers, first.last_at) == (OTHER, old, 2, NOW - timedelta(hours=25))
    assert (second.server, second.roll, second.answers) == (SERVER, FIRST_HOUR, 1)
    assert outbox.drafts.old() == [first]
    assert outbox.drafts.discard_old() == 1
    assert outbox.drafts.unfinished() == [second]


def test_a_file_of_an_earlier_client_gets_the_table_and_keeps_what_waits(path: Path) -> None:
    with closing(sqlite3.connect(path)) as file:
        file.executescript(_TABLES.partition("CREATE TABLE IF NOT EXISTS answers")[0] + "PRAGMA user_version = 1;")
        file.execute("INSERT INTO entries (server, kept_at, message) VALUES (?, ?, ?)", (SERVER, NOW.isoformat(), b""))
        file.commit()
    with closing(Outbox(path, SERVER)) as outbox:
        outbox.drafts.tick(FIRST_HOUR, answer("1"))
        assert (outbox.waiting(), len(outbox.drafts.unfinished())) == (1, 1)
