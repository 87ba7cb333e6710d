"""Sort a session's students into sure, to be checked and not seen."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from server.domain.attendance import THERE, Source, State
from server.domain.evidence import Look, Proposal, Reason, Sign
from server.domain.heads import HeadCount

List = Literal["sure", "check", "not_seen"]
# Whose word is held against the camera's.
BY_HAND = frozenset({Source.PROFESSOR, Source.ROLL_CALL, Source.LEGACY})


@dataclass(frozen=True, slots=True)
class MarkStanding:
    """The mark that stands for a student in an hour."""

    state: State
    source: Source
    at: datetime
    by: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class HourRow:
    """What the camera proposes and what a person decided."""

    hour: int
    proposal: Proposal | None
    mark: MarkStanding | None
    signs: tuple[Sign, ...] = ()  # why the face may be a photograph that is held up

    @property
    def not_seen_by_camera(self) -> bool:
        """Whether a person marked somebody as there whom the camera would have seen and never saw."""
        proposal, mark = self.proposal, self.mark
        if proposal is None or mark is None or mark.state not in THERE or mark.source not in BY_HAND:
            return False
        return proposal.state is State.ABSENT and proposal.seen == 0 and proposal.reason is Reason.NONE


@dataclass(frozen=True, slots=True)
class StudentRow:
    """A student on the board."""

    student: str
    name: str
    list: List
    reason: Reason
    decided: bool  # a mark stands in each of the hours
    hours: tuple[HourRow, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """The totals of an hour."""

    hour: int
    enrolled: int
    states: Mapping[State, int]  # students by the marks that stand; every state is named
    undecided: int  # students without a mark
    faces_seen: int  # the most in one of the hour's pictures
    pictures: int
    faces_taken: int | None = None  # so many of the most were compared; None: all
    heads_at_most: int | None = None  # in the hour, hidden ones too; None: cannot be said


@dataclass(frozen=True, slots=True)
class SessionBoard:
    """What every screen shows of a session."""

    rows: tuple[StudentRow, ...]
    counts: tuple[Counts, ...]
    to_decide: tuple[str, ...]  # students with an undecided hour


def board(
    students: Sequence[tuple[str, str]],
    hours: Sequence[int],
    proposals: Sequence[Proposal],
    marks: Mapping[tuple[str, int], MarkStanding],
    looks: Mapping[int, Sequence[Look]],
    heads: Mapping[int, HeadCount] | None = None,
    signs: Mapping[tuple[str, int], tuple[Sign, ...]] | None = None,
) -> SessionBoard:
    """The board of the given hours of a session, its rows in the order of `students`, numbers with names.

    heads: counted by hour. signs: by student and hour.
    """
    proposed, told = {(each.student, each.hour): each for each in proposals}, signs or {}
    rows = tuple(
        _row(
            student,
            name,
            tuple(
                HourRow(hour, proposed.get(key), marks.get(key), told.get(key, ()))
                for hour, key in ((hour, (student, hour)) for hour in hours)
            ),
        )
        for student, name in students
    )
    counts = tuple(
        _counts(place, hour, rows, looks.get(hour, ()), (heads or {}).get(hour)) for place, hour in enumerate(hours)
    )
    return SessionBoard(rows, counts, tuple(row.student for row in rows if not row.decided))


_WEIGHTIEST_FIRST = (
    Reason.LEFT,
    Reason.DOUBTFUL_FACE,
    Reason.VERY_LATE,
    Reason.LEFT_UNCLEAR,
    Reason.LATE_UNCLEAR,
    Reason.FEW_PICTURES,
    Reason.NO_PHOTOGRAPH,
)


def _row(student: str, name: str, hours: tuple[HourRow, ...]) -> StudentRow:
    proposals = [row.proposal for row in hours if row.proposal]
    reasons = {proposal.reason for proposal in proposals}
    reason = next((each for each in _WEIGHTIEST_FIRST if each in reasons), Reason.NONE)
    return StudentRow(student, name, _list(proposals), reason, all(row.mark for row in hours), hours)


def _list(proposals: Sequence[Proposal]) -> List:
    looked = [each for each in proposals if each.state is not State.NOT_TAKEN]
    if all(each.seen == 0 and each.reason is not Reason.LEFT for each in looked):
        return "not_seen"
    return "sure" if all(each.sure for each in looked) else "check"


def _counts(
    place: int, hour: int, rows: Sequence[StudentRow], looks: Sequence[Look], heads: HeadCount | None
) -> Counts:
    marks = [row.hours[place].mark for row in rows]
    states = Counter(mark.state for mark in marks if mark)
    fullest = max(looks, key=lambda look: look.faces, default=None)
    return Counts(
        hour,
        len(rows),
        {state: states[state] for state in State},
        marks.count(None),
        fullest.faces if fullest else 0,
        len(looks),
        fullest.taken if fullest else None,
        heads.at_most if heads else None,
    )
