"""What can be wrong with bytes, and the error codes that both sides use on the wire.

ProtocolError            everything that protocol/ raises
├── FrameError           the stream cannot be understood any further: answer, then close
└── MessageError         this one message is wrong: answer, and go on
"""

from typing import Final, Literal, get_args

from protocol.sentences import SentenceError

ErrorCode = Literal[
    "bad_request",
    "too_large",
    "unknown_student",
    "unknown_course",
    "not_enrolled",
    "no_session",
    "closed",
    "bad_image",
    "no_face",
    "unauthorised",
    "busy",
    "unavailable",
    "internal",
]
ERROR_CODES: Final[tuple[ErrorCode, ...]] = get_args(ErrorCode)
RETRY_CODES: Final[frozenset[ErrorCode]] = frozenset({"busy", "unavailable"})
"""Codes after which the same request may be sent again later and may then succeed."""


class ProtocolError(SentenceError):
    """Bytes that are not what the protocol says. `code` goes on the wire, `text` is a sentence for a person."""

    code: ErrorCode

    def __init__(self, text: str, code: ErrorCode = "bad_request") -> None:
        super().__init__(text)
        self.code = code


class FrameError(ProtocolError):
    """The stream is damaged: nothing after this point can be trusted, so the connection is closed after the answer."""


class MessageError(ProtocolError):
    """One whole message is wrong in itself; the stream goes on behind it.

    `id` is the message's own number where it could be read, so that the answer can carry it; otherwise 0.
    """

    def __init__(self, text: str, code: ErrorCode = "bad_request", id: int = 0) -> None:
        super().__init__(text, code)
        self.id = id
