"""The reply that answers what could not be done."""

from msgspec import Struct, field

from protocol.fields import Message, StudentId
from protocol.sentences import Template, Values


class Problem(Struct, frozen=True, kw_only=True):
    """A wrong row of a batch."""

    row: int  # from 0
    student: StudentId
    code: str  # this and the others as of the error that the row would be alone
    text: str
    template: Template = ""
    values: Values = {}


class Error(Message, tag="error", frozen=True, kw_only=True):
    code: str
    text: str
    # What `text` was made of; an older server sends neither.
    template: Template = ""
    values: Values = field(default_factory=dict)
    retry: bool = False
    problems: tuple[Problem, ...] = ()
