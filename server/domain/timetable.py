"""Say which class hours a course has on a day, and which one is on."""

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
    """A class hour (교시) of a weekday, by the campus's number and clock."""

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
    """The class hours of a course, Monday first, each day's by number; they may not overlap (ValueError)."""

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
    """An hour of a day. Its times are in UTC; None: no timetable says them."""

    number: int
    starts: datetime | None = None
    ends: datetime | None = None


def planned_hours(
    timetable: Timetable, calendar: Calendar, course: str, day: date, zone: ZoneInfo
) -> tuple[PlannedHour, ...]:
    """The hours of the course on that campus day, by number."""
    weekday = calendar.weekday_of(day, course)
    if weekday is None:
        return ()
    return tuple(
        PlannedHour(hour.number, _moment(day, hour.starts, zone), _moment(day, hour.ends, zone))
        for hour in timetable.week[weekday]
    )


def hour_on(planned: Sequence[PlannedHour], moment: datetime) -> int | None:
    """The number of the hour that is on: the first that has not ended, or the last."""
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
