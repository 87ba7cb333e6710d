"""A course's weekly class hours in, the hours planned on a day and the one that is on out. Campus time; no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from server.domain.calendar import Calendar

HOURS_A_DAY: Final = 24
DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class ClassHour:
    """A class hour (교시) of a weekday: the campus's number for it, 1 to 24, and its times on campus.

    Raises ValueError for another number, and where it does not end after it starts.
    """

    number: int
    starts: time
    ends: time

    def __post_init__(self) -> None:
        if not 1 <= self.number <= HOURS_A_DAY:
            raise ValueError(f"The class hour {self.number} does not exist: hours are numbered 1 to {HOURS_A_DAY}.")
        if self.ends <= self.starts:
            raise ValueError(
                f"Hour {self.number} ends at {self.ends:%H:%M}; it must end after it starts, at {self.starts:%H:%M}."
            )


@dataclass(frozen=True, slots=True)
class Timetable:
    """The class hours of a course, weekday by weekday, Monday first, each day's by number.

    Raises ValueError unless there are seven days, and where a day has a number twice or hours that overlap or that do
    not follow each other as their numbers do.
    """

    week: tuple[tuple[ClassHour, ...], ...] = ((),) * len(DAYS)

    def __post_init__(self) -> None:
        if len(self.week) != len(DAYS):
            raise ValueError(f"A timetable has seven days, Monday first; this one has {len(self.week)}.")
        for day, hours in zip(DAYS, self.week, strict=True):
            _require_order(day, hours)

    @property
    def weekly_hours(self) -> int:
        """Class hours in a week without holidays."""
        return sum(map(len, self.week))


@dataclass(frozen=True, slots=True)
class PlannedHour:
    """An hour of a day. starts, ends: zone-aware, in UTC; None where no timetable says them."""

    number: int
    starts: datetime | None = None
    ends: datetime | None = None


def planned_hours(
    timetable: Timetable, calendar: Calendar, course: str, day: date, zone: ZoneInfo
) -> tuple[PlannedHour, ...]:
    """The hours of the course on that day of the campus, by number; none on a day without class."""
    weekday = calendar.weekday_of(day, course)
    if weekday is None:
        return ()
    return tuple(
        PlannedHour(hour.number, _moment(day, hour.starts, zone), _moment(day, hour.ends, zone))
        for hour in timetable.week[weekday]
    )


def hour_on(planned: Sequence[PlannedHour], moment: datetime) -> int | None:
    """The number of the hour that is on at `moment` (zone-aware), of the hours of one day; None where there are none.

    It is the first that has not ended: in a break and before the first hour the one that comes, after the last hour
    the last. An hour ends at `ends`, not after it. Where no hour has times, the lowest number.
    """
    timed = sorted((hour.ends, hour.number) for hour in planned if hour.ends is not None)
    if not timed:
        return min((hour.number for hour in planned), default=None)
    return next((number for ends, number in timed if moment < ends), timed[-1][1])


def _require_order(day: str, hours: Sequence[ClassHour]) -> None:
    for one, other in pairwise(hours):
        if other.number <= one.number:
            raise ValueError(f"{day} has hour {other.number} behind hour {one.number}: each once, by number.")
        if other.starts < one.ends:
            raise ValueError(
                f"On {day} hour {other.number} starts at {other.starts:%H:%M}, before hour {one.number} ends "
                f"at {one.ends:%H:%M}."
            )


def _moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, zone).astimezone(UTC)
