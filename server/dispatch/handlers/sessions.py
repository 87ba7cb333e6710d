"""Sessions: opened, listed, submitted, closed, reopened."""

from datetime import date
from typing import Final

from protocol.error_texts import ServerText
from protocol.sessions import OpenSession, SessionList, Sessions, SessionShown, SetSession
from server.dispatch.call import Call, digest_of
from server.dispatch.replies import session_reply, sessions_reply
from server.domain.attendance import decided_at
from server.domain.identifiers import normal
from server.domain.sessions import SessionState
from server.errors import BadRequest
from server.store import Once


def open_session(message: OpenSession, call: Call) -> SessionShown:
    view = call.services.sessions.open(
        normal(message.course),
        day_of(message.date) or call.campus.day(call.now),
        message.hours,
        makeup=message.makeup,
        now=call.now,
        by=message.by or call.caller.name,
    )
    return session_reply(view)


def sessions(message: Sessions, call: Call) -> SessionList:
    found = call.services.sessions.list(
        None if message.course is None else normal(message.course),
        day_of(message.since),
        day_of(message.until),
        overdue=message.overdue,
        now=call.now,
    )
    courses = call.services.courses
    here = courses.in_room(call.caller.device, call.now) or courses.in_room(call.caller.address, call.now)
    return sessions_reply(found, here)


def set_session(message: SetSession, call: Call) -> SessionShown:
    # Not later than now, as a mark may be: nobody else could change the session until then.
    at = min(decided_at(message.at, call.now, call.caller.connected_since), call.now)
    view = call.services.sessions.set_state(
        message.session,
        SessionState(message.state),
        at=at,
        now=call.now,
        by=message.by or call.caller.name,
        why=message.why,
        once=Once(message.key, digest_of(message), call.now),
    )
    return session_reply(view)


def day_of(text: str | None) -> date | None:
    """A day as the wire has it. Raises BadRequest for one that no calendar has."""
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise BadRequest(ServerText.NO_DAY_OF_CALENDAR, text=text or "") from error


HANDLERS: Final = {OpenSession: open_session, Sessions: sessions, SetSession: set_session}
