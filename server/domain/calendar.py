"""Say which day it is on campus, and which weekday's timetable holds on it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

# A day outside is a slip of the keyboard or a broken clock. Its freeze time too can be told on the wire (to 2100).
CLASS_YEARS: Final = range(2000, 2100)
# A course without a timetable has one hour a day.
HOUR_WITHOUT_TIMETABLE = 1


@dataclass(frozen=True, slots=True)
class Term:
    """A term (학기), both days included."""

    name: str
    begins: date
    ends: date

    def __post_init__(self) -> None:
        _require_order(f"The term {self.name!r}", self.begins, self.ends)


@dataclass(frozen=True, slots=True)
class Holiday:
    """Days without class (휴강), both ends included, of one course or of all."""

    begins: date
    ends: date
    name: str
    course: str = ""

    def __post_init__(self) -> None:
        _require_order(f"The holiday {self.name!r}", self.begins, self.ends)


@dataclass(frozen=True, slots=True)
class MakeUp:
    """A day with another weekday's timetable (보강), 0 = Monday, in one course or in all."""

    day: date
    weekday: int
    name: str = ""
    course: str = ""

    def __post_init__(self) -> None:
        if self.weekday not in range(7):
            raise ValueError(f"The make-up day {self.day} follows weekday {self.weekday}; they are 0, Monday, to 6.")


@dataclass(frozen=True, slots=True)
class Calendar:
    """The campus's year. Empty: every day is in term."""

    terms: tuple[Term, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    makeups: tuple[MakeUp, ...] = ()

    def term_on(self, day: date) -> Term | None:
        """The term that holds this day."""
        return next((term for term in self.terms if term.begins <= day <= term.ends), None)

    def term_of(self, day: date) -> Term | None:
        """The term of that day; between terms the one before, and before the first one None."""
        begun = [term for term in self.terms if term.begins <= day]
        return max(begun, key=lambda term: term.begins, default=None)

    def next_term(self, day: date) -> Term | None:
        """The first term that begins after that day."""
        return min((term for term in self.terms if term.begins > day), key=lambda term: term.begins, default=None)

    def run_begins(self, day: date) -> date | None:
        """The first day of the lists that hold on that day: the one after the term before; None: there is none."""
        # What an office imports between two terms is of the next.
        ended = [term.ends for term in self.terms if term.ends < day]
        return max(ended) + timedelta(days=1) if ended else None

    def week_of(self, day: date) -> int:
        """Which week of its term, Monday to Sunday, from 1; outside the terms that of the year (ISO 8601)."""
        term = self.term_on(day)
        if term is None:
            return day.isocalendar().week
        return (day - term.begins + timedelta(days=term.begins.weekday())).days // 7 + 1

    def weekday_of(self, day: date, course: str) -> int | None:
        """The weekday whose timetable holds, 0 = Monday; None: no class."""
        # A course may make up a class on a public holiday, and may drop one on a day that all others make up.
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
    """The calendar day of `moment` (zone-aware) on campus."""
    return moment.astimezone(zone).date()


def overlapping(terms: Iterable[Term]) -> tuple[Term, Term] | None:
    """Two terms that share a day, if any do."""
    ordered = sorted(terms, key=lambda each: (each.begins, each.ends))
    return next(((one, other) for one, other in pairwise(ordered) if other.begins <= one.ends), None)


def _require_order(what: str, begins: date, ends: date) -> None:
    if ends < begins:
        raise ValueError(f"{what} ends on {ends}, before it begins on {begins}.")
