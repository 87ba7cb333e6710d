"""What can go wrong in the client.

ClientError
├── Unreachable    the server is away, or went away before it answered: the same request may succeed later
├── Refused        the server answered with an error: `code` says which, `retry` whether later may be better
├── BadReply       what answered does not speak as the protocol says
├── Kept           what was decided is on this machine's disk and not yet at the server, which gets it later
├── OutboxError    what was decided could not be written to this machine's disk; nothing was sent
├── NotConfirmed   a person was asked and did not say yes; nothing was sent
└── UsageError     what was asked for is wrong here already; nothing was sent
"""

from collections.abc import Sequence
from typing import ClassVar

from protocol.messages import Problem
from protocol.sentences import Sentence, SentenceError


class ClientError(SentenceError):
    """Base of the client's errors."""

    exit_status: ClassVar[int] = 1
    code: str = "failed"
    """The kind of error in one word, for programs that read the client's JSON."""


class Unreachable(ClientError):
    """Whether a request has been done is not known; its key makes a repetition safe."""

    code = "unreachable"


class Refused(ClientError):
    """The server's own error. `code` is one of protocol.errors.ERROR_CODES, or one of a newer server.

    problems: of a batch that was refused whole, every row that is wrong.
    """

    def __init__(self, text: str | Sentence, code: str, retry: bool, problems: Sequence[Problem] = ()) -> None:
        super().__init__(text)
        self.code = code
        self.retry = retry
        self.problems = problems


class BadReply(ClientError):
    """It cannot be understood or does not belong to the question."""

    code = "bad_reply"


class Kept(ClientError):
    """Recorded here is not recorded at the server: the exit status is one of its own."""

    exit_status = 3
    code = "kept"


class OutboxError(ClientError):
    """A full disk, no permission, a damaged file."""

    code = "outbox"


class NotConfirmed(ClientError):
    code = "not_confirmed"


class UsageError(ClientError):
    """The exit status is that of a wrong command line."""

    exit_status = 2
    code = "usage"
