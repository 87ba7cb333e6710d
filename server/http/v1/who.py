"""The route that tells who one is."""

from typing import Final, Literal

from msgspec import Struct

from protocol.fields import CourseCode, Moment, StudentId
from server.access import Action
from server.dispatch import Call
from server.http.v1.route import Api, Route, needs_of


class AskMe(Struct, frozen=True, kw_only=True):
    pass


class Taught(Struct, frozen=True, kw_only=True):
    """may: of an assistant, beyond looking."""

    course: CourseCode
    role: Literal["professor", "assistant"]
    may: tuple[Literal["mark", "submit", "roster"], ...]


class Me(Struct, frozen=True, kw_only=True):
    """roles: those that hold everywhere. student: one's own number. device, room: where one is signed in.

    until: when the credential is over; None: not by itself.
    """

    kind: Literal["user", "device", "local"]
    name: str
    roles: tuple[str, ...]
    teaches: tuple[Taught, ...]
    student: StudentId | None
    device: str
    room: str
    course_now: CourseCode | None  # the one that is on in that room
    until: Moment | None


def _me(_asked: AskMe, call: Call, _api: Api) -> Me:
    principal = call.caller.principal
    return Me(
        kind=principal.kind.value,  # type: ignore[arg-type]  # no other comes by HTTP
        name=principal.name,
        roles=tuple(sorted(principal.roles)),
        teaches=tuple(
            Taught(course=each.course, role=each.role.value, may=tuple(sorted(each.grants)))  # type: ignore[arg-type]
            for each in principal.teaches
        ),
        student=principal.student,
        device=principal.device,
        room=principal.room,
        course_now=principal.course_now,
        until=principal.expires,
    )


ROUTES: Final = (
    Route(
        method="GET",
        path="/v1/me",
        name="me",
        summary="Who one is here, and what one teaches",
        asks=AskMe,
        gives=Me,
        answer=_me,
        needs=needs_of(Action.READ_INFO),
    ),
)
