"""Which day it is on campus, and whose timetable holds on it: terms, holidays, make-up days. No clock, no store."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

CLASS_YEARS: Final = range(2000, 2100)
"""A day outside is a slip of the keyboard or a broken clock. Its freeze time too can be told on the wire (to 2100)."""
HOUR_WITHOUT_TIMETABLE = 1
"""The class hour that is on now in a course without a timetable: the one hour of the day's session."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term (학기) from the day `begins` to the day `ends`, both included. Raises ValueError where it ends before."""

    name: str
    begins: date
    ends: date

    def __post_init__(self) -> None:
        _require_order(f"The term {self.name!r}", self.begins, self.ends)


@dataclass(frozen=True, slots=True)
class Holiday:
    """Days without class, both ends included: of every course, or of the one that is named (휴강)."""

    begins: date
    ends: date
    name: str
    course: str = ""

    def __post_init__(self) -> None:
        _require_order(f"The holiday {self.name!r}", self.begins, self.ends)


@dataclass(frozen=True, slots=True)
class MakeUp:
    """A day that follows the timetable of another weekday (보강), 0 = Monday: for every course, or the one named."""

    day: date
    weekday: int
    name: str = ""
    course: str = ""

    def __post_init__(self) -> None:
        if self.weekday not in range(7):
            raise ValueError(f"The make-up day {self.day} follows weekday {self.weekday}; they are 0, Monday, to 6.")


@dataclass(frozen=True, slots=True)
class Calendar:
    """What is known of the campus's year. Empty: every day is in term and no day is a holiday."""

    terms: tuple[Term, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    makeups: tuple[MakeUp, ...] = ()

    def term_on(self, day: date) -> Term | None:
        """The term that holds this day; None where none does, and where there are no terms at all."""
        return next((term for term in self.terms if term.begins <= day <= term.ends), None)

    def weekday_of(self, day: date, course: str) -> int | None:
        """Whose weekday's timetable holds in this course on this day, 0 = Monday; None: there is no class.

        What is said of the course goes before what is said of all courses, and of the two a make-up day before a
        holiday: a course may make up a class on a public holiday, and may drop one on a day that all make up.
        A day outside every term has class only where a make-up day says so.
        """
        for named in (course, ""):
            if (made_up := self._made_up(day, named)) is not None:
                return made_up
            if self._is_off(day, named):
                return None
        return day.weekday() if not self.terms or self.term_on(day) else None

    def _made_up(self, day: date, course: str) -> int | None:
        return next((each.weekday for each in self.makeups if each.day == day and each.course == course), None)

    def _is_off(self, day: date, course: str) -> bool:
        return any(each.course == course and each.begins <= day <= each.ends for each in self.holidays)


def campus_day(moment: datetime, zone: ZoneInfo) -> date:
    """The calendar day of `moment` (zone-aware) on campus: 08:55 in Seoul belongs to that day, not to UTC's."""
    return moment.astimezone(zone).date()


def overlapping(terms: Iterable[Term]) -> tuple[Term, Term] | None:
    """Two terms that share a day, or None: a day belongs to one term at most."""
    ordered = sorted(terms, key=lambda each: (each.begins, each.ends))
    return next(((one, other) for one, other in pairwise(ordered) if other.begins <= one.ends), None)


def _require_order(what: str, begins: date, ends: date) -> None:
    if ends < begins:
        raise ValueError(f"{what} ends on {ends}, before it begins on {begins}.")
