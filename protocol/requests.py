"""What a client asks: one frozen struct a message. Values only; what a field means for the world is not known here."""

from typing import Annotated, Final

from msgspec import Meta, Struct

from protocol.fields import (
    CourseCode,
    Day,
    Hour,
    Key,
    Message,
    Moment,
    Name,
    PersonSource,
    SessionId,
    SessionState,
    State,
    StudentId,
    Why,
)

MOST_ROWS: Final = 2000
"""Marks or confirmed proposals in one batch: a lecture of 500 students over four hours."""


class Hello(Message, tag="hello", frozen=True, kw_only=True):
    """First message of a connection, if it says who it is. Answered by Welcome."""

    device: Name = ""
    token: Annotated[str, Meta(max_length=512)] | None = None


class Info(Message, tag="info", frozen=True, kw_only=True):
    """What is the server, and what are its limits? Answered by ServerInfo."""


class MarkItem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One student's state in one class hour.

    hour: number of the class hour of that day's session; None: the one on now by the timetable, without one the first.
    at: when it was decided, zone-aware; None: when it arrived. by: who decided; None: the connection's device.
    """

    student: StudentId
    course: CourseCode
    state: State = "present"
    hour: Hour | None = None
    at: Moment | None = None
    by: Name | None = None
    why: Why = ""


class Mark(Message, tag="mark", frozen=True, kw_only=True):
    """One MarkItem with a key: the same key again gives the first answer and changes nothing. Answered by Marked.

    session: the one it belongs to; None: the course's on the day of `at`. source: None: professor.
    """

    student: StudentId
    course: CourseCode
    key: Key
    state: State = "present"
    hour: Hour | None = None
    at: Moment | None = None
    by: Name | None = None
    why: Why = ""
    session: SessionId | None = None
    source: PersonSource | None = None


class Marks(Message, tag="marks", frozen=True, kw_only=True):
    """A batch under one key. Answered by Marked, in the order of the batch.

    partial: leave out the rows that are wrong and tell them; otherwise it is recorded whole or not at all.
    session, source: as in Mark, of every row; source None: roll_call.
    """

    marks: Annotated[tuple[MarkItem, ...], Meta(min_length=1, max_length=MOST_ROWS)]
    key: Key
    session: SessionId | None = None
    source: PersonSource | None = None
    partial: bool = False


class Roster(Message, tag="roster", frozen=True, kw_only=True):
    """Who is on the course, and what is recorded today? Answered by RosterList."""

    course: CourseCode


class Snapshot(Message, tag="snapshot", frozen=True, kw_only=True):
    """The payload is one image. Answered by Faces.

    course: look among its students only; None: the session's, without one among all. session: None: the course's that
    is on now. record: keep the picture and who may be in it; then `course` or `session` is needed.
    taken_at: when the picture was taken; None: when it arrived.
    """

    course: CourseCode | None = None
    session: SessionId | None = None
    taken_at: Moment | None = None
    record: bool = False


class OpenSession(Message, tag="open_session", frozen=True, kw_only=True):
    """Open the course's session of a day, or join the one that is there. Answered by SessionShown.

    date: None: today. hours: None: those of the timetable, without one hour 1. makeup: it stands in for another day's.
    key: for the client's own books; the same message again changes nothing.
    """

    course: CourseCode
    key: Key
    date: Day | None = None
    hours: Annotated[tuple[Hour, ...], Meta(min_length=1, max_length=24)] | None = None
    makeup: bool = False
    by: Name | None = None


class Sessions(Message, tag="sessions", frozen=True, kw_only=True):
    """Which sessions are there? Answered by SessionList.

    course: None: of every course. since, until: first and last day. overdue: only those whose freeze time has passed
    unconfirmed.
    """

    course: CourseCode | None = None
    since: Day | None = None
    until: Day | None = None
    overdue: bool = False


class SetSession(Message, tag="set_session", frozen=True, kw_only=True):
    """Submit a session, close it, or reopen it (to draft). Answered by SessionShown.

    at: when it was decided; what a later decision has changed since stays. key: as in OpenSession.
    """

    session: SessionId
    state: SessionState
    key: Key
    why: Why = ""
    at: Moment | None = None
    by: Name | None = None


class Board(Message, tag="board", frozen=True, kw_only=True):
    """How does a session stand? Answered by BoardShown. hour: only this one."""

    session: SessionId
    hour: Hour | None = None


class Propose(Message, tag="propose", frozen=True, kw_only=True):
    """Keep what the camera proposes for a session as it is now. Answered by BoardShown."""

    session: SessionId


class ConfirmItem(Struct, frozen=True, kw_only=True):
    """A proposal that a person confirms: this student was in this state in this hour."""

    student: StudentId
    hour: Hour
    state: State


class Confirm(Message, tag="confirm", frozen=True, kw_only=True):
    """Proposals of the camera become marks with the source `camera`. Answered by Marked, in the order of the items.

    partial, key, at, by: as in Marks.
    """

    session: SessionId
    items: Annotated[tuple[ConfirmItem, ...], Meta(min_length=1, max_length=MOST_ROWS)]
    key: Key
    at: Moment | None = None
    by: Name | None = None
    partial: bool = False


class Report(Message, tag="report", frozen=True, kw_only=True):
    """How does each student of a course stand? Answered by CourseReport.

    since, until: first and last day; None: of the term that is on now, without terms all that is recorded.
    """

    course: CourseCode
    since: Day | None = None
    until: Day | None = None


Request = (
    Hello
    | Info
    | Mark
    | Marks
    | Roster
    | Snapshot
    | OpenSession
    | Sessions
    | SetSession
    | Board
    | Propose
    | Confirm
    | Report
)
