"""The errors of bytes that are no message, and the error codes on the wire."""

# ProtocolError            everything that protocol/ raises
# ├── FrameError           the stream cannot be understood any further: answer, then close
# └── MessageError         this one message is wrong: answer, and go on

from typing import Final, Literal, get_args

from protocol.sentences import Sentence, SentenceError, Value

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
    "forbidden",
    "busy",
    "unavailable",
    "internal",
]
ERROR_CODES: Final[tuple[ErrorCode, ...]] = get_args(ErrorCode)
RETRY_CODES: Final[frozenset[ErrorCode]] = frozenset({"busy", "unavailable"})  # the same request may succeed later
# What is wrong in the request itself. The others no request is at fault for: a defect of the server, which is mended,
# and a sender that is not let in as yet.
CONTENT_CODES: Final[frozenset[ErrorCode]] = frozenset(ERROR_CODES) - RETRY_CODES - {"internal", "unauthorised"}


class ProtocolError(SentenceError):
    """Bytes that are not what the protocol says. values: what arrived, for the template's blanks; no log has it."""

    code: ErrorCode

    def __init__(self, template: str | Sentence, code: ErrorCode = "bad_request", **values: Value) -> None:
        super().__init__(template, **values)
        self.code = code


class FrameError(ProtocolError):
    """The stream is damaged, and nothing after this point can be trusted."""


class MessageError(ProtocolError):
    """One whole message is wrong; the stream goes on behind it. id: its number, 0 where that cannot be read."""

    def __init__(self, template: str | Sentence, code: ErrorCode = "bad_request", id: int = 0, **values: Value) -> None:
        super().__init__(template, code, **values)
        self.id = id
