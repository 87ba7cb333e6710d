"""What could not be done: an error, and the wrong rows of a batch."""

from msgspec import Struct, field

from protocol.fields import Message, StudentId
from protocol.sentences import Template, Values


class Problem(Struct, frozen=True, kw_only=True):
    """A wrong row of a batch, from 0; the rest as of the error it would be alone."""

    row: int
    student: StudentId
    code: str
    text: str
    template: Template = ""
    values: Values = {}


class Error(Message, tag="error", frozen=True, kw_only=True):
    """What could not be done. template, values: what `text` was made of; an older server sends neither."""

    code: str
    text: str
    template: Template = ""
    values: Values = field(default_factory=dict)
    retry: bool = False
    problems: tuple[Problem, ...] = ()
