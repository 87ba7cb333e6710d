"""Write an error as RFC 9457 says, from the sentences that the wire sends."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from protocol.fields import Message
from protocol.replies import Error, Problem
from protocol.sentences import Template, Values
from server.dispatch.replies import error_reply
from server.errors import RollcallError

MEDIA_TYPE: Final = "application/problem+json"
# How long a client waits before it sends the same again.
RETRY_AFTER_S: Final = 1

STATUSES: Final[dict[str, int]] = {
    "bad_request": 400,
    "unauthorised": 401,
    "forbidden": 403,
    "unknown_student": 404,
    "unknown_course": 404,
    "no_session": 404,
    "not_enrolled": 409,
    "closed": 409,
    "too_large": 413,
    "bad_image": 422,
    "no_face": 422,
    "busy": 503,
    "unavailable": 503,
    "internal": 500,
}
TITLES: Final[dict[int, str]] = {
    400: "The request is wrong",
    401: "Nobody is signed in",
    403: "This is not allowed",
    404: "There is no such thing",
    405: "This method does not exist here",
    406: "There is no such form of the answer",
    408: "The request took too long",
    409: "It cannot be done as things are",
    413: "The request is too large",
    415: "This kind of content is not taken",
    422: "The content cannot be used",
    429: "Too many requests",
    500: "The server failed",
    503: "The server cannot do this now",
}


class ProblemDetails(msgspec.Struct, frozen=True, kw_only=True):
    """What every answer that is an error holds (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str  # a whole sentence, with what to do
    instance: str  # urn:uuid: and the number that the log has too
    code: str
    template: Template = ""  # what `detail` was made of, for other languages
    values: Values = {}
    retry: bool = False
    problems: tuple[Problem, ...] = ()


class HttpProblem(Exception):
    """What is wrong with a request before anybody looks at its content."""

    def __init__(self, status: int, text: str, code: str = "bad_request", headers: Mapping[str, str] | None = None):
        super().__init__(text)
        self.status = status
        self.error = Error(code=code, text=text, retry=code == "busy")
        self.headers = dict(headers or {})


def problem(error: RollcallError | Error | Message, request_id: str, status: int | None = None) -> ProblemDetails:
    """status: instead of the one that belongs to the error's code."""
    shown: Any = error_reply(error) if isinstance(error, RollcallError) else error
    number = status or STATUSES.get(shown.code, 500)
    return ProblemDetails(
        type=f"/problems/{shown.code}",
        title=TITLES.get(number, "Error"),
        status=number,
        detail=shown.text,
        instance=f"urn:uuid:{request_id}",
        code=shown.code,
        template=shown.template,
        values=shown.values,
        retry=shown.retry,
        problems=shown.problems,
    )


def problem_headers(found: ProblemDetails) -> dict[str, str]:
    headers = {"Content-Type": MEDIA_TYPE}
    if found.status == 503:
        headers["Retry-After"] = str(RETRY_AFTER_S)
    if found.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return headers
