"""A student's states over the hours of a course in, hours attended, absences and how many are left out. No clock."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from server.domain.attendance import State
from server.domain.rules import Rules

Key = tuple[date, int]
"""A class hour of a course: the campus's day, and the number of the hour."""


@dataclass(frozen=True, slots=True)
class HourHeld:
    """An hour of the course that is past or has marks. overdue: its session was not confirmed in time."""

    key: Key
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class Tally:
    """What a student's term comes to.

    hours: the state that each hour counts as, by day and number; NOT_TAKEN where nothing counts. counts: hours by
    state, every state named. attended: hours that he was there, weighed by the rules, before lates are turned into
    absences. absences: hours that count for the limit, turned ones included. limit: the fewest absences that fail
    the course; None: none do. left: absences that may still come without failing: at 0 the next one fails, or he has
    failed; None without a limit. near: has not failed, and `left` is at most the rules' `near`.
    """

    student: str
    hours: Mapping[Key, State]
    counts: Mapping[State, int]
    attended: Fraction
    absences: int
    limit: int | None
    left: int | None
    failed: bool
    near: bool


def hours_of(held: Iterable[HourHeld], spans: Sequence[tuple[date, date | None]]) -> list[HourHeld]:
    """The hours that count for a student: those of days on which he was on the course's list.

    spans: his enrolments, each from the day it begins until before the day it ends, or open (None).
    """
    return [hour for hour in held if any(_holds(span, hour.key[0]) for span in spans)]


def tally(
    student: str,
    states: Mapping[Key, State],
    hours: Iterable[HourHeld],
    rules: Rules,
    *,
    term_hours: int,
    weekly_hours: int,
) -> Tally:
    """Count a student's marks by the rules. hours: those that count for him, see `hours_of`.

    term_hours: class hours of the course in the whole term, held or to come; weekly_hours: in a week.
    """
    counted = {
        hour.key: State.NOT_TAKEN if hour.overdue else states.get(hour.key, State.NOT_TAKEN)
        for hour in sorted(hours, key=lambda each: each.key)
    }
    found = Counter(counted.values())
    counts = {state: found[state] for state in State}
    absences, limit = _absences(counts, rules), failing_limit(rules, term_hours, weekly_hours)
    left = None if limit is None else max(limit - 1 - absences, 0)
    failed = limit is not None and absences >= limit
    near = left is not None and left <= rules.near and not failed
    return Tally(student, counted, counts, _attended(counts, rules), absences, limit, left, failed, near)


def _per_absence(rules: Rules) -> Iterator[tuple[State, int]]:
    yield State.LATE, rules.lates_per_absence
    yield State.LEFT_EARLY, rules.leaves_per_absence


def _absences(counts: Mapping[State, int], rules: Rules) -> int:
    converted = sum(counts[state] // each for state, each in _per_absence(rules) if each)
    return counts[State.ABSENT] + counts[State.EXCUSED_ABSENCE] + converted


def _attended(counts: Mapping[State, int], rules: Rules) -> Fraction:
    whole = sum(counts[state] for state in (State.PRESENT, State.EXCUSED, State.EXCUSED_ABSENCE))
    partly = sum(counts[state] for state, each in _per_absence(rules) if each != 1)
    return whole + partly * rules.score_late


def failing_limit(rules: Rules, term_hours: int, weekly_hours: int) -> int | None:
    """The fewest absences that fail a course of so many class hours in the term; None: none do.

    Of 48 hours "more than 1/3" fails from 17, "1/3 or more" from 16; of 47 both fail from 16.
    """
    if weekly_hours in rules.fail_hours:
        return rules.fail_hours[weekly_hours]
    if rules.fail_fraction is None or term_hours < 1:
        return None
    exact = rules.fail_fraction * term_hours
    reached_by = exact.numerator // exact.denominator
    return reached_by if rules.fail_at_limit and reached_by == exact else reached_by + 1


def _holds(span: tuple[date, date | None], day: date) -> bool:
    begins, ends = span
    return begins <= day and (ends is None or day < ends)
