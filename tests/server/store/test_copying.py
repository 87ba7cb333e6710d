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
from server.store import open_store
from server.store.base import Course, Picture, RosterRow, Sighting, Template
from server.store.database.copy import copy_database
from server.store.sql import SqlStore

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


def fill(store: SqlStore) -> None:
    """Something of everything that the store keeps."""
    rows = [RosterRow("201511041", "김민준", COURSE), RosterRow("201511042", "Zoë O'Neill", COURSE)]
    store.change_roster(rows, at=NOW, by="test", day=DAY)
    mark = Mark("201511041", COURSE, DAY, 1, State.LATE, NOW, "test", Source.PROFESSOR)
    store.record([MarkRequest((mark,), key="a-key", digest=b"d" * 32)], now=NOW)
    seen = Sighting("201511041", "sure", 0.5, (("201511041", 0.25),), (1, 2, 3, 4), embedding(), "model")
    store.add_picture(Picture(COURSE, DAY, 1, NOW, "test", 2, 640, 480), [seen], now=NOW)
    store.set_course(Course(COURSE, "자료구조", "301", ("pc-301",), "{}"), at=NOW, by="test")
    store.set_calendar(Term("2026-1", DAY, DAY), [Holiday(DAY, DAY, "휴강")], [MakeUp(DAY, 1)], at=NOW, by="test")
    store.set_calibration(COURSE, "model", 0.125, students=1, sightings=1, at=NOW, by="test")
    session = store.session_on(COURSE, DAY)
    assert session is not None
    store.set_session_state(session.id, SessionState.SUBMITTED, at=NOW, by="test", why="", proposals=[PROPOSAL])
    store.add_templates([Template("201511041", b"p" * 32, "201511041.jpg", "model", embedding())], [], at=NOW)


def embedding() -> np.ndarray:
    return np.linspace(-0.2, 0.2, 128, dtype=np.float32)


def test_everything_is_in_the_copy_and_goes_on_from_there(
    sqlite_store: SqlStore, store: SqlStore, tmp_path: Path, database_url: str
) -> None:
    fill(sqlite_store)

    counts = copy_database(str(tmp_path / "alone.sqlite"), database_url)

    assert (counts["students"], counts["mark_history"], counts["sightings"]) == (2, 1, 1)
    assert [(entry.student, entry.name, entry.states) for entry in store.roster(COURSE, DAY)] == [
        ("201511041", "김민준", {1: State.LATE}),
        ("201511042", "Zoë O'Neill", {}),
    ]
    np.testing.assert_array_equal(store.templates("model")[0].embedding, embedding())
    for asked in (
        lambda each: each.course(COURSE),
        lambda each: each.calendar(),
        lambda each: each.sessions(None, None, None),
        lambda each: each.session_history(1),
        lambda each: each.course_proposals(COURSE, None, None),
        lambda each: each.calibration(COURSE, "model"),
        lambda each: each.history(1),
    ):
        assert asked(store) == asked(sqlite_store)
    [(taken, (seen,))] = store.pictures(COURSE, DAY)
    assert (taken.faces, seen.candidates) == (2, (("201511041", 0.25),))
    np.testing.assert_array_equal(seen.embedding, embedding())
    assert store.template_revision() == sqlite_store.template_revision()
    again = Mark("201511042", COURSE, DAY, 1, State.PRESENT, NOW, "test", Source.PROFESSOR)
    assert store.record([MarkRequest((again,), key="another", digest=b"e" * 32)], now=NOW)[0].recorded[0].changed


def test_a_key_that_was_used_before_the_copy_gives_the_first_answer_after_it(
    sqlite_store: SqlStore, store: SqlStore, tmp_path: Path, database_url: str
) -> None:
    fill(sqlite_store)
    copy_database(str(tmp_path / "alone.sqlite"), database_url)
    mark = Mark("201511041", COURSE, DAY, 1, State.LATE, NOW, "test", Source.PROFESSOR)

    outcome = store.record([MarkRequest((mark,), key="a-key", digest=b"d" * 32)], now=NOW)[0]

    assert outcome.recorded[0].changed, "the answer of the first time said so"
    assert store.roster(COURSE, DAY)[0].states == {1: State.LATE}


def test_a_database_that_holds_something_is_not_copied_into(
    sqlite_store: SqlStore, store: SqlStore, tmp_path: Path, database_url: str
) -> None:
    fill(sqlite_store)
    store.change_roster([RosterRow("209900001", "Stays", "other-01")], at=NOW, by="test", day=DAY)

    with pytest.raises(BadRequest, match=r"holds something already .in .*students"):
        copy_database(str(tmp_path / "alone.sqlite"), database_url)

    assert [entry.student for entry in store.roster("other-01", DAY)] == ["209900001"]
    assert store.names(["201511041"]) == {}


def test_an_empty_database_is_not_taken_for_the_one_that_was_meant(sqlite_store: SqlStore, tmp_path: Path) -> None:
    target = open_store(str(tmp_path / "target.sqlite"), key_file=None)
    target.upgrade()
    target.close()

    with pytest.raises(BadRequest, match="holds nothing: name the right one"):
        copy_database(str(tmp_path / "alone.sqlite"), str(tmp_path / "target.sqlite"))
