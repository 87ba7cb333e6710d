"""What a client asks: one frozen struct a message. Values only; what a field means for the world is not known here."""

from typing import Annotated

from msgspec import Meta, Struct

from protocol.fields import CourseCode, Hour, Key, Message, Moment, Name, State, StudentId


class Hello(Message, tag="hello", frozen=True, kw_only=True):
    """First message of a connection, if it says who it is. Answered by Welcome."""

    device: Name = ""
    token: Annotated[str, Meta(max_length=512)] | None = None


class Info(Message, tag="info", frozen=True, kw_only=True):
    """What is the server, and what are its limits? Answered by ServerInfo."""


class MarkItem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One student's state in one class hour.

    hour: number of the class hour of today's session; None: the one on now.
    at: when it was decided, zone-aware; None: when it arrived. by: who decided; None: the connection's device.
    """

    student: StudentId
    course: CourseCode
    state: State = "present"
    hour: Hour | None = None
    at: Moment | None = None
    by: Name | None = None


class Mark(Message, tag="mark", frozen=True, kw_only=True):
    """One MarkItem with a key: the same key again gives the first answer and changes nothing. Answered by Marked."""

    student: StudentId
    course: CourseCode
    key: Key
    state: State = "present"
    hour: Hour | None = None
    at: Moment | None = None
    by: Name | None = None


class Marks(Message, tag="marks", frozen=True, kw_only=True):
    """A batch, recorded whole or not at all, under one key. Answered by Marked, in the order of the batch."""

    marks: Annotated[tuple[MarkItem, ...], Meta(min_length=1, max_length=2000)]
    key: Key


class Roster(Message, tag="roster", frozen=True, kw_only=True):
    """Who is on the course, and what is recorded today? Answered by RosterList."""

    course: CourseCode


class Snapshot(Message, tag="snapshot", frozen=True, kw_only=True):
    """The payload is one image. Answered by Faces.

    course: look among its students only; None: among all. record: keep the recognised faces as sightings
    (then `course` is needed). taken_at: when the picture was taken; None: when it arrived.
    """

    course: CourseCode | None = None
    session: Annotated[int, Meta(ge=1)] | None = None
    taken_at: Moment | None = None
    record: bool = False


Request = Hello | Info | Mark | Marks | Roster | Snapshot
