"""Terms, holidays, make-up days: whose weekday's timetable holds on a day."""

from datetime import date

import pytest

from server.domain.calendar import Calendar, Holiday, MakeUp, Term, overlapping

TERM = Term("2026-1", date(2026, 3, 2), date(2026, 6, 19))
COURSE, OTHER = "EA0017_1", "EA0018_1"
MONDAY, TUESDAY, FRIDAY, SATURDAY = date(2026, 5, 4), date(2026, 5, 5), date(2026, 5, 8), date(2026, 5, 9)


def test_without_terms_every_day_has_its_own_timetable() -> None:
    assert Calendar().weekday_of(SATURDAY, COURSE) == 5
    assert Calendar().term_on(SATURDAY) is None


def test_first_and_last_day_belong_to_the_term_and_their_neighbours_do_not() -> None:
    calendar = Calendar(terms=(TERM,))
    assert [calendar.weekday_of(day, COURSE) for day in (TERM.begins, TERM.ends)] == [0, 4]
    assert [calendar.term_on(day) for day in (TERM.begins, TERM.ends)] == [TERM, TERM]
    for outside in (date(2026, 3, 1), date(2026, 6, 20)):
        assert calendar.weekday_of(outside, COURSE) is None
        assert calendar.term_on(outside) is None


def test_on_a_holiday_no_course_has_class() -> None:
    calendar = Calendar((TERM,), (Holiday(TUESDAY, TUESDAY, "어린이날"),))
    assert calendar.weekday_of(TUESDAY, COURSE) is None
    assert calendar.weekday_of(MONDAY, COURSE) == 0


def test_a_holiday_of_one_course_leaves_the_others_their_class() -> None:
    calendar = Calendar((TERM,), (Holiday(MONDAY, FRIDAY, "휴강", COURSE),))
    assert calendar.weekday_of(FRIDAY, COURSE) is None
    assert calendar.weekday_of(FRIDAY, OTHER) == 4


def test_a_make_up_day_follows_the_timetable_of_another_weekday() -> None:
    calendar = Calendar((TERM,), makeups=(MakeUp(SATURDAY, 1),))
    assert calendar.weekday_of(SATURDAY, COURSE) == 1


def test_a_make_up_day_of_the_course_beats_a_holiday_of_all() -> None:
    calendar = Calendar((TERM,), (Holiday(TUESDAY, TUESDAY, "어린이날"),), (MakeUp(TUESDAY, 0, "보강", COURSE),))
    assert calendar.weekday_of(TUESDAY, COURSE) == 0
    assert calendar.weekday_of(TUESDAY, OTHER) is None


def test_a_course_may_drop_its_class_on_a_day_that_all_make_up() -> None:
    calendar = Calendar((TERM,), (Holiday(SATURDAY, SATURDAY, "휴강", COURSE),), (MakeUp(SATURDAY, 1),))
    assert calendar.weekday_of(SATURDAY, COURSE) is None
    assert calendar.weekday_of(SATURDAY, OTHER) == 1


def test_a_make_up_day_after_the_term_has_class() -> None:
    after = date(2026, 6, 22)
    assert Calendar((TERM,), makeups=(MakeUp(after, 1, course=COURSE),)).weekday_of(after, COURSE) == 1


def test_terms_that_share_a_day_are_found() -> None:
    summer = Term("2026-S", date(2026, 6, 19), date(2026, 7, 10))
    assert overlapping([summer, TERM]) == (TERM, summer)
    assert overlapping([TERM, Term("2026-S", date(2026, 6, 20), date(2026, 7, 10))]) is None


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Term("2026-1", MONDAY, date(2026, 5, 3)), "'2026-1' ends on 2026-05-03, before it begins"),
        (lambda: Holiday(MONDAY, date(2026, 5, 3), "축제"), "The holiday '축제' ends on 2026-05-03"),
        (lambda: MakeUp(SATURDAY, 7), "The make-up day 2026-05-09 follows weekday 7; they are 0, Monday, to 6"),
    ],
)
def test_what_cannot_be_is_refused_with_its_values(make: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        make()  # type: ignore[operator]
