"""Class hours of a week, those of a day, and which one is on."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.domain.calendar import Calendar, Holiday, MakeUp, Term
from server.domain.timetable import ClassHour, PlannedHour, Timetable, Weeks, hour_on, planned_hours

SEOUL = ZoneInfo("Asia/Seoul")
FIRST, SECOND, SEVENTH = (
    ClassHour(1, time(9), time(9, 50)),
    ClassHour(2, time(10), time(10, 50)),
    ClassHour(7, time(15), time(15, 50)),
)
NONE: tuple[ClassHour, ...] = ()
LATE = ClassHour(13, time(23, 30), time(0, 20))
TIMETABLE = Timetable(((FIRST, SECOND, SEVENTH), NONE, (SECOND,), NONE, NONE, NONE, NONE))
MONDAY = date(2026, 3, 9)
HOURS = planned_hours(TIMETABLE, Calendar(), "EA0017_1", MONDAY, SEOUL)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, 9, hour, minute, tzinfo=SEOUL)


def test_the_hours_of_a_day_have_the_campuss_times_in_utc() -> None:
    assert HOURS[0] == PlannedHour(1, datetime(2026, 3, 9, 0, 0, tzinfo=UTC), datetime(2026, 3, 9, 0, 50, tzinfo=UTC))
    assert HOURS[0].starts is not None
    assert HOURS[0].starts.tzinfo is UTC
    assert [hour.number for hour in HOURS] == [1, 2, 7]


def test_a_day_without_class_has_no_hours() -> None:
    holiday = Calendar(holidays=(Holiday(MONDAY, MONDAY, "휴강"),))
    assert planned_hours(TIMETABLE, holiday, "EA0017_1", MONDAY, SEOUL) == ()
    assert planned_hours(TIMETABLE, Calendar(), "EA0017_1", MONDAY + timedelta(days=1), SEOUL) == ()


def test_a_make_up_day_has_the_hours_of_its_weekday() -> None:
    saturday = MONDAY + timedelta(days=5)
    calendar = Calendar(makeups=(MakeUp(saturday, 2, course="EA0017_1"),))
    assert [hour.number for hour in planned_hours(TIMETABLE, calendar, "EA0017_1", saturday, SEOUL)] == [2]


@pytest.mark.parametrize(
    ("moment", "hour"),
    [
        (at(6), 1),
        (at(8, 45), 1),
        (at(9), 1),
        (at(9, 49), 1),
        (at(9, 50), 2),
        (at(9, 47), 1),
        (at(10, 49), 2),
        (at(10, 50), 7),
        (at(13), 7),
        (at(15, 50), 7),
        (at(23, 59), 7),
    ],
)
def test_the_hour_that_is_on_is_the_first_that_has_not_ended(moment: datetime, hour: int) -> None:
    assert hour_on(HOURS, moment) == hour


def test_without_hours_none_is_on_and_without_times_the_lowest_number_is() -> None:
    assert hour_on((), at(9)) is None
    assert hour_on((PlannedHour(3), PlannedHour(2)), at(9)) == 2


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: ClassHour(0, time(9), time(10)), "The class hour 0 does not exist"),
        (lambda: ClassHour(25, time(9), time(10)), "The class hour 25 does not exist"),
        (lambda: ClassHour(1, time(10), time(10)), "Hour 1 ends at 10:00; it must end after it starts, at 10:00"),
        (lambda: Timetable((NONE,) * 6), "seven days, Monday first; this one has 6"),
        (lambda: Timetable((NONE, (SECOND, FIRST), *(NONE,) * 5)), "Tuesday has hour 1 behind hour 2"),
        (lambda: Timetable((NONE, (FIRST, FIRST), *(NONE,) * 5)), "Tuesday has hour 1 behind hour 1"),
        (
            lambda: Timetable(((FIRST, ClassHour(2, time(9, 40), time(10, 40))), *(NONE,) * 6)),
            "On Monday hour 2 starts at 09:40, before hour 1 ends at 09:50",
        ),
        (lambda: ClassHour(1, time(11, 20), time(10, 30)), "Hour 1 ends at 10:30"),
        (lambda: ClassHour(1, time(18), time(0, 1)), "Hour 1 ends at 00:01"),
        (
            lambda: Timetable(((LATE,), (ClassHour(1, time(0, 10), time(1)),), *(NONE,) * 5)),
            "Hour 13 of Monday ends at 00:20 after midnight, when hour 1 of the next day has begun, at 00:10",
        ),
        (
            lambda: Timetable(((LATE, ClassHour(14, time(23, 40), time(23, 50))), *(NONE,) * 6)),
            "On Monday hour 14 starts at 23:40, before hour 13 ends at 00:20",
        ),
        (
            lambda: Timetable(((ClassHour(1, time(9), time(10), dates=(date(2026, 3, 10),)),), *(NONE,) * 6)),
            "Hour 1 of Monday is to be held on 2026-03-10, a Tuesday",
        ),
        (
            lambda: Timetable(((FIRST, replace(FIRST, weeks=Weeks.ODD)), *(NONE,) * 6)),
            "Monday has hour 1 behind hour 1",
        ),
    ],
)
def test_a_timetable_that_cannot_be_is_refused_with_its_values(make: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        make()  # type: ignore[operator]


def test_hours_are_numbered_up_to_twenty_four() -> None:
    assert [ClassHour(number, time(22), time(22, 50)).number for number in (1, 24)] == [1, 24]


def test_a_week_has_the_hours_of_its_days() -> None:
    assert TIMETABLE.weekly_hours == 4


def test_an_hour_may_end_at_midnight_or_after_it() -> None:
    (at_midnight, after) = planned_hours(
        Timetable(((ClassHour(12, time(22), time()),), NONE, (LATE,), *(NONE,) * 4)), Calendar(), "a", MONDAY, SEOUL
    ) + planned_hours(
        Timetable((NONE, NONE, (LATE,), *(NONE,) * 4)), Calendar(), "a", MONDAY + timedelta(days=2), SEOUL
    )
    assert at_midnight.ends == datetime(2026, 3, 10, tzinfo=SEOUL)
    assert (after.starts, after.ends) == (
        datetime(2026, 3, 11, 23, 30, tzinfo=SEOUL),
        datetime(2026, 3, 12, 0, 20, tzinfo=SEOUL),
    )


class TestEveryOtherWeek:
    term = Term("2026-1", date(2026, 3, 3), date(2026, 6, 19))  # a Tuesday: its first week begins on Monday 2 March
    odd, even = (replace(FIRST, weeks=weeks) for weeks in (Weeks.ODD, Weeks.EVEN))
    table = Timetable(((odd, replace(even, starts=time(9, 10)), SECOND), NONE, NONE, NONE, (odd,), NONE, NONE))

    def hours(self, day: date, *makeups: MakeUp) -> list[tuple[int, str]]:
        found = planned_hours(self.table, Calendar((self.term,), makeups=makeups), "a", day, SEOUL)
        return [(each.number, f"{each.starts.astimezone(SEOUL):%H:%M}") for each in found if each.starts]

    def test_weeks_are_those_of_the_term(self) -> None:
        assert self.hours(MONDAY) == [(1, "09:10"), (2, "10:00")], "the second week"
        assert self.hours(MONDAY + timedelta(days=7)) == [(1, "09:00"), (2, "10:00")]
        fridays = [bool(self.hours(date(2026, 3, day))) for day in (6, 13, 20, 27)]
        assert fridays == [True, False, True, False]

    def test_a_make_up_day_is_of_whichever_week_it_stands_in_for(self) -> None:
        saturday = date(2026, 3, 14)
        assert self.hours(saturday, MakeUp(saturday, 4)) == [(1, "09:00")]

    def test_an_hour_of_single_days_is_held_on_these_alone(self) -> None:
        days = (MONDAY, MONDAY + timedelta(days=28))
        table = Timetable(((replace(FIRST, dates=days),), *(NONE,) * 6))
        held = [
            day
            for day in (MONDAY + timedelta(days=7 * week) for week in range(6))
            if planned_hours(table, Calendar(), "a", day, SEOUL)
        ]
        assert held == list(days)
        assert (table.has_hours, table.weekly_hours) == (True, 0)

    def test_an_hour_of_every_other_week_is_half_an_hour_a_week(self) -> None:
        assert self.table.weekly_hours == 3, "two halves, one whole, and a half on Friday: rounded up"
