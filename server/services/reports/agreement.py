"""Compare the camera's proposals with the professor's marks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, TypeVar

from server.domain.attendance import THERE, State
from server.domain.evidence import Proposal
from server.domain.tally import Key
from server.store import Store

T = TypeVar("T")
# States of which both sides can speak: the camera knows no excuse, and where it sees no seats it says nothing.
_COMPARED: Final = THERE | {State.ABSENT}


class Difference(StrEnum):
    """How a proposal differs from the mark."""

    FALSE_PRESENCE = "false_presence"
    FALSE_ABSENCE = "false_absence"
    OTHER_STATE = "other_state"  # both say that the student was there, but not for the same time


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A student's hour in which camera and professor differ."""

    day: date
    hour: int
    student: str
    name: str
    proposed: State
    marked: State
    difference: Difference
    sure: bool  # the camera would have had it confirmed unseen


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often proposals and marks agree, counted in hours of students."""

    compared: int  # with a proposal and a mark that can be compared
    sure_compared: int  # of these, with a sure proposal
    without_mark: int
    without_proposal: int
    disagreements: tuple[Disagreement, ...]

    @property
    def agreeing(self) -> float | None:
        """The share in which both say the same; None where nothing can be compared."""
        return 1 - len(self.disagreements) / self.compared if self.compared else None

    def count(self, difference: Difference, *, sure: bool = False) -> int:
        """Disagreements of this kind; sure: of sure proposals alone."""
        return sum(each.difference is difference and each.sure >= sure for each in self.disagreements)


def agreement(store: Store, course: str, *, since: date | None, until: date | None) -> Agreement:
    """Compare the proposals that were kept with the marks, from `since` to `until`. Raises UnknownCourse.

    A mark that confirmed a proposal agrees with it, of course: to measure the camera, the rule `shadow` hides them.
    """
    store.courses.get(course)
    marks = _by_hour(store.marks.of_course(course, since, until).marks)
    proposals = _by_hour(store.proposals.of_course(course, since, until))
    names = store.rosters.names({student for _, student in proposals})
    said = {key for key, proposal in proposals.items() if proposal.state in _COMPARED}
    decided = {key for key, state in marks.items() if state in _COMPARED}
    both = sorted(said & decided)
    different = (_compare(key, names.get(key[1], ""), proposals[key], marks[key]) for key in both)
    sure = sum(proposals[key].sure for key in both)
    return Agreement(len(both), sure, len(said - marks.keys()), len(decided - said), tuple(filter(None, different)))


def _by_hour(found: Mapping[Key, Mapping[str, T]]) -> dict[tuple[Key, str], T]:
    return {(key, student): value for key, of_hour in found.items() for student, value in of_hour.items()}


def _compare(key: tuple[Key, str], name: str, proposal: Proposal, marked: State) -> Disagreement | None:
    (day, hour), student = key
    if proposal.state is marked:
        return None
    difference = Difference.OTHER_STATE
    if marked is State.ABSENT:
        difference = Difference.FALSE_PRESENCE
    elif proposal.state is State.ABSENT:
        difference = Difference.FALSE_ABSENCE
    return Disagreement(day, hour, student, name, proposal.state, marked, difference, proposal.sure)
