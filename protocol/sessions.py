"""Messages that open, list, submit, close and reopen a course's sessions."""

from typing import Annotated, Final

from msgspec import Meta, Struct

from protocol.fields import CourseCode, Day, Hour, Key, Message, Moment, Name, SessionId, SessionState, StudentId, Why


class OpenSession(Message, tag="open_session", frozen=True, kw_only=True):
    """Open the course's session of a day (None: today), or join the one that is there."""

    course: CourseCode
    key: Key
    date: Day | None = None
    hours: Annotated[tuple[Hour, ...], Meta(min_length=1, max_length=24)] | None = None  # None: the timetable's
    makeup: bool = False
    by: Name | None = None


class Sessions(Message, tag="sessions", frozen=True, kw_only=True):
    course: CourseCode | None = None
    since: Day | None = None
    until: Day | None = None
    overdue: bool = False  # only those whose freeze time has passed unconfirmed


class BothThere(Struct, frozen=True, kw_only=True):
    """Two students whom the camera took for one were both there."""

    hour: Hour
    student: StudentId
    other: StudentId


class SetSession(Message, tag="set_session", frozen=True, kw_only=True):
    """Submit a session, close it, or reopen it (to draft); what a later decision changed since `at` stays."""

    session: SessionId
    state: SessionState
    key: Key
    why: Why = ""
    at: Moment | None = None
    by: Name | None = None
    both_there: Annotated[tuple[BothThere, ...], Meta(max_length=1000)] = ()  # what the board asks, answered


class SessionHour(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A class hour (교시) of a session; without times where the course has no timetable for it."""

    hour: Hour
    starts: Moment | None = None
    ends: Moment | None = None


class SessionInfo(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A course on one day of the campus."""

    session: SessionId
    course: CourseCode
    title: str
    date: Day
    state: SessionState
    makeup: bool = False  # it stands in for another day's (보강)
    overdue: bool = False
    unplanned: bool = False  # no class by the timetable, and no make-up
    shadow: bool = False  # the camera's proposals are kept and not shown
    closes_at: Moment | None = None  # None: it never freezes by itself
    hour_now: Hour | None = None
    hours: tuple[SessionHour, ...]


class SessionShown(Message, tag="session", frozen=True, kw_only=True):
    session: SessionInfo


class SessionList(Message, tag="sessions", frozen=True, kw_only=True):
    sessions: tuple[SessionInfo, ...]  # newest first
    room_course: CourseCode | None = None  # on now in the client's room by the timetables; None: not known
    more: bool = False  # there are older ones; ask for them by `until`


# Each request of this family, and the reply that answers it.
MESSAGES: Final[dict[type[Message], type[Message]]] = {
    OpenSession: SessionShown,
    Sessions: SessionList,
    SetSession: SessionShown,
}
