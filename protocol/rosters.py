"""Who is on a course's list, and what is recorded today."""

from typing import Final

from msgspec import Struct

from protocol.fields import CourseCode, Day, Hour, Message, SessionId, State, StudentId


class Roster(Message, tag="roster", frozen=True, kw_only=True):
    """Who is on the course, and what is recorded today? Answered by RosterList."""

    course: CourseCode


class RosterEntry(Struct, frozen=True, kw_only=True):
    """A student of the course; `states` are today's: hour number -> state, of the hours that have a mark."""

    student: StudentId
    name: str
    states: dict[str, State] = {}


class RosterList(Message, tag="roster", frozen=True, kw_only=True):
    """Answer to Roster, ordered by student number. `date` is the campus's today, YYYY-MM-DD.

    session: today's, None: there is none yet. hour: the one that is on now, None: no class today.
    """

    course: CourseCode
    date: Day
    students: tuple[RosterEntry, ...]
    session: SessionId | None = None
    hour: Hour | None = None


MESSAGES: Final[dict[type[Message], type[Message]]] = {Roster: RosterList}
"""Each request of this family, and the reply that answers it."""
