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
    """One student's state in one class hour. hour, at, by: None: the one on now, when it arrived, the device."""

    student: StudentId
    course: CourseCode
    state: State = "present"
    hour: Hour | None = None
    at: Moment | None = None
    by: Name | None = None
    why: Why = ""


class Mark(Message, tag="mark", frozen=True, kw_only=True):
    """A MarkItem with a key: the same key again gives the first answer and changes nothing.

    session: None: the course's on the day of `at`. source: None: professor.
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
    """A batch under one key, recorded whole or not at all; partial: without the wrong rows. source: None: roll_call."""

    marks: Annotated[tuple[MarkItem, ...], Meta(min_length=1, max_length=MOST_ROWS)]
    key: Key
    session: SessionId | None = None
    source: PersonSource | None = None
    partial: bool = False


class ConfirmItem(Struct, frozen=True, kw_only=True):
    """A proposal that a person confirms."""

    student: StudentId
    hour: Hour
    state: State


class Confirm(Message, tag="confirm", frozen=True, kw_only=True):
    """Proposals of the camera become marks with the source `camera`."""

    session: SessionId
    items: Annotated[tuple[ConfirmItem, ...], Meta(min_length=1, max_length=MOST_ROWS)]
    key: Key
    at: Moment | None = None
    by: Name | None = None
    partial: bool = False


class MarkedItem(Struct, frozen=True, kw_only=True):
    """What stands now for one student and hour. changed: by this message; not where a later decision stood already."""

    student: StudentId
    course: CourseCode
    date: Day
    hour: Hour
    state: State
    changed: bool


class Marked(Message, tag="marked", frozen=True, kw_only=True):
    """What was recorded, in the batch's order; it is on disk when this is sent. refused: rows of a partial batch."""

    marks: tuple[MarkedItem, ...]
    refused: tuple[Problem, ...] = ()


MESSAGES: Final[dict[type[Message], type[Message]]] = {Mark: Marked, Marks: Marked, Confirm: Marked}
"""Each request of this family, and the reply that answers it."""
