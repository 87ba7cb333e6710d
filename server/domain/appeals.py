"""What a student asks a person to look at again, until when, and how often."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

# PIPA, enforcement decree, art. 44-3: an answer within 30 days.
ANSWER_WITHIN: Final = timedelta(days=30)
# A person can read and answer so many; who floods them is told so.
MOST_OPEN: Final = 10
MOST_OF_ONE_HOUR: Final = 3
MOST_TEXT: Final = 4000  # characters


class AppealState(StrEnum):
    OPEN = "open"
    CHANGED = "changed"  # answered, and the mark was changed
    UPHELD = "upheld"  # answered, and what stood stands


class Refusal(StrEnum):
    """Why an appeal is not taken."""

    TOO_LATE = "too_late"
    OPEN_ALREADY = "open_already"
    OFTEN_ENOUGH = "often_enough"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """Of one student about one class hour. note: what somebody prepared for the person who decides."""

    number: int
    student: str
    course: str
    day: date
    hour: int
    filed_at: datetime
    due_at: datetime
    text: str
    state: AppealState = AppealState.OPEN
    note: str = ""
    noted_by: str = ""
    answer: str = ""
    answered_by: str = ""
    answered_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.state is AppealState.OPEN

    def overdue(self, now: datetime) -> bool:
        return self.is_open and now > self.due_at


def refusal(
    before: Sequence[Appeal], course: str, day: date, hour: int, *, today: date, within_days: int
) -> Refusal | None:
    """Why one more appeal about that hour is not taken; None: it is. before: all of the student's appeals."""
    of_hour = [each for each in before if (each.course, each.day, each.hour) == (course, day, hour)]
    if any(each.is_open for each in of_hour):
        return Refusal.OPEN_ALREADY
    if len(of_hour) >= MOST_OF_ONE_HOUR:
        return Refusal.OFTEN_ENOUGH
    if today > day + timedelta(days=within_days):
        return Refusal.TOO_LATE
    return Refusal.TOO_MANY if sum(each.is_open for each in before) >= MOST_OPEN else None
