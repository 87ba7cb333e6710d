"""All that stands of a course, for reports, in two statements by index. Runs inside its caller's transaction."""

from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from server.domain.attendance import State
from server.domain.evidence import Proposal, Reason
from server.store.database.tables import hours, marks, proposals, sessions
from server.store.sessions import listed, within
from server.store.values import CourseRecord

_STATES: Final = {state.value: state for state in State}
"""Thousands of marks are read together: a look-up takes a tenth of what State(...) does."""


def states(connection: Connection, course: str, since: date | None, until: date | None) -> CourseRecord:
    """Sessions of these days by day, and (day, hour) -> student -> state."""
    query = (
        select(sessions.c.day, hours.c.number, marks.c.student, marks.c.state)
        .join_from(sessions, hours, hours.c.session == sessions.c.id)
        .join(marks, marks.c.hour == hours.c.id)
        .where(sessions.c.course == course, *within(since, until))
    )
    found: dict[tuple[date, int], dict[str, State]] = {}
    for day, hour, student, state in connection.execute(query):
        found.setdefault((day, hour), {})[student] = _STATES[state]
    return CourseRecord(tuple(reversed(listed(connection, course, since, until))), found)


def kept_proposals(
    connection: Connection, course: str, since: date | None, until: date | None
) -> dict[tuple[date, int], dict[str, Proposal]]:
    """Those that were kept of these days: (day, hour) -> student -> proposal."""
    query = (
        select(sessions.c.day, hours.c.number, proposals)
        .join_from(sessions, hours, hours.c.session == sessions.c.id)
        .join(proposals, proposals.c.hour == hours.c.id)
        .where(sessions.c.course == course, *within(since, until))
        .order_by(sessions.c.day, hours.c.number, proposals.c.student)
    )
    found: dict[tuple[date, int], dict[str, Proposal]] = {}
    for row in connection.execute(query):
        found.setdefault((row.day, row.number), {})[row.student] = _proposal(row)
    return found


def _proposal(row: Row[Any]) -> Proposal:
    return Proposal(
        student=row.student,
        hour=row.number,
        state=State(row.state),
        sure=row.sure,
        reason=Reason(row.reason),
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        seen=row.seen,
        looks=row.looks,
        minutes_late=row.minutes_late,
        probability=row.probability,
    )
