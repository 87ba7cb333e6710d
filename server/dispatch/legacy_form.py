"""The form of 2019: the same services, the old answers."""

from collections.abc import Callable
from typing import Any

from protocol import legacy
from server.dispatch.call import Call
from server.domain.attendance import ATTENDED, Mark, Source, State
from server.domain.calendar import HOUR_WITHOUT_TIMETABLE
from server.domain.identifiers import normal
from server.store.base import MarkRequest


def _mark(message: legacy.LegacyMark, call: Call) -> bytes:
    day = call.campus.day(call.now)
    mark = Mark(message.student, normal(message.course), day, HOUR_WITHOUT_TIMETABLE, State.PRESENT, call.now, call.who,
                Source.LEGACY)
    call.services.recorder.record(MarkRequest((mark,)), now=call.now)
    return legacy.SUCCESS


def _roster(message: legacy.LegacyRoster, call: Call) -> bytes:
    day = call.campus.day(call.now)
    return legacy.encode_roster_reply([
        legacy.RosterRow(entry.student, entry.name, day.isoformat(), not ATTENDED.isdisjoint(entry.states.values()))
        for entry in call.services.roster.roster(normal(message.course), day)
    ])


def _snapshot(message: legacy.LegacySnapshot, call: Call) -> bytes:
    course = call.campus.legacy_course
    student = call.services.recognition.largest_known(message.image, course, call.campus.day(call.now))
    return legacy.UNKNOWN if student is None else student.encode()


HANDLERS: dict[type[legacy.LegacyMessage], tuple[str, Callable[[Any, Call], bytes], bytes]] = {
    legacy.LegacyMark: ("legacy mark", _mark, legacy.FAIL),
    legacy.LegacyRoster: ("legacy roster", _roster, legacy.FAIL),
    legacy.LegacySnapshot: ("legacy snapshot", _snapshot, legacy.UNKNOWN),
}
"""For each message of 2019: its name in the log, what answers it, and the answer when that cannot be done."""
