"""Class hours of a week, those of a day, and which one is on."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.domain.calendar import Calendar, Holiday, MakeUp
from server.domain.timetable import ClassHour, PlannedHour, Timetable, hour_on, planned_hours

SEOUL = ZoneInfo("Asia/Seoul")
FIRST, SECOND, SEVENTH = (
    ClassHour(1, time(9), time(9, 50)),
    ClassHour(2, time(10), time(10, 50)),
    ClassHour(7, time(15), time(15, 50)),
)
NONE: tuple[ClassHour, ...] = ()
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
    ],
)
def test_a_timetable_that_cannot_be_is_refused_with_its_values(make: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        make()  # type: ignore[operator]


def test_hours_are_numbered_up_to_twenty_four() -> None:
    assert [ClassHour(number, time(22), time(22, 50)).number for number in (1, 24)] == [1, 24]


def test_a_week_has_the_hours_of_its_days() -> None:
    assert TIMETABLE.weekly_hours == 4
