"""What could not be done: an error, and the wrong rows of a batch."""

from msgspec import Struct

from protocol.fields import Message, StudentId


class Problem(Struct, frozen=True, kw_only=True):
    """A wrong row of a batch. row: from 0, in the batch's order. code: as of the error it would be alone."""

    row: int
    student: StudentId
    code: str
    text: str


class Error(Message, tag="error", frozen=True, kw_only=True):
    """Answer to anything that could not be done. retry: the same again later may succeed.

    problems: of a batch that was refused whole, every row that is wrong.
    """

    code: str
    text: str
    retry: bool = False
    problems: tuple[Problem, ...] = ()
