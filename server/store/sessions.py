"""Sessions with their hours and states, and what stands in them. Runs inside its caller's transaction."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from server.domain.attendance import Source, State
from server.domain.board import MarkStanding
from server.domain.calendar import CLASS_YEARS
from server.domain.evidence import Proposal
from server.domain.sessions import SessionState, allowed
from server.domain.timetable import HOURS_A_DAY, PlannedHour
from server.errors import BadRequest, NoSession
from server.store import answers, rosters
from server.store import proposals as kept_proposals
from server.store.database.columns import REASON_LENGTH, WHO_LENGTH
from server.store.database.tables import hours, mark_history, marks, session_history, sessions
from server.store.database.upserts import insert_or_fill
from server.store.identifiers import require_text
from server.store.session_numbers import numbered
from server.store.values import HistoryLine, Once, Session, SessionChange

_SESSIONS = select(sessions, hours.c.number, hours.c.starts_at, hours.c.ends_at).join_from(
    sessions, hours, hours.c.session == sessions.c.id, isouter=True
)
_BY_DAY = (sessions.c.day.desc(), sessions.c.course, sessions.c.id, hours.c.number)


def open_session(
    connection: Connection,
    course: str,
    day: date,
    planned: Sequence[PlannedHour],
    *,
    closes_at: datetime | None,
    makeup: bool,
    at: datetime,
    by: str,
) -> Session:
    """The session of that day with these hours; see Store.open_session."""
    _require_openable(day, planned, by)
    rosters.require_course(connection, course)
    dialect = connection.dialect.name
    opened = {"course": course, "day": day, "closes_at": closes_at, "makeup": makeup, "opened_at": at, "opened_by": by}
    connection.execute(numbered(insert_or_fill(dialect, sessions, "closes_at"), opened, dialect))
    session = _one(connection, sessions.c.course == course, sessions.c.day == day)
    if makeup and not session.makeup:
        connection.execute(update(sessions).where(sessions.c.id == session.id).values(makeup=True))
    rows = [
        {"session": session.id, "number": each.number, "starts_at": each.starts, "ends_at": each.ends}
        for each in planned
    ]
    if rows:
        connection.execute(insert_or_fill(dialect, hours, "starts_at", "ends_at"), rows)
    return _one(connection, sessions.c.id == session.id)


def _require_openable(day: date, planned: Iterable[PlannedHour], by: str) -> None:
    require_text(by, WHO_LENGTH, "name of who opens the session")
    if day.year not in CLASS_YEARS:
        raise BadRequest(f"The day {day} is no day of a class: check the date.")
    for each in planned:
        if not 1 <= each.number <= HOURS_A_DAY:
            raise BadRequest(f"The class hour {each.number} does not exist: hours are numbered 1 to {HOURS_A_DAY}.")


def one(connection: Connection, number: int) -> Session:
    """The session. Raises NoSession."""
    return _one(connection, sessions.c.id == number, number=number)


def _one(connection: Connection, *which: ColumnElement[bool], number: int = 0) -> Session:
    found = _read(connection, *which)
    if not found:
        raise NoSession(f"There is no session {number}: list the sessions of the course for their numbers.")
    return found[0]


def on_day(connection: Connection, course: str, day: date) -> Session | None:
    return next(iter(_read(connection, sessions.c.course == course, sessions.c.day == day)), None)


def listed(connection: Connection, course: str | None, since: date | None, until: date | None) -> list[Session]:
    """Sessions of these days, both included, newest first; None: of every course, of any day."""
    of_course = [] if course is None else [sessions.c.course == course]
    return _read(connection, *of_course, *within(since, until))


def within(since: date | None, until: date | None) -> list[ColumnElement[bool]]:
    """Conditions for sessions of these days, both included."""
    return [
        *([] if since is None else [sessions.c.day >= since]),
        *([] if until is None else [sessions.c.day <= until]),
    ]


def _read(connection: Connection, *which: ColumnElement[bool]) -> list[Session]:
    rows = connection.execute(_SESSIONS.where(*which).order_by(*_BY_DAY))
    return [_session(list(group)) for _, group in groupby(rows, key=lambda row: row.id)]


def _session(rows: Sequence[Row[Any]]) -> Session:
    first = rows[0]
    planned = (PlannedHour(row.number, row.starts_at, row.ends_at) for row in rows if row.number is not None)
    return Session(
        first.id,
        first.course,
        first.day,
        SessionState(first.state),
        first.makeup,
        first.closes_at,
        tuple(planned),
        first.opened_at,
        first.opened_by,
        first.changed_at,
        first.changed_by,
    )


def set_state(
    connection: Connection,
    number: int,
    new: SessionState,
    *,
    at: datetime,
    by: str,
    why: str,
    proposals: Sequence[Proposal] = (),
    once: Once | None = None,
) -> Session:
    """Change the state and keep the proposals; see Store.set_session_state."""
    require_text(by, WHO_LENGTH, "name of who changes the session")
    require_text(why, REASON_LENGTH, "reason of a change")
    # Marks lock this row before they look at the state: none comes in between.
    locked = select(sessions.c.state, sessions.c.changed_at).where(sessions.c.id == number).with_for_update()
    now = connection.execute(locked).one_or_none()
    if now is None or (once and answers.was_done(connection, once)):
        return one(connection, number)
    if once:
        answers.keep_done(connection, once)
    if now.state == new.value or (now.changed_at is not None and now.changed_at > at):
        return one(connection, number)
    # Asked again under the lock: since the caller looked, somebody else may have changed it.
    if not allowed(SessionState(now.state), new):
        raise BadRequest(f"Session {number} is {now.state} meanwhile and cannot become {new}: look at it again.")
    changed = {"state": new.value, "changed_at": at, "changed_by": by}
    connection.execute(update(sessions).where(sessions.c.id == number).values(changed))
    line = {"session": number, "old_state": now.state, "new_state": new.value, "changed_at": at, "who": by, "why": why}
    connection.execute(insert(session_history), [line])
    kept_proposals.keep(connection, number, proposals, at=at)
    return one(connection, number)


def changes(connection: Connection, number: int) -> list[SessionChange]:
    """The changes of the session's state, in their order."""
    query = select(session_history).where(session_history.c.session == number).order_by(session_history.c.id)
    return [
        SessionChange(SessionState(row.old_state), SessionState(row.new_state), row.changed_at, row.who, row.why)
        for row in connection.execute(query)
    ]


def standing(connection: Connection, number: int) -> dict[tuple[str, int], MarkStanding]:
    """What stands in the session: (student, hour) -> mark."""
    query = select(marks, hours.c.number).join(hours, marks.c.hour == hours.c.id).where(hours.c.session == number)
    return {
        (row.student, row.number): MarkStanding(State(row.state), Source(row.source), row.decided_at, row.who, row.why)
        for row in connection.execute(query)
    }


def history(connection: Connection, number: int, student: str | None) -> list[HistoryLine]:
    """Every decision that came for the session, in the order of arrival."""
    query = select(mark_history, hours.c.number).join(hours, mark_history.c.hour == hours.c.id)
    query = query.where(hours.c.session == number).order_by(mark_history.c.id)
    if student is not None:
        query = query.where(mark_history.c.student == student)
    return [
        HistoryLine(
            row.number,
            row.student,
            None if row.old_state is None else State(row.old_state),
            State(row.new_state),
            row.stood,
            row.decided_at,
            row.recorded_at,
            row.who,
            row.why,
            Source(row.source),
        )
        for row in connection.execute(query)
    ]
