"""Who is on a course's list, and what is recorded today."""

from typing import Final

from msgspec import Struct

from protocol.fields import CourseCode, Day, Hour, Message, SessionId, State, StudentId


class Roster(Message, tag="roster", frozen=True, kw_only=True):
    """Who is on the course, and what is recorded today?"""

    course: CourseCode


class RosterEntry(Struct, frozen=True, kw_only=True):
    """A student of the course; states: of today, by the hour's number."""

    student: StudentId
    name: str
    states: dict[str, State] = {}


class RosterList(Message, tag="roster", frozen=True, kw_only=True):
    """By student number, of the campus's today. hour: the one that is on now; None: no class today."""

    course: CourseCode
    date: Day
    students: tuple[RosterEntry, ...]
    session: SessionId | None = None
    hour: Hour | None = None


MESSAGES: Final[dict[type[Message], type[Message]]] = {Roster: RosterList}
"""Each request of this family, and the reply that answers it."""
