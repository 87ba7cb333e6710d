"""A database copied into another one, of the same kind or the other."""

from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from server.domain.attendance import Mark, Source, State
from server.domain.calendar import Holiday, MakeUp, Term
from server.domain.evidence import Proposal, Reason
from server.domain.ledger import MarkRequest
from server.domain.sessions import SessionState
from server.errors import BadRequest
from server.store import KeptPlan, RecordedPicture, RosterLine, Sighting, Store, Template, open_store
from server.store.database.copy import copy_database

COURSE = "ea0017_1"
DAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 0, 15, 7, 123456, tzinfo=UTC)


PROPOSAL = Proposal(
    student="201511041",
    hour=1,
    state=State.LATE,
    sure=True,
    reason=Reason.NONE,
    first_seen=NOW,
    last_seen=NOW,
    seen=1,
    looks=2,
    minutes_late=15,
    probability=0.5,
)


def fill(store: Store) -> None:
    """Something of everything that the store keeps."""
    rows = [RosterLine("201511041", "김민준", COURSE), RosterLine("201511042", "Zoë O'Neill", COURSE)]
    store.rosters.change(rows, at=NOW, by="test", day=DAY)
    mark = Mark("201511041", COURSE, DAY, 1, State.LATE, NOW, "test", Source.PROFESSOR)
    store.marks.record([MarkRequest((mark,), key="a-key", digest=b"d" * 32)], now=NOW)
    seen = Sighting("201511041", "sure", 0.5, (("201511041", 0.25),), (1, 2, 3, 4), embedding(), "model")
    store.pictures.add(RecordedPicture(COURSE, DAY, 1, NOW, "test", 2, 640, 480), [seen], now=NOW)
    store.courses.put(COURSE, KeptPlan(DAY, "자료구조", "301", ("pc-301",), "{}"), at=NOW, by="test")
    store.courses.set_calendar(
        Term("2026-1", DAY, DAY), [Holiday(DAY, DAY, "휴강")], [MakeUp(DAY, 1)], at=NOW, by="test"
    )
    store.courses.set_shift(COURSE, "model", 0.125, students=1, sightings=1, at=NOW, by="test")
    session = store.sessions.on_day(COURSE, DAY)
    assert session is not None
    store.sessions.set_state(session.id, SessionState.SUBMITTED, at=NOW, by="test", why="", proposals=[PROPOSAL])
    store.templates.add([Template("201511041", b"p" * 32, "201511041.jpg", "model", embedding())], [], at=NOW)


def embedding() -> np.ndarray:
    return np.linspace(-0.2, 0.2, 128, dtype=np.float32)


def test_everything_is_in_the_copy_and_goes_on_from_there(
    sqlite_store: Store, store: Store, tmp_path: Path, database_url: str
) -> None:
    fill(sqlite_store)

    counts = copy_database(str(tmp_path / "alone.sqlite"), database_url)

    assert (counts["students"], counts["mark_history"], counts["sightings"]) == (2, 1, 1)
    assert [(entry.student, entry.name, entry.states) for entry in store.rosters.of_day(COURSE, DAY)] == [
        ("201511041", "김민준", {1: State.LATE}),
        ("201511042", "Zoë O'Neill", {}),
    ]
    np.testing.assert_array_equal(store.templates.of_model("model")[0].embedding, embedding())
    for asked in (
        lambda each: each.courses.get(COURSE),
        lambda each: each.courses.calendar(),
        lambda each: each.sessions.listed(None, None, None),
        lambda each: each.sessions.changes(1),
        lambda each: each.proposals.of_course(COURSE, None, None),
        lambda each: each.courses.shift_of(COURSE, "model"),
        lambda each: each.marks.history(1),
    ):
        assert asked(store) == asked(sqlite_store)
    [(taken, (seen,))] = store.pictures.of_day(COURSE, DAY)
    assert (taken.faces, seen.candidates) == (2, (("201511041", 0.25),))
    np.testing.assert_array_equal(seen.embedding, embedding())
    assert store.templates.revision() == sqlite_store.templates.revision()
    again = Mark("201511042", COURSE, DAY, 1, State.PRESENT, NOW, "test", Source.PROFESSOR)
    assert store.marks.record([MarkRequest((again,), key="another", digest=b"e" * 32)], now=NOW)[0].recorded[0].changed


def test_a_key_that_was_used_before_the_copy_gives_the_first_answer_after_it(
    sqlite_store: Store, store: Store, tmp_path: Path, database_url: str
) -> None:
    fill(sqlite_store)
    copy_database(str(tmp_path / "alone.sqlite"), database_url)
    mark = Mark("201511041", COURSE, DAY, 1, State.LATE, NOW, "test", Source.PROFESSOR)

    outcome = store.marks.record([MarkRequest((mark,), key="a-key", digest=b"d" * 32)], now=NOW)[0]

    assert outcome.recorded[0].changed, "the answer of the first time said so"
    assert store.rosters.of_day(COURSE, DAY)[0].states == {1: State.LATE}


def test_a_database_that_holds_something_is_not_copied_into(
    sqlite_store: Store, store: Store, tmp_path: Path, database_url: str
) -> None:
    fill(sqlite_store)
    store.rosters.change([RosterLine("209900001", "Stays", "other-01")], at=NOW, by="test", day=DAY)

    with pytest.raises(BadRequest, match=r"holds something already .in .*students"):
        copy_database(str(tmp_path / "alone.sqlite"), database_url)

    assert [entry.student for entry in store.rosters.of_day("other-01", DAY)] == ["209900001"]
    assert store.rosters.names(["201511041"]) == {}


def test_an_empty_database_is_not_taken_for_the_one_that_was_meant(sqlite_store: Store, tmp_path: Path) -> None:
    target = open_store(str(tmp_path / "target.sqlite"), key_file=None)
    target.health.upgrade()
    target.close()

    with pytest.raises(BadRequest, match="holds nothing: name the right one"):
        copy_database(str(tmp_path / "alone.sqlite"), str(tmp_path / "target.sqlite"))
