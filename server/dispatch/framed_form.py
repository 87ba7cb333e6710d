"""The framed form: a small function a message, and the table that names them."""

import hashlib
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from protocol import messages
from protocol.errors import ProtocolError
from protocol.framing import MAX_HEADER_BYTES
from server.dispatch.call import Call
from server.domain.attendance import Mark, Recorded, Source, State, decided_at
from server.domain.calendar import HOUR_WITHOUT_TIMETABLE
from server.domain.identifiers import normal
from server.errors import BadRequest, NoFace, NoSession, TooLarge
from server.services.recognise import Picture, Place, Seen
from server.store.base import MarkRequest

LARGEST_ID = 2**53 - 1
"""The longest number that a message can have."""


def _hello(message: messages.Hello, call: Call) -> messages.Message:
    call.peer.device = message.device
    return messages.Welcome(version=call.services.about.version, device=message.device)


def _info(message: messages.Info, call: Call) -> messages.Message:  # noqa: ARG001 - every handler is called alike
    about, gallery = call.services.about, call.services.recognition.gallery
    limits = messages.Limits(
        header_bytes=MAX_HEADER_BYTES, payload_bytes=about.max_payload_bytes, image_pixels=about.max_image_pixels,
        connections=about.max_connections, message_timeout_s=about.message_timeout_s,
        idle_timeout_s=about.idle_timeout_s,
    )
    return messages.ServerInfo(
        version=about.version, engine=about.engine, detector=about.detector, model_id=gallery.model_id,
        min_face_px=about.min_face_px, students=len(gallery.students), now=call.now, timezone=call.campus.zone.key,
        limits=limits,
    )


def _mark(message: messages.Mark, call: Call) -> messages.Message:
    return _record((message,), message, Source.PROFESSOR, call)


def _marks(message: messages.Marks, call: Call) -> messages.Message:
    return _record(message.marks, message, Source.ROLL_CALL, call)


def _roster(message: messages.Roster, call: Call) -> messages.Message:
    day = call.campus.day(call.now)
    students = tuple(
        messages.RosterEntry(student=entry.student, name=entry.name,
                             states={str(hour): state.value for hour, state in sorted(entry.states.items())})
        for entry in call.services.roster.roster(normal(message.course), day)
    )
    return messages.RosterList(course=message.course, date=day.isoformat(), students=students)


def _snapshot(message: messages.Snapshot, call: Call) -> messages.Message:
    taken_at = decided_at(message.taken_at, call.now, call.peer.connected_since)
    day = call.campus.day(taken_at)
    course = None if message.course is None else normal(message.course)
    if message.session is not None:
        raise NoSession(f"There is no session {message.session}; leave the session out for the hour that is on now.")
    if not message.record:
        return _faces(call.services.recognition.identify(call.payload, course, day), call)
    if course is None:
        raise BadRequest("A snapshot that is to be recorded must name its course.")
    place = Place(course, day, taken_at, call.who)
    return _faces(call.services.recognition.identify_and_record(call.payload, place, now=call.now), call)


HANDLERS: dict[type[messages.Message], Callable[[Any, Call], messages.Message]] = {
    messages.Hello: _hello,
    messages.Info: _info,
    messages.Mark: _mark,
    messages.Marks: _marks,
    messages.Roster: _roster,
    messages.Snapshot: _snapshot,
}


def answer(message: messages.Message, call: Call) -> messages.Message:
    """The reply to a request. Raises what keeps it from being done."""
    return HANDLERS[type(message)](message, call)


def _record(
    items: tuple[messages.Mark | messages.MarkItem, ...], message: messages.Mark | messages.Marks, source: Source,
    call: Call,
) -> messages.Marked:
    marks = tuple(_as_mark(item, source, call) for item in items)
    _require_room(marks)
    digest = hashlib.sha256(msgspec.json.encode(message)).digest()
    recorded = call.services.recorder.record(MarkRequest(marks, message.key, digest), now=call.now)
    return _as_marked(recorded)


def _require_room(marks: tuple[Mark, ...]) -> None:
    """Refuse what could be recorded but not answered; every answer is at most as long as this one."""
    longest = max(State, key=lambda state: len(state.value))
    answer = _as_marked([Recorded(each.student, each.course, each.day, each.hour, longest, False) for each in marks])
    try:
        messages.encode(answer, LARGEST_ID)
    except ProtocolError as error:
        raise TooLarge(f"The answer to {len(marks)} marks is too long for one message; send them in two.") from error


def _as_marked(recorded: Iterable[Recorded]) -> messages.Marked:
    return messages.Marked(marks=tuple(_as_item(each) for each in recorded))


def _as_mark(item: messages.Mark | messages.MarkItem, source: Source, call: Call) -> Mark:
    at = decided_at(item.at, call.now, call.peer.connected_since)
    hour = HOUR_WITHOUT_TIMETABLE if item.hour is None else item.hour
    by = item.by or call.who
    return Mark(normal(item.student), normal(item.course), call.campus.day(at), hour, State(item.state), at, by, source)


def _as_item(recorded: Recorded) -> messages.MarkedItem:
    return messages.MarkedItem(
        student=recorded.student, course=recorded.course, date=recorded.day.isoformat(), hour=recorded.hour,
        state=recorded.state.value, changed=recorded.changed,
    )


def _faces(picture: Picture, call: Call) -> messages.Faces:
    if not picture.seen:
        size, least = f"{picture.width} x {picture.height}", call.services.about.min_face_px
        raise NoFace(f"The picture of {size} pixels shows no face of {least} pixels or more.")
    return messages.Faces(
        width=picture.width, height=picture.height, faces=tuple(_face(each) for each in picture.seen),
        recorded=picture.recorded,
    )


def _face(seen: Seen) -> messages.Face:
    match, names = seen.match, seen.names
    return messages.Face(
        box=seen.box, score=seen.score, verdict=match.verdict, student=match.student_id,
        name=names.get(match.student_id) if match.student_id else None, probability=match.probability,
        candidates=tuple(
            messages.Candidate(student=each.student_id, name=names.get(each.student_id, ""), distance=each.distance)
            for each in match.candidates
        ),
    )
