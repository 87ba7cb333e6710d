"""Say who is in a picture, and keep pictures for a session."""

from datetime import datetime
from typing import Final

from protocol.error_texts import ServerText
from protocol.pictures import Faces, Snapshot
from server.dispatch.call import Call
from server.dispatch.replies import faces_reply
from server.domain.attendance import decided_at
from server.domain.identifiers import normal
from server.errors import BadRequest, NoFace
from server.services.class_day.recognition import Place
from server.services.class_day.sessions import SessionView


def snapshot(message: Snapshot, call: Call) -> Faces:
    recognition = call.services.recognition
    taken_at = decided_at(message.taken_at, call.now, call.caller.connected_since)
    course, view = _about(message, taken_at, call)
    if view is not None and message.record:
        session, hour = view.session, call.services.sessions.hour_at(view, taken_at)
        picture = recognition.identify(call.payload, session.course, session.day)
        place = Place(session.course, session.day, hour, taken_at, call.caller.name)
        return faces_reply(recognition.keep(picture, place, now=call.now), session.id, hour)
    day = view.session.day if view else call.campus.day(taken_at)
    picture = recognition.identify(call.payload, course, day)
    if not picture.faces and not picture.turns:
        size, least = f"{picture.width} x {picture.height}", call.services.about.min_face_px
        raise NoFace(ServerText.NO_FACE, size=size, least=least)
    return faces_reply(picture)


def _about(message: Snapshot, taken_at: datetime, call: Call) -> tuple[str | None, SessionView | None]:
    """The course among whose students is looked, and the session where one is named or the picture is to be kept."""
    course = None if message.course is None else normal(message.course)
    if message.session is not None:
        view = call.services.sessions.view(message.session, call.now)
        if course not in (None, view.session.course):
            raise BadRequest(
                ServerText.OTHER_COURSE, number=message.session, course=view.session.course, other=course or ""
            )
        return view.session.course, view
    if not message.record:
        return course, None
    if course is None:
        raise BadRequest(ServerText.SNAPSHOT_OF_NOTHING)
    return course, call.services.sessions.for_picture(course, taken_at, now=call.now, by=call.caller.name)


HANDLERS: Final = {Snapshot: snapshot}
