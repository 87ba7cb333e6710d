"""What can go wrong in the client.

ClientError
├── Unreachable    the server is away, or went away before it answered
├── Refused        the server answered with an error; `retry`: later may be better
├── BadReply       what answered does not speak as the protocol says
├── Kept           what was decided is on this machine's disk and not yet at the server
├── OutboxError    what was decided could not be written to disk; nothing was sent
├── NotConfirmed   a person was asked and did not say yes; nothing was sent
└── UsageError     what was asked for is wrong; nothing was sent
"""

from collections.abc import Sequence
from typing import ClassVar

from protocol.errors import CONTENT_CODES
from protocol.messages import Problem
from protocol.sentences import Sentence, SentenceError


class ClientError(SentenceError):
    """Base of the client's errors."""

    exit_status: ClassVar[int] = 1
    # The kind of error in one word, for programs that read the client's JSON.
    code: str = "failed"


class Unreachable(ClientError):
    """A request may have been done; its key makes a repetition safe."""

    code = "unreachable"


class Refused(ClientError):
    """code: of protocol.errors.ERROR_CODES or newer. problems: of a batch, every row that is wrong."""

    def __init__(self, text: str | Sentence, code: str, retry: bool, problems: Sequence[Problem] = ()) -> None:
        super().__init__(text)
        self.code = code
        self.retry = retry
        self.problems = problems

    @property
    def is_final(self) -> bool:
        """Whether the same request would be refused again for what is in it."""
        return not self.retry and self.code in CONTENT_CODES


class BadReply(ClientError):
    code = "bad_reply"


class Kept(ClientError):
    """Recorded here is not recorded at the server: the exit status is one of its own."""

    exit_status = 3
    code = "kept"


class OutboxError(ClientError):
    code = "outbox"


class NotConfirmed(ClientError):
    code = "not_confirmed"


class UsageError(ClientError):
    """The exit status is that of a wrong command line."""

    exit_status = 2
    code = "usage"
