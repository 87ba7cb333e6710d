"""Confirmed sightings of made-up people move the threshold of their course, and of no other."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from server.domain.attendance import Mark, Source, State
from server.domain.ledger import MarkRequest
from server.errors import BadRequest, UnknownCourse
from server.gallery.constants import family_constants
from server.services.class_day.galleries import Galleries
from server.services.evaluation.recalibration import back_to_photographs, foretell, keep
from server.store import RecordedPicture, RosterLine, Sighting, Store, Template, open_store
from tests.server.gallery.made_up_people import MadeUpPeople, number

NOW = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)
DAY = date(2026, 3, 3)
COURSE, OTHER = "ea0017_1", "ea0018_1"
MODEL = "made-up"
CLASS = range(20)


@pytest.fixture
def people() -> MadeUpPeople:
    return MadeUpPeople(30)


@pytest.fixture
def galleries(store: Store, people: MadeUpPeople) -> Galleries:
    """Twenty students of two courses, each with a photograph."""
    rows = [RosterLine(number(each), f"학생{each}", course) for each in CLASS for course in (COURSE, OTHER)]
    store.rosters.change(rows, at=NOW, by="test", day=NOW.date())
    store.templates.add(
        [
            Template(number(each), each.to_bytes(32, "big"), f"{number(each)}.jpg", MODEL, embedding)
            for each, embedding in zip(CLASS, people.photographs(CLASS), strict=True)
        ],
        [],
        at=NOW,
    )
    return Galleries(store, MODEL)


def record(store: Store, people: MadeUpPeople, noise: float, *, there: range = CLASS, pictures: int = 2) -> None:
    """Pictures of the first hour in which everybody was seen, and the professor's mark for whoever was there."""
    for minute in range(pictures):
        seen = [
            Sighting(number(each), "sure", 0.99, (), (0, 0, 99, 99), embedding, MODEL)
            for each, embedding in zip(CLASS, people.photographs(CLASS, noise), strict=True)
        ]
        taken_at = NOW + timedelta(minutes=minute)
        store.pictures.add(RecordedPicture(COURSE, DAY, 1, taken_at, "camera", len(seen), 1920, 1080), seen, now=NOW)
    marks = tuple(
        Mark(
            number(each),
            COURSE,
            DAY,
            1,
            State.PRESENT if each in there else State.ABSENT,
            NOW,
            "김교수",
            Source.PROFESSOR,
        )
        for each in CLASS
    )
    store.marks.record([MarkRequest(marks)], now=NOW)


def test_a_room_in_which_students_are_missed_asks_for_less_from_now_on(
    store: Store, galleries: Galleries, people: MadeUpPeople
) -> None:
    record(store, people, noise=2.4)
    shift = foretell(store, galleries, COURSE, DAY)
    assert 0 < shift.shift_after <= family_constants("dlib").thresholds.error
    assert shift.missed_after < shift.missed_before
    assert shift.strangers_before == pytest.approx(0.01)
    assert shift.strangers_after > 0.01
    assert (shift.students, shift.sightings) == (20, 40)
    keep(store, galleries, shift, at=NOW, by="김교수")
    students = store.rosters.students_of(COURSE, DAY)
    thresholds = [galleries.matcher(students, course).calibrations[None].threshold for course in (COURSE, OTHER, None)]
    assert thresholds[0] == pytest.approx(thresholds[2] + shift.shift_after)
    assert thresholds[1] == thresholds[2]


def test_a_trial_changes_nothing(store: Store, galleries: Galleries, people: MadeUpPeople) -> None:
    record(store, people, noise=2.4)
    foretell(store, galleries, COURSE, DAY)
    assert store.courses.shift_of(COURSE, MODEL) == 0.0


def test_another_process_decides_by_it_at_once(
    store: Store, galleries: Galleries, people: MadeUpPeople, tmp_path: Path
) -> None:
    record(store, people, noise=2.4)
    students = store.rosters.students_of(COURSE, DAY)
    before = galleries.matcher(students, COURSE).calibrations[None].threshold
    other = open_store(str(tmp_path / "rollcall.sqlite"), key_file=tmp_path / "rollcall.key")
    try:
        theirs = Galleries(other, MODEL)
        keep(other, theirs, foretell(other, theirs, COURSE, DAY), at=NOW, by="assistant")
    finally:
        other.close()
    assert galleries.matcher(students, COURSE).calibrations[None].threshold > before


def test_what_was_recalibrated_can_be_taken_back(store: Store, galleries: Galleries, people: MadeUpPeople) -> None:
    record(store, people, noise=2.4)
    keep(store, galleries, foretell(store, galleries, COURSE, DAY), at=NOW, by="test")
    back = back_to_photographs(store, galleries, COURSE, DAY)
    assert back.shift_before > 0
    assert back.strangers_after < back.strangers_before
    keep(store, galleries, back, at=NOW, by="test")
    assert store.courses.shift_of(COURSE, MODEL) == 0.0


def test_faces_of_students_who_were_marked_absent_do_not_count(
    store: Store, galleries: Galleries, people: MadeUpPeople
) -> None:
    record(store, people, noise=2.4, there=range(15), pictures=3)
    assert foretell(store, galleries, COURSE, DAY).students == 15


def test_too_few_confirmed_sightings_are_refused_with_what_to_do(
    store: Store, galleries: Galleries, people: MadeUpPeople
) -> None:
    record(store, people, noise=2.4, there=range(5))
    with pytest.raises(BadRequest, match=r"10 confirmed sightings of 5 .* confirm who was there"):
        foretell(store, galleries, COURSE, DAY)


def test_students_who_would_exchange_are_told_and_nothing_is_kept(
    store: Store, galleries: Galleries, people: MadeUpPeople
) -> None:
    people.faces[[3, 4]] = people.faces[[4, 3]]  # their photographs lie in each other's folder
    record(store, people, noise=1.0)
    with pytest.raises(BadRequest, match=f"{number(3)}.*{number(4)}"):
        foretell(store, galleries, COURSE, DAY)
    assert store.courses.shift_of(COURSE, MODEL) == 0.0


def test_a_course_that_nobody_knows_is_refused(store: Store, galleries: Galleries) -> None:
    for ask in (foretell, back_to_photographs):
        with pytest.raises(UnknownCourse):
            ask(store, galleries, "none", DAY)
