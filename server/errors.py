"""The server's errors: one class for each wire code, with a whole sentence for a person."""

# RollcallError
# ├── BadRequest          bad_request      the request contradicts itself or the rules
# ├── TooLarge            too_large        more bytes, pixels or rows than the limits allow
# ├── UnknownStudent      unknown_student  no student has this number
# ├── UnknownCourse       unknown_course   no course has this code
# ├── NotEnrolled         not_enrolled     both exist, but the student is not on the course's list
# ├── NoSession           no_session       no such session or hour
# ├── SessionClosed       closed           the session takes no marks until it is reopened
# ├── BadImage            bad_image        the bytes are not an image that can be used
# ├── NoFace              no_face          the image shows no face where one is needed
# ├── Unauthorised        unauthorised     who asks is not known: no valid token or sign-in
# ├── Forbidden           forbidden        who asks is known, and may not do this
# ├── Busy                busy             too much to do just now: the same request may succeed later
# ├── Unavailable         unavailable      what it needs is away or used up: the same request may succeed later
# │   ├── SetupProblem                     a model, key file, database or setting that it cannot start, or go on, with
# │   └── UnreadableRecord                  what is asked for is there and cannot be read; nobody else is concerned
# └── Internal            internal         a defect of the server; the log has the rest

from dataclasses import dataclass
from datetime import date
from typing import Final

from protocol.errors import RETRY_CODES, ErrorCode
from protocol.sentences import Sentence, SentenceError, Value

# What libraries that raise errors of no class of their own say when memory or threads are used up.
SIGNS_OF_SHORTAGE: Final = ("allocate memory", "insufficient memory", "bad_alloc", "bad allocation", "start new thread")


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One wrong row of a batch."""

    row: int  # from 0, in the batch's order
    student: str
    code: ErrorCode  # this and the sentence: as of the error that the row would be alone
    sentence: Sentence


class RollcallError(SentenceError):
    """Base of the server's errors: `code` goes on the wire beside the sentence, its template and its values.

    problems: every wrong row of a batch that was refused.
    """

    code: ErrorCode = "internal"

    def __init__(
        self, template: str | Sentence, problems: tuple[RowProblem, ...] = (), /, **values: Value | date
    ) -> None:
        super().__init__(template, **values)
        self.problems = problems

    @property
    def retry(self) -> bool:
        """Whether the same request, sent again later, may succeed."""
        return self.code in RETRY_CODES


class BadRequest(RollcallError):
    code = "bad_request"


class TooLarge(RollcallError):
    code = "too_large"


class UnknownStudent(RollcallError):
    code = "unknown_student"


class UnknownCourse(RollcallError):
    code = "unknown_course"


class NotEnrolled(RollcallError):
    code = "not_enrolled"


class NoSession(RollcallError):
    code = "no_session"


class SessionClosed(RollcallError):
    code = "closed"


class BadImage(RollcallError):
    code = "bad_image"


class NoFace(RollcallError):
    code = "no_face"


class Unauthorised(RollcallError):
    code = "unauthorised"


class Forbidden(RollcallError):
    code = "forbidden"


class Busy(RollcallError):
    code = "busy"


class Unavailable(RollcallError):
    code = "unavailable"


class SetupProblem(Unavailable):
    """The server cannot start, or go on, as it is set up; the text says what to do.

    Once it has started, somebody has changed what it stands on, and will mend it: no request is at fault.
    """


class UnreadableRecord(Unavailable):
    """What is asked for is there and cannot be read; somebody will mend it or set it aside. It concerns nobody else."""


class Internal(RollcallError):
    code = "internal"


def is_shortage(error: BaseException | None) -> bool:
    """Whether the machine had too little memory, disk, files or threads for it: another time it may succeed."""
    while error is not None:
        # ONNX Runtime, dlib and OpenCV have no class of their own for it; CPython none for a thread.
        told = str(error).lower()
        if isinstance(error, MemoryError | OSError) or any(sign in told for sign in SIGNS_OF_SHORTAGE):
            return True
        error = error.__cause__ or error.__context__
    return False
