"""The routes that ask what the wire asks: each is one message of it."""

from datetime import date
from typing import Any, Final

from msgspec import Struct

from protocol.board import Board, BoardShown, Propose
from protocol.fields import CourseCode, Day, SessionId, Why
from protocol.marks import Confirm, Marked, Marks
from protocol.pictures import Faces, Snapshot, ZoneList, Zones
from protocol.rooms import CheckRoom, RoomChecked
from protocol.rosters import Roster, RosterList
from protocol.server import Info, ServerInfo
from protocol.sessions import OpenSession, SessionInfo, Sessions, SessionShown, SetSession
from server.access import Action
from server.dispatch import Call, Need
from server.dispatch.access import require_right
from server.dispatch.handlers.sessions import course_here, sessions_found
from server.dispatch.replies import session_reply, sessions_reply
from server.errors import BadRequest
from server.http.texts import HttpText
from server.http.v1.pages import Listed, page_begun, place_behind
from server.http.v1.route import IMAGES, Api, EventStream, Route


class ListedSessions(Listed, frozen=True, kw_only=True):
    """As the message `sessions`, a page at a time."""

    course: CourseCode | None = None
    since: Day | None = None
    until: Day | None = None
    overdue: bool = False


class SessionPage(Struct, frozen=True, kw_only=True):
    """next: the cursor of the page behind; None where this is the last."""

    sessions: tuple[SessionInfo, ...]  # newest first
    room_course: CourseCode | None
    next: str | None


class OneSession(Struct, frozen=True, kw_only=True):
    session: SessionId


class DiscardedSession(Struct, frozen=True, kw_only=True):
    session: SessionId
    why: Why


def _sessions(asked: ListedSessions, call: Call, _api: Api) -> SessionPage:
    message = Sessions(course=asked.course, since=asked.since, until=asked.until, overdue=asked.overdue)
    require_right(message, call)
    filters = ("sessions", asked.course, asked.since, asked.until, asked.overdue, call.caller.principal.key_scope)
    behind = place_behind(asked.cursor, filters)
    found = sessions_found(message, call, limit=asked.limit + 1, behind=_last(behind) if behind else None)
    page = page_begun(sessions_reply(found).sessions, _place, asked.limit, filters)
    return SessionPage(sessions=page.items, room_course=course_here(call), next=page.next)


def _place(session: SessionInfo) -> tuple[str]:
    """A course has one session a day."""
    return (f"{session.date} {session.course}",)


def _last(place: tuple[Any, ...]) -> tuple[date, str]:
    day, _, course = str(place[0]).partition(" ")
    try:
        return date.fromisoformat(day), course
    except ValueError as error:
        raise BadRequest(HttpText.CURSOR) from error


def _session(asked: OneSession, call: Call, _api: Api) -> SessionShown:
    return session_reply(call.services.sessions.view(asked.session, call.now))


def _events(asked: OneSession, call: Call, _api: Api) -> EventStream:
    call.services.store.revisions.of_board(asked.session)
    return EventStream(asked.session)


def _discard(asked: DiscardedSession, call: Call, _api: Api) -> SessionShown:
    return session_reply(
        call.services.sessions.discard(asked.session, now=call.now, by=call.caller.name, why=asked.why)
    )


ROUTES: Final = (
    Route(
        method="GET",
        path="/v1/info",
        name="info",
        summary="What the server is, and what its limits are",
        asks=Info,
        gives=ServerInfo,
    ),
    Route(
        method="GET",
        path="/v1/roster",
        name="roster",
        summary="Who is on a course today, and what is recorded",
        asks=Roster,
        gives=RosterList,
        revised=True,
    ),
    Route(
        method="GET",
        path="/v1/sessions",
        name="list_sessions",
        summary="Sessions, newest first",
        asks=ListedSessions,
        gives=SessionPage,
        answer=_sessions,
        needs=lambda asked: [
            Need(action=Action.LIST_SESSIONS, anywhere=True)
            if asked.course is None
            else Need(action=Action.LIST_SESSIONS, course=asked.course)
        ],
    ),
    Route(
        method="POST",
        path="/v1/sessions",
        name="open_session",
        summary="Open a course's session of a day, or join the one that is there",
        asks=OpenSession,
        gives=SessionShown,
    ),
    Route(
        method="GET",
        path="/v1/sessions/{session}",
        name="session",
        summary="One session",
        asks=OneSession,
        gives=SessionShown,
        answer=_session,
        needs=lambda asked: [Need(action=Action.LIST_SESSIONS, session=asked.session)],
        revised=True,
    ),
    Route(
        method="PATCH",
        path="/v1/sessions/{session}",
        name="set_session",
        summary="Submit a session, close it, or reopen it",
        asks=SetSession,
        gives=SessionShown,
        dated=True,
    ),
    Route(
        method="DELETE",
        path="/v1/sessions/{session}",
        name="discard_session",
        summary="Take back a session that was opened by mistake and holds nothing",
        asks=DiscardedSession,
        gives=SessionShown,
        answer=_discard,
        needs=lambda asked: [Need(action=Action.DISCARD, session=asked.session, why=asked.why)],
    ),
    Route(
        method="GET",
        path="/v1/sessions/{session}/board",
        name="board",
        summary="Who is sure, to be checked, not seen; and what is decided",
        asks=Board,
        gives=BoardShown,
        revised=True,
    ),
    Route(
        method="GET",
        path="/v1/sessions/{session}/events",
        name="events",
        summary="That the board changed, as it happens (server-sent events)",
        asks=OneSession,
        files=("text/event-stream",),
        answer=_events,
        by_itself=True,
        needs=lambda asked: [Need(action=Action.READ_BOARD, session=asked.session)],
    ),
    Route(
        method="POST",
        path="/v1/sessions/{session}/proposals",
        name="propose",
        summary="Keep what the camera proposes as it is now",
        asks=Propose,
        gives=BoardShown,
    ),
    Route(
        method="POST",
        path="/v1/sessions/{session}/confirmations",
        name="confirm",
        summary="Make the camera's proposals marks",
        asks=Confirm,
        gives=Marked,
        dated=True,
    ),
    Route(
        method="POST",
        path="/v1/marks",
        name="mark",
        summary="Record decisions, whole or not at all",
        asks=Marks,
        gives=Marked,
        dated=True,
    ),
    Route(
        method="POST",
        path="/v1/snapshots",
        name="snapshot",
        summary="Who is in a picture; with record, kept for its session",
        asks=Snapshot,
        gives=Faces,
        content=IMAGES,
        heavy=True,
    ),
    Route(
        method="POST",
        path="/v1/room-checks",
        name="check_room",
        summary="Is the camera of a course's room good enough? By one more picture of it",
        asks=CheckRoom,
        gives=RoomChecked,
        content=IMAGES,
        heavy=True,
    ),
    Route(
        method="GET",
        path="/v1/room-checks",
        name="kept_room_check",
        summary="What is kept of a course's room",
        asks=CheckRoom,
        gives=RoomChecked,
    ),
    Route(
        method="GET",
        path="/v1/zones",
        name="zones",
        summary="Which parts of the asking camera's pictures of a course are never looked at",
        asks=Zones,
        gives=ZoneList,
    ),
)
