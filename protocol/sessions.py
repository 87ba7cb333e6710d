"""A course's days: opened, listed, submitted, closed, reopened."""

from typing import Annotated, Final

from msgspec import Meta, Struct

from protocol.fields import CourseCode, Day, Hour, Key, Message, Moment, Name, SessionId, SessionState, Why


class OpenSession(Message, tag="open_session", frozen=True, kw_only=True):
    """Open the course's session of a day (None: today), or join the one that is there. hours: None: the timetable's."""

    course: CourseCode
    key: Key
    date: Day | None = None
    hours: Annotated[tuple[Hour, ...], Meta(min_length=1, max_length=24)] | None = None
    makeup: bool = False
    by: Name | None = None


class Sessions(Message, tag="sessions", frozen=True, kw_only=True):
    """Which sessions are there? overdue: only those whose freeze time has passed unconfirmed."""

    course: CourseCode | None = None
    since: Day | None = None
    until: Day | None = None
    overdue: bool = False


class SetSession(Message, tag="set_session", frozen=True, kw_only=True):
    """Submit a session, close it, or reopen it (to draft). What a later decision has changed since `at` stays."""

    session: SessionId
    state: SessionState
    key: Key
    why: Why = ""
    at: Moment | None = None
    by: Name | None = None


class SessionHour(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A class hour (교시) of a session; without times where the course has no timetable for it."""

    hour: Hour
    starts: Moment | None = None
    ends: Moment | None = None


class SessionInfo(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A course on one day of the campus.

    makeup: it stands in for another day's (보강). unplanned: no class by the timetable, and no make-up. shadow: the
    camera's proposals are kept and not shown. closes_at: None: it never freezes by itself.
    """

    session: SessionId
    course: CourseCode
    title: str
    date: Day
    state: SessionState
    makeup: bool = False
    overdue: bool = False
    unplanned: bool = False
    shadow: bool = False
    closes_at: Moment | None = None
    hour_now: Hour | None = None
    hours: tuple[SessionHour, ...]


class SessionShown(Message, tag="session", frozen=True, kw_only=True):
    """How the session stands now."""

    session: SessionInfo


class SessionList(Message, tag="sessions", frozen=True, kw_only=True):
    """Newest first. room_course: on now in the client's room by the timetables; None: not known."""

    sessions: tuple[SessionInfo, ...]
    room_course: CourseCode | None = None


MESSAGES: Final[dict[type[Message], type[Message]]] = {
    OpenSession: SessionShown,
    Sessions: SessionList,
    SetSession: SessionShown,
}
"""Each request of this family, and the reply that answers it."""
