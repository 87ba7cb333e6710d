"""Count a student's hours attended, absences, and absences that are left."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from server.domain.attendance import State
from server.domain.rules import Rules

Key = tuple[date, int]  # a class hour of a course: the campus's day, and the number of the hour


@dataclass(frozen=True, slots=True)
class HourHeld:
    """An hour of the course that is past or has marks."""

    key: Key
    overdue: bool = False  # its session was not confirmed in time


@dataclass(frozen=True, slots=True)
class Tally:
    """What a student's term comes to."""

    student: str
    hours: Mapping[Key, State]  # what each hour counts as; NOT_TAKEN where nothing counts
    counts: Mapping[State, int]  # hours by state; every state is named
    attended: Fraction  # hours, weighed by the rules, before lates are turned into absences
    absences: int  # hours that count for the limit, turned ones included
    limit: int | None  # the fewest absences that fail the course; None: none do
    left: int | None  # absences still allowed; 0: the next one, or one already, fails
    failed: bool
    near: bool  # has not failed, and `left` is at most the rules' `near`


def hours_of(held: Iterable[HourHeld], spans: Sequence[tuple[date, date | None]]) -> list[HourHeld]:
    """The hours of days on which a student was on the list; a span's second day is not part of it."""
    return [hour for hour in held if any(_holds(span, hour.key[0]) for span in spans)]


def tally(
    student: str,
    states: Mapping[Key, State],
    hours: Iterable[HourHeld],
    rules: Rules,
    *,
    term_hours: int,
    weekly_hours: int,
    rules_on: Callable[[date], Rules] | None = None,
) -> Tally:
    """Count a student's marks by the rules. `term_hours`: of the whole term, held or to come.

    rules_on: those of each day, by which its lates and early leaves count; None: `rules` on every day.
    """
    counted = {
        hour.key: State.NOT_TAKEN if hour.overdue else states.get(hour.key, State.NOT_TAKEN)
        for hour in sorted(hours, key=lambda each: each.key)
    }
    found = Counter(counted.values())
    counts = {state: found[state] for state in State}
    by_rules = _by_rules(counted, rules_on or (lambda _: rules))
    absences, limit = _absences(by_rules), failing_limit(rules, term_hours, weekly_hours)
    left = None if limit is None else max(limit - 1 - absences, 0)
    failed = limit is not None and absences >= limit
    near = left is not None and left <= rules.near and not failed
    return Tally(student, counted, counts, _attended(by_rules), absences, limit, left, failed, near)


# How many hours late, or left early, are one absence, and what one of them counts for in the hours attended.
_Weight = tuple[State, int, Fraction]


def _by_rules(counted: Mapping[Key, State], rules_on: Callable[[date], Rules]) -> Mapping[_Weight | State, int]:
    """Hours by state; those late or left early also by how the rules of their day weigh them."""
    # Where a plan changes in mid-term and its rules do not, two lates before and one after are one absence.
    return Counter(_weighed(state, rules_on(key[0])) for key, state in counted.items())


def _weighed(state: State, rules: Rules) -> _Weight | State:
    if state is State.LATE:
        return state, rules.lates_per_absence, rules.score_late
    if state is State.LEFT_EARLY:
        return state, rules.leaves_per_absence, rules.score_late
    return state


def _absences(found: Mapping[_Weight | State, int]) -> int:
    together: Counter[tuple[State, int]] = Counter()
    for weight, hours in found.items():
        if isinstance(weight, tuple):
            together[weight[:2]] += hours
    converted = sum(hours // each for (_, each), hours in together.items() if each)
    return found.get(State.ABSENT, 0) + found.get(State.EXCUSED_ABSENCE, 0) + converted


def _attended(found: Mapping[_Weight | State, int]) -> Fraction:
    whole = sum(found.get(state, 0) for state in (State.PRESENT, State.EXCUSED, State.EXCUSED_ABSENCE))
    partly = (hours * weight[2] for weight, hours in found.items() if isinstance(weight, tuple) and weight[1] != 1)
    return whole + sum(partly, Fraction())


def failing_limit(rules: Rules, term_hours: int, weekly_hours: int) -> int | None:
    """The fewest absences that fail the course; None: none do."""
    # Of 48 hours "more than 1/3" fails from 17, "1/3 or more" from 16; of 47 both fail from 16.
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
