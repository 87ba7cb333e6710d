"""Open, list, submit, close and reopen sessions, show their boards, and take their pictures."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from protocol.board import Board, BoardShown, Propose
from protocol.error_texts import ServerText
from protocol.pictures import Faces, NeverLookedAt, Snapshot, ZoneList, Zones
from protocol.sessions import BothThere, OpenSession, SessionList, Sessions, SessionShown, SetSession
from server.access import Action, Kind, courses_for, may, may_everywhere
from server.dispatch.call import Call, digest_of
from server.dispatch.replies import board_reply, faces_reply, session_reply, sessions_reply, without_signs
from server.domain.attendance import decided_at
from server.domain.identifiers import normal
from server.domain.sessions import SessionState
from server.errors import BadRequest, NoFace
from server.services.class_day.board import BoardView
from server.services.class_day.recognition import Place
from server.services.class_day.sessions import SessionView
from server.store import Once, Pair

# In one answer: with titles and hours of the greatest length they fit into it (4 MiB).
MOST_SESSIONS: Final = 1000


def open_session(message: OpenSession, call: Call) -> SessionShown:
    course = normal(message.course)
    view = call.services.sessions.open(
        course,
        day_of(message.date) or call.services.courses.day_of(course, call.now),
        message.hours,
        makeup=message.makeup,
        now=call.now,
        by=call.caller.decides_as(message.by),
    )
    return session_reply(view)


def sessions(message: Sessions, call: Call) -> SessionList:
    found = sessions_found(message, call, limit=MOST_SESSIONS + 1)
    return sessions_reply(found, course_here(call), MOST_SESSIONS)


def sessions_found(
    message: Sessions, call: Call, *, limit: int, behind: tuple[date, str] | None = None
) -> Sequence[SessionView]:
    """At most so many that the caller may know of, newest first. behind: as of ClassSessions.page."""
    principal = call.caller.principal
    everywhere = may_everywhere(principal, Action.LIST_SESSIONS)
    return call.services.sessions.page(
        None if message.course is None else normal(message.course),
        day_of(message.since),
        day_of(message.until),
        overdue=message.overdue,
        courses=None if everywhere else courses_for(principal, Action.LIST_SESSIONS),
        behind=behind,
        limit=limit,
        now=call.now,
    )


def course_here(call: Call) -> str | None:
    caller, courses = call.caller, call.services.courses
    if caller.principal.kind is not Kind.LOCAL:
        return caller.principal.course_now
    return courses.in_room(caller.device, call.now) or courses.in_room(caller.address, call.now)


def set_session(message: SetSession, call: Call) -> SessionShown:
    # Not later than now, as a mark may be: nobody else could change the session until then.
    at = min(decided_at(message.at, call.now, call.caller.connected_since), call.now)
    view = call.services.sessions.set_state(
        message.session,
        SessionState(message.state),
        at=at,
        now=call.now,
        by=call.caller.decides_as(message.by),
        why=message.why,
        origin=call.caller.origin,
        once=Once(call.caller.key(message.key), digest_of(message), call.now),
        both_there=[_pair(each) for each in message.both_there],
    )
    if view.state is not SessionState.DRAFT:
        call.services.live.forget(message.session)
    return session_reply(view)


def _pair(answer: BothThere) -> Pair:
    student, other = sorted((normal(answer.student), normal(answer.other)))
    return answer.hour, student, other


def day_of(text: str | None) -> date | None:
    """Raises BadRequest for a day that no calendar has."""
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise BadRequest(ServerText.NO_DAY_OF_CALENDAR, text=text or "") from error


def board(message: Board, call: Call) -> BoardShown:
    return _as_seen(call.services.boards.board(message.session, call.now, message.hour), call)


def propose(message: Propose, call: Call) -> BoardShown:
    return _as_seen(call.services.boards.propose(message.session, call.now), call)


def _as_seen(view: BoardView, call: Call) -> BoardShown:
    """Whose face may be a photograph is told to who teaches the course alone."""
    shown = board_reply(view, call.now)
    course = view.session.session.course
    return shown if may(call.caller.principal, Action.READ_SIGNS, course=course) else without_signs(shown)


def snapshot(message: Snapshot, call: Call) -> Faces:
    recognition = call.services.recognition
    taken_at = decided_at(message.taken_at, call.now, call.caller.connected_since)
    course, view = _about(message, taken_at, call)
    if view is not None and message.record:
        session, hour = view.session, call.services.sessions.hour_at(view, taken_at)
        picture = recognition.identify(call.payload, session.course, session.day, call.caller.sender())
        call.services.live.keep(view, picture, taken_at, call.now)
        place = Place(session.course, session.day, hour, taken_at, call.caller.device or call.caller.name)
        return faces_reply(recognition.keep(picture, place, now=call.now), session.id, hour)
    day = view.session.day if view else call.services.courses.day_of(course, taken_at)
    picture = recognition.identify(call.payload, course, day, call.caller.sender())
    if view is not None:
        call.services.live.keep(view, picture, taken_at, call.now)
    if not picture.faces and not picture.turns:
        size, least = f"{picture.width} x {picture.height}", call.services.about.min_face_px
        raise NoFace(ServerText.NO_FACE, size=size, least=least)
    return faces_reply(picture)


def zones(message: Zones, call: Call) -> ZoneList:
    course, services = normal(message.course), call.services
    day = services.courses.day_of(course, call.now)
    found = services.recognition.zones_of(course, day, call.caller.sender())
    return ZoneList(zones=tuple(NeverLookedAt(points=each.points) for each in found))


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


HANDLERS: Final = {
    OpenSession: open_session,
    Sessions: sessions,
    SetSession: set_session,
    Board: board,
    Propose: propose,
    Snapshot: snapshot,
    Zones: zones,
}
