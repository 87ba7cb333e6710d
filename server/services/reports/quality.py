"""Say week by week how well the camera serves a course: sure, check, not visible, and what professors corrected."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from server.domain.attendance import State
from server.domain.evidence import Proposal
from server.services.reports.agreement import agreement
from server.store import Store

# Where more of the students who were there are asked about, or corrected, the course's own threshold may help; fewer
# hours of students say nothing.
MANY_CHECKS: Final = 0.15
MANY_CORRECTIONS: Final = 0.05
FEWEST_HOURS: Final = 100
# In the order of the fields of WeekQuality.
COUNTED: Final = ("proposed", "sure", "checked", "not_visible", "absent", "compared", "corrected")


@dataclass(frozen=True, slots=True)
class WeekQuality:
    """A week of a room, in hours of students.

    checked: a person was asked. corrected: marked otherwise than proposed, of those compared.
    """

    begins: date
    room: str
    proposed: int = 0
    sure: int = 0
    checked: int = 0
    not_visible: int = 0
    absent: int = 0
    compared: int = 0
    corrected: int = 0

    def share(self, count: int) -> float:
        return count / self.proposed if self.proposed else 0.0

    @property
    def corrected_share(self) -> float:
        """Of those with a mark that can be compared."""
        return self.corrected / self.compared if self.compared else 0.0


@dataclass(frozen=True, slots=True)
class CourseQuality:
    """weeks: by first day."""

    course: str
    weeks: tuple[WeekQuality, ...]

    @property
    def suggests_recalibration(self) -> bool:
        """Whether so much is asked or corrected that `recalibrate` is worth trying."""
        seen = sum(week.sure + week.checked for week in self.weeks)
        compared = sum(week.compared for week in self.weeks)
        asked = seen >= FEWEST_HOURS and sum(week.checked for week in self.weeks) > MANY_CHECKS * seen
        corrected = sum(week.corrected for week in self.weeks) > MANY_CORRECTIONS * compared
        return asked or (compared >= FEWEST_HOURS and corrected)


def course_quality(
    store: Store, course: str, rooms: Sequence[tuple[date, str]], *, since: date | None, until: date | None
) -> CourseQuality:
    """By the proposals that were kept. rooms: from which day the course is where, ascending. Raises UnknownCourse."""
    store.courses.get(course)
    weeks: dict[tuple[date, str], Counter[str]] = defaultdict(Counter)
    kept = store.proposals.of_course(course, since, until)
    for (day, _), proposals in kept.items():
        said = [_kind(each) for each in proposals.values() if each.state is not State.NOT_TAKEN]
        weeks[_week(day, rooms)].update(said, proposed=len(said))
    for day in {day for day, _ in kept}:
        found = agreement(store, course, since=day, until=day)
        weeks[_week(day, rooms)].update(compared=found.compared, corrected=len(found.disagreements))
    return CourseQuality(course, tuple(_quality(*key, counts) for key, counts in sorted(weeks.items())))


def _quality(begins: date, room: str, counts: Counter[str]) -> WeekQuality:
    shown = (counts[each] for each in COUNTED)
    return WeekQuality(begins, room, *shown)


def _week(day: date, rooms: Sequence[tuple[date, str]]) -> tuple[date, str]:
    return day - timedelta(days=day.weekday()), _room(day, rooms)


def _room(day: date, rooms: Sequence[tuple[date, str]]) -> str:
    return next((room for begins, room in reversed(rooms) if begins <= day), "")


def _kind(proposal: Proposal) -> str:
    if proposal.state is State.NOT_VISIBLE:
        return "not_visible"
    if proposal.state is State.ABSENT and not proposal.seen:
        return "absent"
    return "sure" if proposal.sure else "checked"
