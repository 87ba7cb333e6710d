"""Messages about a course's list of students."""

from typing import Final

from msgspec import Struct

from protocol.fields import CourseCode, Day, Hour, Message, SessionId, State, StudentId


class Roster(Message, tag="roster", frozen=True, kw_only=True):
    """Ask who is on the course, and what is recorded today."""

    course: CourseCode


class RosterEntry(Struct, frozen=True, kw_only=True):
    student: StudentId
    name: str
    states: dict[str, State] = {}  # of today, by the hour's number


class RosterList(Message, tag="roster", frozen=True, kw_only=True):
    course: CourseCode
    date: Day  # the campus's today
    students: tuple[RosterEntry, ...]  # by number
    session: SessionId | None = None
    hour: Hour | None = None  # the one that is on now; None: no class today


# Each request of this family, and the reply that answers it.
MESSAGES: Final[dict[type[Message], type[Message]]] = {Roster: RosterList}
