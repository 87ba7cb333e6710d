"""Messages that record what people decide: one mark, a batch, proposals that are confirmed."""

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

MOST_ROWS: Final = 2000  # in one batch: a lecture of 500 students over four hours


class MarkItem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A student's state in a class hour."""

    student: StudentId
    course: CourseCode
    state: State = "present"
    hour: Hour | None = None  # None: the one that is on
    at: Moment | None = None  # None: when it arrived
    by: Name | None = None  # None: the device
    why: Why = ""


class Mark(Message, tag="mark", frozen=True, kw_only=True):
    """A MarkItem with a key: the same key again gives the first answer and changes nothing."""

    student: StudentId
    course: CourseCode
    key: Key
    state: State = "present"
    hour: Hour | None = None
    at: Moment | None = None
    by: Name | None = None
    why: Why = ""
    session: SessionId | None = None  # None: the course's on the day of `at`
    source: PersonSource | None = None  # None: professor


class Marks(Message, tag="marks", frozen=True, kw_only=True):
    """A batch under one key, recorded whole or not at all."""

    marks: Annotated[tuple[MarkItem, ...], Meta(min_length=1, max_length=MOST_ROWS)]
    key: Key
    session: SessionId | None = None
    source: PersonSource | None = None  # None: roll_call
    partial: bool = False  # True: recorded without the wrong rows


class ConfirmItem(Struct, frozen=True, kw_only=True):
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
    """The mark that stands now."""

    student: StudentId
    course: CourseCode
    date: Day
    hour: Hour
    state: State
    changed: bool  # by this message; not where a later decision stood already


class Marked(Message, tag="marked", frozen=True, kw_only=True):
    """What was recorded, in the batch's order; it is on disk when this is sent."""

    marks: tuple[MarkedItem, ...]
    refused: tuple[Problem, ...] = ()  # rows of a partial batch


# Each request of this family, and the reply that answers it.
MESSAGES: Final[dict[type[Message], type[Message]]] = {Mark: Marked, Marks: Marked, Confirm: Marked}
