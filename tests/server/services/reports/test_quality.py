"""A course's quality is counted by week and room from what was proposed and marked."""

from datetime import date, timedelta

import pytest

from server.domain.attendance import State
from server.errors import UnknownCourse
from server.services.reports.quality import CourseQuality, WeekQuality, course_quality
from server.services.reports.quality_picture import quality_picture
from server.store import Store
from tests.server.services.reported_class import BADA, COURSE, FIRST, HANEUL, NAMU, SECOND, keep, make_course, mark

P, A, L = State.PRESENT, State.ABSENT, State.LATE
EVER = date(1, 1, 1)


def test_what_was_sure_asked_unseen_and_corrected_is_counted_by_week(store: Store) -> None:
    make_course(store)
    mark(store, FIRST, 3, {HANEUL: P, BADA: A, NAMU: P})
    keep(store, FIRST, [(HANEUL, 3, P, True), (BADA, 3, P, False), (NAMU, 3, State.NOT_VISIBLE, False)])
    found = course_quality(store, COURSE, [(EVER, "B101")], since=None, until=None)
    monday = FIRST - timedelta(days=FIRST.weekday())
    assert found.weeks == (WeekQuality(monday, "B101", 3, 1, 1, 1, 0, 2, 1),)
    assert not found.suggests_recalibration
    assert quality_picture(found).startswith(b"\x89PNG")


def test_a_course_that_moves_has_a_line_for_each_room(store: Store) -> None:
    make_course(store)
    for day in (FIRST, SECOND):
        mark(store, day, 3, {HANEUL: P})
        keep(store, day, [(HANEUL, 3, P, True)])
    rooms = [(EVER, "B101"), (SECOND, "B202")]
    found = course_quality(store, COURSE, rooms, since=None, until=None)
    assert [(each.room, each.compared) for each in found.weeks] == [("B101", 1), ("B202", 1)]


def test_an_unknown_course_is_refused_and_one_without_pictures_says_nothing(store: Store) -> None:
    make_course(store)
    assert course_quality(store, COURSE, [], since=None, until=None) == CourseQuality(COURSE, ())
    assert quality_picture(CourseQuality(COURSE, ())).startswith(b"\x89PNG")
    with pytest.raises(UnknownCourse):
        course_quality(store, "nowhere", [], since=None, until=None)


@pytest.mark.parametrize(
    ("sure", "checked", "compared", "corrected", "suggested"),
    [(90, 10, 100, 2, False), (70, 30, 0, 0, True), (100, 0, 100, 8, True), (5, 5, 10, 5, False)],
)
def test_recalibrating_is_suggested_where_much_is_asked_or_corrected(
    sure: int, checked: int, compared: int, corrected: int, suggested: bool
) -> None:
    week = WeekQuality(FIRST, "", sure + checked, sure, checked, 0, 0, compared, corrected)
    assert CourseQuality(COURSE, (week,)).suggests_recalibration is suggested
