"""Answer messages of the 2019 form by the same services."""

from collections.abc import Callable
from typing import Any

from protocol import legacy
from server.access import Kind, Principal
from server.dispatch.call import Call
from server.domain.attendance import ATTENDED, Source, State
from server.domain.identifiers import normal
from server.errors import RollcallError
from server.services.class_day.decisions import Batch, Decision


def _mark(message: legacy.LegacyMark, call: Call) -> bytes:
    course = normal(message.course)
    decision = Decision(
        student=message.student,
        course=course,
        state=State.PRESENT,
        hour=None,
        at=call.now,
        by=call.caller.name,
        origin=call.caller.origin,
    )
    batch = Batch(decisions=(decision,), source=Source.LEGACY)
    (outcome,) = call.services.decisions.record([batch], now=call.now)
    if isinstance(outcome, RollcallError):
        raise outcome
    return legacy.SUCCESS


def _roster(message: legacy.LegacyRoster, call: Call) -> bytes:
    course = normal(message.course)
    day = call.services.courses.day_of(course, call.now)
    return legacy.encode_roster_reply(
        [
            legacy.RosterRow(entry.student, entry.name, day.isoformat(), not ATTENDED.isdisjoint(entry.states.values()))
            for entry in call.services.store.rosters.of_day(course, day)
        ]
    )


def _snapshot(message: legacy.LegacySnapshot, call: Call) -> bytes:
    principal = call.caller.principal
    if principal.kind is Kind.LOCAL:
        course = call.services.courses.in_room(call.caller.address, call.now) or call.campus.legacy_course
    elif (course := _course_here(principal, call.campus.legacy_course)) is None:
        return legacy.UNKNOWN  # never among everybody
    day = call.services.courses.day_of(course, call.now)
    sender = call.caller.sender(has_time=True)
    student = call.services.recognition.largest_known(message.image, course, day, sender)
    return legacy.UNKNOWN if student is None else student.encode()


def _course_here(principal: Principal, legacy_course: str | None) -> str | None:
    """The one that is on in the room of who asks, else the only one there; None: it cannot be said."""
    here = principal.room_courses
    if principal.course_now is not None or len(here) == 1:
        return principal.course_now or next(iter(here))
    return legacy_course if legacy_course in here else None


HANDLERS: dict[type[legacy.LegacyMessage], Callable[[Any, Call], bytes]] = {
    legacy.LegacyMark: _mark,
    legacy.LegacyRoster: _roster,
    legacy.LegacySnapshot: _snapshot,
}
