"""Marks of many connections share a commit, each answered by itself; a real SQLite store behind it."""

import threading
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from server.domain.attendance import Mark, Source, State
from server.domain.ledger import MarkOutcome, MarkRequest
from server.errors import Internal, Unavailable, UnknownStudent
from server.services.class_day.recorder import Recorder
from server.store import RosterLine, Store, open_store

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
STUDENTS = [f"20151{number:04}" for number in range(100)]
PATIENCE_S = 60.0


@pytest.fixture
def store(tmp_path: Path):
    store = open_store(str(tmp_path / "a.sqlite"), key_file=tmp_path / "key")
    store.health.upgrade()
    store.rosters.change([RosterLine(each, "가", "ea0017_1") for each in STUDENTS], at=NOW, by="test", day=NOW.date())
    yield store
    store.close()


def request(student: str, state: State = State.PRESENT) -> MarkRequest:
    return MarkRequest((Mark(student, "ea0017_1", date(2026, 3, 2), 1, state, NOW, "test", Source.PROFESSOR),))


def states(store: Store) -> dict[str, dict[int, State]]:
    return {entry.student: entry.states for entry in store.rosters.of_day("ea0017_1", date(2026, 3, 2)) if entry.states}


class Gate:
    """A store whose transactions wait at a gate, so that requests gather behind one; counts the transactions."""

    def __init__(self, store: Store) -> None:
        self.store, self.transactions, self.seen = store, 0, 0
        self.go, self.entered = threading.Event(), threading.Event()

    def record(self, requests: Sequence[MarkRequest], *, now: datetime) -> list[MarkOutcome]:
        self.transactions += 1
        self.seen += len(requests)
        self.entered.set()
        assert self.go.wait(PATIENCE_S)
        if any(each.marks[0].student == "poison" for each in requests):
            raise RuntimeError("a defect that one request provokes")
        return self.store.marks.record(requests, now=now)


def record_all(recorder: Recorder, requests: Sequence[MarkRequest], outcomes: list[object]) -> list[threading.Thread]:
    def record(each: MarkRequest) -> None:
        outcomes.extend(recorder.record([each], now=NOW))

    threads = [threading.Thread(target=record, args=(each,)) for each in requests]
    for thread in threads:
        thread.start()
    return threads


def test_requests_that_wait_share_a_transaction_and_a_wrong_one_fails_alone(store: Store) -> None:
    gate = Gate(store)
    recorder = Recorder(gate)  # type: ignore[arg-type]
    outcomes: list[object] = []
    threads = record_all(recorder, [request(STUDENTS[0])], outcomes)
    assert gate.entered.wait(PATIENCE_S)
    threads += record_all(recorder, [request(each) for each in [*STUDENTS[1:40], "nobody"]], outcomes)
    while recorder.waiting < 40:
        threading.Event().wait(0.001)
    gate.go.set()
    for thread in threads:
        thread.join(PATIENCE_S)
    recorder.close()
    assert gate.transactions == 2
    assert set(states(store)) == set(STUDENTS[:40])
    assert [type(each) for each in outcomes if isinstance(each, Exception)] == [UnknownStudent]


def test_a_request_that_breaks_the_batch_breaks_no_other(store: Store) -> None:
    gate = Gate(store)
    gate.go.set()
    recorder = Recorder(gate)  # type: ignore[arg-type]
    outcomes: list[object] = []
    for thread in record_all(recorder, [request(each) for each in [*STUDENTS[:10], "poison"]], outcomes):
        thread.join(PATIENCE_S)
    recorder.close()
    assert set(states(store)) == set(STUDENTS[:10])
    assert [type(each) for each in outcomes if isinstance(each, Exception)] == [Internal]


def test_closing_records_what_was_accepted_and_takes_no_more(store: Store) -> None:
    gate = Gate(store)
    recorder = Recorder(gate)  # type: ignore[arg-type]
    outcomes: list[object] = []
    threads = record_all(recorder, [request(each) for each in STUDENTS[:5]], outcomes)
    assert gate.entered.wait(PATIENCE_S)
    while recorder.waiting + gate.seen < 5:
        threading.Event().wait(0.001)
    gate.go.set()
    recorder.close()
    with pytest.raises(Unavailable):
        recorder.record([request(STUDENTS[9])], now=NOW)
    for thread in threads:
        thread.join(PATIENCE_S)
    assert set(states(store)) == set(STUDENTS[:5])
