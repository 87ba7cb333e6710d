"""Say which class hours a course has on a day, and which one is on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import combinations
from typing import Final
from zoneinfo import ZoneInfo

from server.domain.calendar import Calendar

HOURS_A_DAY: Final = 24
MINUTES_A_DAY: Final = 24 * 60
# An hour that would last longer past midnight is a slip of the keyboard, its two times exchanged.
LONGEST_NIGHT_MINUTES: Final = 6 * 60
DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Weeks(StrEnum):
    """The weeks of a term in which an hour is held."""

    EVERY = ""
    ODD = "odd"  # the first week of the term, the third, …
    EVEN = "even"

    def holds(self, week: int) -> bool:
        return self is Weeks.EVERY or (week % 2 == 1) is (self is Weeks.ODD)


@dataclass(frozen=True, slots=True)
class ClassHour:
    """A class hour (교시) of a weekday, by the campus's number and clock.

    One that ends at 0:00 or soon after ends on the next day, and belongs to the day on which it begins.
    """

    number: int
    starts: time
    ends: time
    weeks: Weeks = Weeks.EVERY
    dates: tuple[date, ...] = ()  # the only days on which it is held; (): every week, or every other

    def __post_init__(self) -> None:
        if not 1 <= self.number <= HOURS_A_DAY:
            raise ValueError(f"The class hour {self.number} does not exist: hours are numbered 1 to {HOURS_A_DAY}.")
        if not 0 < self.last_minute - self.first_minute <= self._most_minutes:
            raise ValueError(
                f"Hour {self.number} ends at {self.ends:%H:%M}; it must end after it starts, at {self.starts:%H:%M}."
            )

    @property
    def first_minute(self) -> int:
        """Since the midnight that begins its day."""
        return _minutes(self.starts)

    @property
    def last_minute(self) -> int:
        return _minutes(self.ends) + (MINUTES_A_DAY if self.ends < self.starts else 0)

    @property
    def _most_minutes(self) -> int:
        return LONGEST_NIGHT_MINUTES if self.last_minute >= MINUTES_A_DAY else MINUTES_A_DAY

    def holds(self, day: date, week: int) -> bool:
        """Whether it is held on that day of its weekday. week: of the term, from 1."""
        return day in self.dates if self.dates else self.weeks.holds(week)

    def meets(self, other: "ClassHour") -> bool:
        """Whether both may be held on the same day."""
        if self.dates and other.dates:
            return not set(self.dates).isdisjoint(other.dates)
        return Weeks.EVERY in (self.weeks, other.weeks) or self.weeks is other.weeks


@dataclass(frozen=True, slots=True)
class Timetable:
    """The class hours of a course, Monday first, each day's by number; they may not overlap (ValueError)."""

    week: tuple[tuple[ClassHour, ...], ...] = ((),) * len(DAYS)

    def __post_init__(self) -> None:
        if len(self.week) != len(DAYS):
            raise ValueError(f"A timetable has seven days, Monday first; this one has {len(self.week)}.")
        for number, (day, hours) in enumerate(zip(DAYS, self.week, strict=True)):
            _require_dates(number, day, hours)
            _require_order(day, hours)
            _require_end_before(day, hours, self.week[(number + 1) % len(DAYS)])

    @property
    def has_hours(self) -> bool:
        return any(self.week)

    @property
    def weekly_hours(self) -> int:
        """Class hours in a week without holidays: every other week's count half, those of single days not at all."""
        regular = [each for hours in self.week for each in hours if not each.dates]
        halves = sum(2 if each.weeks is Weeks.EVERY else 1 for each in regular)
        return (halves + 1) // 2

    @property
    def past_midnight(self) -> bool:
        """Whether a class goes on after the midnight that ends its day."""
        return any(each.last_minute > MINUTES_A_DAY for hours in self.week for each in hours)


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
    hours, week = timetable.week[weekday], calendar.week_of(day)
    held = [each for each in hours if each.holds(day, week)]
    if not held and weekday != day.weekday():
        held = [each for each in hours if not each.dates]  # a make-up day is of whichever week it stands in for
    return tuple(timed(each, day, zone) for each in held)


def timed(hour: ClassHour, day: date, zone: ZoneInfo) -> PlannedHour:
    """The hour on that campus day."""
    last = day + timedelta(days=1) if hour.last_minute >= MINUTES_A_DAY else day
    return PlannedHour(hour.number, _moment(day, hour.starts, zone), _moment(last, hour.ends, zone))


def hour_on(planned: Sequence[PlannedHour], moment: datetime) -> int | None:
    """The number of the hour that is on: the first that has not ended, or the last."""
    timed = sorted((hour.ends, hour.number) for hour in planned if hour.ends is not None)
    if not timed:
        return min((hour.number for hour in planned), default=None)
    return next((number for ends, number in timed if moment < ends), timed[-1][1])


def _require_dates(weekday: int, day: str, hours: Sequence[ClassHour]) -> None:
    for hour in hours:
        if wrong := [each for each in hour.dates if each.weekday() != weekday]:
            raise ValueError(f"Hour {hour.number} of {day} is to be held on {wrong[0]}, a {DAYS[wrong[0].weekday()]}.")


def _require_order(day: str, hours: Sequence[ClassHour]) -> None:
    for one, other in combinations(hours, 2):
        if not one.meets(other):
            continue
        if other.number <= one.number:
            raise ValueError(f"{day} has hour {other.number} behind hour {one.number}: each once, by number.")
        if other.first_minute < one.last_minute:
            raise ValueError(
                f"On {day} hour {other.number} starts at {other.starts:%H:%M}, before hour {one.number} ends "
                f"at {one.ends:%H:%M}."
            )


def _require_end_before(day: str, hours: Sequence[ClassHour], next_day: Sequence[ClassHour]) -> None:
    for one in hours:
        for other in next_day:
            if one.last_minute > MINUTES_A_DAY + other.first_minute:
                raise ValueError(
                    f"Hour {one.number} of {day} ends at {one.ends:%H:%M} after midnight, when hour {other.number} of "
                    f"the next day has begun, at {other.starts:%H:%M}."
                )


def _minutes(clock: time) -> int:
    return 60 * clock.hour + clock.minute


def _moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, zone).astimezone(UTC)
