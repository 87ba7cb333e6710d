"""What could not be done: an error, and the wrong rows of a batch."""

from msgspec import Struct, field

from protocol.fields import Message, StudentId
from protocol.sentences import Template, Values


class Problem(Struct, frozen=True, kw_only=True):
    """A wrong row of a batch. row: from 0, in the batch's order. code and others: as of the error it would be alone."""

    row: int
    student: StudentId
    code: str
    text: str
    template: Template = ""
    values: Values = {}


class Error(Message, tag="error", frozen=True, kw_only=True):
    """Answer to anything that could not be done. retry: the same again later may succeed.

    template, values: what `text` was made of, as in protocol.sentences; an older server sends neither.
    problems: of a batch that was refused whole, every row that is wrong.
    """

    code: str
    text: str
    template: Template = ""
    values: Values = field(default_factory=dict)
    retry: bool = False
    problems: tuple[Problem, ...] = ()
