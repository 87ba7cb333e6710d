"""Who is in a picture, and pictures that are kept for a session."""

from datetime import datetime

from protocol import messages
from protocol.error_texts import ServerText
from server.dispatch.call import Call
from server.domain.attendance import decided_at
from server.domain.identifiers import normal
from server.errors import BadRequest, NoFace
from server.services.class_day.recognise import Picture, Place, Seen
from server.services.class_day.sessions import SessionView


def snapshot(message: messages.Snapshot, call: Call) -> messages.Message:
    taken_at = decided_at(message.taken_at, call.now, call.peer.connected_since)
    course = None if message.course is None else normal(message.course)
    view = None if message.session is None else _session(message.session, course, call)
    if message.record:
        return _recorded(view or _session_of(course, taken_at, call), taken_at, call)
    day = view.session.day if view else call.campus.day(taken_at)
    picture = call.services.recognition.identify(call.payload, view.session.course if view else course, day)
    if not picture.seen:
        size, least = f"{picture.width} x {picture.height}", call.services.about.min_face_px
        raise NoFace(ServerText.NO_FACE, size=size, least=least)
    return _faces(picture)


def _session(number: int, course: str | None, call: Call) -> SessionView:
    view = call.services.sessions.view(number, call.now)
    if course not in (None, view.session.course):
        raise BadRequest(ServerText.OTHER_COURSE, number=number, course=view.session.course, other=course or "")
    return view


def _session_of(course: str | None, taken_at: datetime, call: Call) -> SessionView:
    if course is None:
        raise BadRequest(ServerText.SNAPSHOT_OF_NOTHING)
    return call.services.sessions.for_picture(course, taken_at, now=call.now, by=call.who)


def _recorded(view: SessionView, taken_at: datetime, call: Call) -> messages.Faces:
    session, hour = view.session, call.services.sessions.hour_at(view, taken_at)
    place = Place(session.course, session.day, hour, taken_at, call.who)
    picture = call.services.recognition.identify_and_record(call.payload, place, now=call.now)
    return _faces(picture, session.id, hour)


def _faces(picture: Picture, session: int | None = None, hour: int | None = None) -> messages.Faces:
    return messages.Faces(
        width=picture.width,
        height=picture.height,
        faces=tuple(_face(each) for each in picture.seen),
        recorded=picture.recorded,
        session=session,
        hour=hour,
    )


def _face(seen: Seen) -> messages.Face:
    match, names = seen.match, seen.names
    return messages.Face(
        box=seen.box,
        score=seen.score,
        verdict=match.verdict,
        student=match.student_id,
        name=names.get(match.student_id) if match.student_id else None,
        probability=match.probability,
        candidates=tuple(
            messages.Candidate(student=each.student_id, name=names.get(each.student_id, ""), distance=each.distance)
            for each in match.candidates
        ),
    )
