"""What a person said of a face: that it is not this student's."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from server.domain.calendar import Calendar

# Where no term is known that has the day: as long as one is.
WITHOUT_TERM: Final = timedelta(days=120)


@dataclass(frozen=True, slots=True, kw_only=True)
class Veto:
    """day, hour: of the class in which it was said. ends: the last day on which it holds."""

    number: int
    course: str
    student: str
    day: date
    hour: int
    made_at: datetime
    who: str
    ends: date
    model_id: str  # by which the face was seen: another one cannot compare it, and the veto is void


def last_day(calendar: Calendar, day: date) -> date:
    """Until when a veto of that day holds: to the end of its term."""
    term = calendar.term_on(day)
    return term.ends if term else day + WITHOUT_TERM
