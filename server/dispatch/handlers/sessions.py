"""Sessions: opened, listed, submitted, closed, reopened."""

from datetime import date

from protocol import messages
from protocol.error_texts import ServerText
from server.dispatch.call import Call, digest_of
from server.domain.attendance import decided_at
from server.domain.identifiers import normal
from server.domain.sessions import SessionState
from server.errors import BadRequest
from server.services.class_day.sessions import SessionView
from server.store import Once


def open_session(message: messages.OpenSession, call: Call) -> messages.Message:
    view = call.services.sessions.open(
        normal(message.course),
        day_of(message.date) or call.campus.day(call.now),
        message.hours,
        makeup=message.makeup,
        now=call.now,
        by=message.by or call.who,
    )
    return messages.SessionShown(session=info_of(view))


def sessions(message: messages.Sessions, call: Call) -> messages.Message:
    found = call.services.sessions.list(
        None if message.course is None else normal(message.course),
        day_of(message.since),
        day_of(message.until),
        overdue=message.overdue,
        now=call.now,
    )
    courses = call.services.courses
    here = courses.in_room(call.peer.device, call.now) or courses.in_room(call.host, call.now)
    return messages.SessionList(sessions=tuple(info_of(view) for view in found), room_course=here)


def set_session(message: messages.SetSession, call: Call) -> messages.Message:
    # Not later than now, as a mark may be: nobody else could change the session until then.
    at = min(decided_at(message.at, call.now, call.peer.connected_since), call.now)
    view = call.services.sessions.set_state(
        message.session,
        SessionState(message.state),
        at=at,
        now=call.now,
        by=message.by or call.who,
        why=message.why,
        once=Once(message.key, digest_of(message), call.now),
    )
    return messages.SessionShown(session=info_of(view))


def day_of(text: str | None) -> date | None:
    """A day as the wire has it. Raises BadRequest for one that no calendar has."""
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise BadRequest(ServerText.NO_DAY_OF_CALENDAR, text=text or "") from error


def info_of(view: SessionView) -> messages.SessionInfo:
    """A session as the wire has it."""
    session = view.session
    return messages.SessionInfo(
        session=session.id,
        course=session.course,
        title=view.plan.title,
        date=session.day.isoformat(),
        state=view.state.value,
        makeup=session.makeup,
        overdue=view.overdue,
        shadow=view.plan.rules.shadow,
        closes_at=session.closes_at,
        hour_now=view.hour_now,
        hours=tuple(
            messages.SessionHour(hour=hour.number, starts=hour.starts, ends=hour.ends) for hour in session.hours
        ),
    )
