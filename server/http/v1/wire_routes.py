"""The routes that ask what the wire asks: each is one message of it."""

from typing import Annotated, Final

from msgspec import Meta, Struct

from protocol.board import Board, BoardShown, Propose
from protocol.fields import CourseCode, Day, SessionId, Why
from protocol.marks import Confirm, Marked, Marks
from protocol.pictures import Faces, Snapshot, ZoneList, Zones
from protocol.reports import CourseReport, Report
from protocol.rosters import Roster, RosterList
from protocol.server import Info, ServerInfo
from protocol.sessions import OpenSession, SessionInfo, Sessions, SessionShown, SetSession
from server.access import Action
from server.dispatch import Call, Need
from server.dispatch.access import require_right
from server.dispatch.handlers.sessions import all_sessions
from server.dispatch.replies import session_reply
from server.http.v1.pages import Page, page_of
from server.http.v1.route import IMAGES, Api, EventStream, Route

Limit = Annotated[int, Meta(ge=1, le=200)]
Cursor = Annotated[str, Meta(max_length=200)]


class ListedSessions(Struct, frozen=True, kw_only=True):
    """As the message `sessions`, a page at a time."""

    course: CourseCode | None = None
    since: Day | None = None
    until: Day | None = None
    overdue: bool = False
    limit: Limit = 50
    cursor: Cursor | None = None


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
    found = all_sessions(message, call)
    filters = (asked.course, asked.since, asked.until, asked.overdue, call.caller.principal.key_scope)
    page: Page[SessionInfo] = page_of(found.sessions, _place, asked.limit, asked.cursor, filters)
    return SessionPage(sessions=page.items, room_course=found.room_course, next=page.next)


def _place(session: SessionInfo) -> tuple[str, int]:
    """Newest first: a day counts backwards, and of one day the number."""
    return "".join(chr(ord("0") + 9 - int(each)) for each in session.date if each.isdigit()), session.session


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
    ),
    Route(
        method="POST",
        path="/v1/marks",
        name="mark",
        summary="Record decisions, whole or not at all",
        asks=Marks,
        gives=Marked,
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
        method="GET",
        path="/v1/zones",
        name="zones",
        summary="Which parts of the asking camera's pictures of a course are never looked at",
        asks=Zones,
        gives=ZoneList,
    ),
    Route(
        method="GET",
        path="/v1/report",
        name="report",
        summary="How each student of a course stands",
        asks=Report,
        gives=CourseReport,
        revised=True,
    ),
)
