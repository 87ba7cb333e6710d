"""What people decide about students: one mark, a batch, the camera's proposals confirmed."""

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
    State,
    StudentId,
    Why,
)
from protocol.replies import Problem

MOST_ROWS: Final = 2000
"""Marks or confirmed proposals in one batch: a lecture of 500 students over four hours."""


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


class MarkedItem(Struct, frozen=True, kw_only=True):
    """What stands now for one student and hour.

    changed: whether this message changed it; False where a later decision already stood, or it was so before.
    date: the campus's calendar day, YYYY-MM-DD.
    """

    student: StudentId
    course: CourseCode
    date: Day
    hour: Hour
    state: State
    changed: bool


class Marked(Message, tag="marked", frozen=True, kw_only=True):
    """Answer to Mark (one item), Marks and Confirm (in the batch's order). It is on disk when this is sent.

    refused: the rows of a partial batch that were left out.
    """

    marks: tuple[MarkedItem, ...]
    refused: tuple[Problem, ...] = ()


MESSAGES: Final[dict[type[Message], type[Message]]] = {Mark: Marked, Marks: Marked, Confirm: Marked}
"""Each request of this family, and the reply that answers it."""
