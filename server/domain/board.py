"""Proposals and marks of a session in, what every screen shows of it out: the lists, the counts, what is undecided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from server.domain.attendance import Source, State
from server.domain.evidence import Look, Proposal, Reason

List = Literal["sure", "check", "not_seen"]


@dataclass(frozen=True, slots=True)
class MarkStanding:
    """The mark that stands for a student in an hour: who decided it when (zone-aware), and why."""

    state: State
    source: Source
    at: datetime
    by: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class HourRow:
    """A student's hour: what the camera proposes, and what a person decided; None where neither."""

    hour: int
    proposal: Proposal | None
    mark: MarkStanding | None


@dataclass(frozen=True, slots=True)
class StudentRow:
    """A student on the board. decided: a mark stands in each of the hours."""

    student: str
    name: str
    list: List
    reason: Reason
    decided: bool
    hours: tuple[HourRow, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """The totals of an hour. states: students by the marks that stand, every state named; undecided: those without.

    faces_seen: the most faces in one of the hour's pictures.
    """

    hour: int
    enrolled: int
    states: Mapping[State, int]
    undecided: int
    faces_seen: int
    pictures: int


@dataclass(frozen=True, slots=True)
class Board:
    """rows: in the order of the students given. counts: an hour each. to_decide: students with an undecided hour."""

    rows: tuple[StudentRow, ...]
    counts: tuple[Counts, ...]
    to_decide: tuple[str, ...]


def board(
    students: Sequence[tuple[str, str]],
    hours: Sequence[int],
    proposals: Sequence[Proposal],
    marks: Mapping[tuple[str, int], MarkStanding],
    looks: Mapping[int, Sequence[Look]],
) -> Board:
    """The board of a session, or of the hours of it that are given. students: number and name; looks: by hour.

    Proposals, marks and looks of other hours or students are passed over.
    """
    raise NotImplementedError
