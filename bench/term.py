"""A term of a class that is played by chance, so that the truth is known; what the camera proposes is held against it.

The reference is the plain rule: seen is present, first seen after the limit is late, not in the last pictures is left.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

from bench.chance_class import MINUTE, Class, a_session, a_student
from bench.table import Row, faster, limited, more
from server.domain.attendance import State
from server.domain.evidence import HourEvidence, Proposal, Reason
from server.domain.proposals import propose
from server.domain.rules import Rules

SEED: Final = 2026
TERMS: Final = 20
FIRST_DAY: Final = datetime(2026, 3, 3, 0, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Score:
    """What came of a term: hours of students of which the camera has pictures, and in how many it was how."""

    hours: int = 0
    right: int = 0
    there: int = 0
    false_absences: int = 0
    gone: int = 0
    missed_leavers: int = 0
    unasked_leavers: int = 0
    stayed: int = 0
    false_leavers: int = 0
    sure: int = 0
    sure_but_wrong: int = 0

    def __add__(self, other: "Score") -> "Score":
        return Score(*(one + another for one, another in zip(_figures(self), _figures(other), strict=True)))


def rows() -> Iterable[Row]:
    """What the proposals of some terms are worth, beside the plain rule on the same pictures."""
    ours, plain = Score(), Score()
    for seed in range(SEED, SEED + TERMS):
        one, other = play(Class(), seed)
        ours, plain = ours + one, plain + other
    of_hours = _percent(ours.right, ours.hours), _percent(plain.right, plain.hours)
    of_there = _percent(ours.false_absences, ours.there), _percent(plain.false_absences, plain.there)
    of_stayed = _percent(ours.false_leavers, ours.stayed), _percent(plain.false_leavers, plain.stayed)
    yield more("term: hours proposed right", *of_hours, "%")
    yield faster("term: was there, proposed absent", *of_there, "%")
    yield faster("term: stayed, proposed gone", *of_stayed, "%")
    yield limited("term: gone, proposed present", _percent(ours.missed_leavers, ours.gone), 5.0, "%")
    yield limited("term: gone, and nobody is asked", _percent(ours.unasked_leavers, ours.gone), 1.0, "%")
    yield limited("term: of the sure ones, wrong", _percent(ours.sure_but_wrong, ours.sure), 0.5, "%")
    yield limited("term: not sure, to be looked at", 100 - _percent(ours.sure, ours.hours), 30.0, "%")


def play(room: Class, seed: int, rules: Rules | None = None) -> tuple[Score, Score]:
    """Play a term: what the proposals are worth, and what the plain rule is."""
    rules, random = rules or Rules(), Random(seed)
    students = [a_student(room, number, random) for number in range(room.students)]
    known = {each.number for each in students if each.has_photograph}
    ours, plain = Score(), Score()
    for week in range(room.sessions):
        played = a_session(room, students, FIRST_DAY + timedelta(weeks=week), rules, random)
        numbers = [each.number for each in students]
        ours += score(propose(played.evidence, numbers, rules, enrolled_faces=known), played.truth, known)
        plain += score(list(_plain(played.evidence, numbers, rules)), played.truth, known)
    return ours, plain


def score(proposals: Iterable[Proposal], truth: dict[tuple[str, int], State], known: set[str]) -> Score:
    """Hold proposals against the truth; hours without pictures and students without a photograph are left out."""
    total = Score()
    for each in proposals:
        if each.state is not State.NOT_TAKEN and each.student in known:
            before = truth.get((each.student, each.hour - 1))
            total += _one(each, truth[each.student, each.hour], before)
    return total


def _one(each: Proposal, true: State, before: State | None) -> Score:
    absent, gone = each.state is State.ABSENT, (State.LEFT_EARLY, State.ABSENT)
    there = true is not State.ABSENT
    was_there = before not in (None, State.ABSENT)
    left = true is State.LEFT_EARLY or (true is State.ABSENT and was_there)
    stayed = true in (State.PRESENT, State.LATE)
    return Score(
        1,
        each.state is true,
        there,
        there and absent,
        left,
        left and each.state not in gone,
        left and each.sure,
        stayed,
        stayed and (each.state is State.LEFT_EARLY or (absent and was_there)),
        each.sure,
        each.sure and each.state is not true,
    )


def _plain(evidence: Sequence[HourEvidence], students: Sequence[str], rules: Rules) -> Iterator[Proposal]:
    for hour in evidence:
        seen = {each.student: each.at for each in hour.seen}
        for student in students:
            state = _plain_state(hour, seen.get(student, ()), rules)
            sure = state is State.PRESENT
            yield Proposal(student, hour.number, state, sure, Reason.NONE, None, None, 0, 0, None, None)


def _plain_state(hour: HourEvidence, at: Sequence[datetime], rules: Rules) -> State:
    if not hour.looks:
        return State.NOT_TAKEN
    if not at:
        return State.ABSENT
    if max(at) < hour.looks[-rules.leave_pictures :][0].taken_at:
        return State.LEFT_EARLY
    late = hour.starts is not None and min(at) >= hour.starts + rules.late_minutes * MINUTE
    return State.LATE if late else State.PRESENT


def _figures(score: Score) -> tuple[int, ...]:
    return tuple(vars(score).values())


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole
