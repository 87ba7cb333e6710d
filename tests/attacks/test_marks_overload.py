"""Marks of many at once: long batches give way to single marks, and a lock on one course holds up that course alone."""

import threading
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import make_url

from server.domain.attendance import Mark, Source, State
from server.domain.ledger import MarkAnswer, MarkOutcome, MarkRequest
from server.errors import Unavailable
from server.services.class_day.recorder import ENOUGH_TOGETHER, Recorder
from server.store import RosterLine, Store, open_store
from tests.databases import connect

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
DAY = date(2026, 3, 2)
PATIENCE_S = 60.0
COURSES = ("ea0017_1", "ea0018_1")


def request(course: str = COURSES[0], *, marks: int = 1, student: str = "20151") -> MarkRequest:
    made = (
        Mark(f"{student}{number:04}", course, DAY, 1, State.PRESENT, NOW, "test", Source.PROFESSOR)
        for number in range(marks)
    )
    return MarkRequest(tuple(made))


class Gate:
    """In place of a store: each transaction waits until it is let through; its requests' marks are noted."""

    def __init__(self) -> None:
        self.transactions: list[list[int]] = []
        self.go, self.entered = threading.Semaphore(0), threading.Semaphore(0)
        self.fails_at: int | None = None

    def record(self, requests: Sequence[MarkRequest], *, now: datetime) -> list[MarkOutcome]:
        self.transactions.append([len(each.marks) for each in requests])
        self.entered.release()
        assert self.go.acquire(timeout=PATIENCE_S)
        if len(self.transactions) == self.fails_at:
            raise Unavailable("The database is away.")
        return [MarkAnswer(()) for _ in requests]


def brought(recorder: Recorder, requests: Sequence[MarkRequest]) -> threading.Thread:
    """A thread that waits for their outcomes; they wait for the database when this returns."""
    before = recorder.waiting
    thread = threading.Thread(target=recorder.record, args=(requests,), kwargs={"now": NOW})
    thread.start()
    while recorder.waiting == before:
        threading.Event().wait(0.001)
    return thread


def test_a_single_mark_comes_before_the_long_batches_that_wait_and_shares_no_commit_with_them() -> None:
    gate = Gate()
    recorder = Recorder(gate)  # type: ignore[arg-type]
    first = threading.Thread(target=recorder.record, args=([request()],), kwargs={"now": NOW})
    first.start()
    assert gate.entered.acquire(timeout=PATIENCE_S)
    threads = [brought(recorder, [request(marks=1900)]) for _ in range(30)]
    threads += [brought(recorder, [request(COURSES[1])]) for _ in range(2)]
    gate.go.release(40)
    for thread in (first, *threads):
        thread.join(PATIENCE_S)
    assert recorder.close()
    assert gate.transactions[:2] == [[1], [1, 1]]
    assert gate.transactions[2:] == [[1900]] * 30


def test_a_long_batch_gives_way_for_a_while_and_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.services.class_day.recorder.LATER_S_A_MARK", 0.0)  # that while is over
    gate = Gate()
    recorder = Recorder(gate)  # type: ignore[arg-type]
    first = threading.Thread(target=recorder.record, args=([request()],), kwargs={"now": NOW})
    first.start()
    assert gate.entered.acquire(timeout=PATIENCE_S)
    threads = [brought(recorder, [request(marks=1900)]), brought(recorder, [request()])]
    gate.go.release(40)
    for thread in (first, *threads):
        thread.join(PATIENCE_S)
    assert recorder.close()
    assert gate.transactions == [[1], [1900], [1]]


def test_what_one_client_sends_together_is_recorded_in_pieces_between_which_others_come() -> None:
    gate = Gate()
    recorder = Recorder(gate)  # type: ignore[arg-type]
    gate.go.release(40)
    recorder.record([request(marks=ENOUGH_TOGETHER) for _ in range(4)], now=NOW)
    assert recorder.close()
    assert gate.transactions == [[ENOUGH_TOGETHER]] * 4


def test_a_piece_that_is_kept_back_keeps_back_those_behind_it() -> None:
    gate = Gate()
    gate.fails_at = 2
    recorder = Recorder(gate)  # type: ignore[arg-type]
    gate.go.release(40)
    outcomes = recorder.record([request(marks=ENOUGH_TOGETHER) for _ in range(4)], now=NOW)
    assert recorder.close()
    assert [type(each) for each in outcomes] == [MarkAnswer, Unavailable, Unavailable, Unavailable]
    assert len(gate.transactions) == 2


@pytest.fixture
def store(mysql_url: str, tmp_path: Path):
    store = open_store(mysql_url, key_file=tmp_path / "key")
    rows = [RosterLine(f"20151{number:04}", "가", course) for number in range(3) for course in COURSES]
    store.rosters.change(rows, at=NOW, by="test", day=DAY)
    yield store
    store.close()


# By primary keys alone: whoever scans a table locks rows of other courses too.
SESSION = "SELECT id FROM sessions WHERE course = 'ea0017_1'"
LOCKS = {
    "its session": f"SELECT id FROM sessions WHERE id = ({SESSION}) FOR UPDATE",
    "its hours": "SELECT id FROM hours WHERE id = %s FOR UPDATE",
    "its marks": "SELECT hour FROM marks WHERE hour = %s FOR UPDATE",
}


@pytest.mark.parametrize("locked", LOCKS)
def test_a_lock_on_one_courses_rows_delays_that_course_only(store: Store, mysql_url: str, locked: str) -> None:
    recorder = Recorder(store.marks, lanes=store.writes_at_once)
    recorder.record([request(course) for course in COURSES], now=NOW)
    outcomes: dict[str, list[MarkOutcome]] = {course: [] for course in COURSES}

    def record(course: str, number: int) -> None:
        outcomes[course] += recorder.record([request(course, student=f"2015{number}")], now=NOW)

    other = connect(
        make_url(mysql_url), autocommit=False, init_command="SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"
    )
    with other:
        with other.cursor() as cursor:
            cursor.execute(f"SELECT h.id FROM hours h WHERE h.session = ({SESSION})")
            hour = cursor.fetchone()
            cursor.execute("COMMIT")
            cursor.execute(LOCKS[locked], hour if "%s" in LOCKS[locked] else ())
            assert cursor.fetchall()
        held = [threading.Thread(target=record, args=(COURSES[0], 1), daemon=True) for _ in range(3)]
        for thread in held:
            thread.start()
        for _ in range(20):
            record(COURSES[1], 1)
            assert outcomes[COURSES[1]]
        assert len(outcomes[COURSES[1]]) == 20
        assert outcomes[COURSES[0]] == [], "they wait for the other transaction still"
        other.rollback()
    for thread in held:
        thread.join(PATIENCE_S)
    assert recorder.close()
    assert len(outcomes[COURSES[0]]) == 3
