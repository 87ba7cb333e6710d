"""A session that holds nothing taken back, with its hours and its history. Runs inside its caller's transaction."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from server.counted import counted
from server.errors import BadRequest
from server.store import access_log, session_numbers
from server.store import sessions as session_rows
from server.store.database.columns import REASON_LENGTH
from server.store.database.tables import hours, mark_history, marks, pictures, proposals, session_history, sessions
from server.store.identifiers import require_text
from server.store.values import Session


def discard(connection: Connection, number: int, *, at: datetime, by: str, why: str) -> Session:
    """Remove the session; see Store.discard_session."""
    require_text(why, REASON_LENGTH, "reason of a discard")
    # Marks and proposals lock this row before they are written: none comes in between.
    connection.execute(select(sessions.c.id).where(sessions.c.id == number).with_for_update())
    session = session_rows.one(connection, number)
    if held := list(_held(connection, session)):
        raise BadRequest(
            f"Session {number} of course {session.course!r} on {session.day} holds {', '.join(held)}: only one that "
            f"holds nothing can be discarded. End it by `session close {number}`, or let its marks be corrected."
        )
    connection.execute(delete(session_history).where(session_history.c.session == number))
    connection.execute(delete(hours).where(hours.c.session == number))
    connection.execute(delete(sessions).where(sessions.c.id == number))
    session_numbers.remember_discarded(connection, number)
    access_log.write(connection, at, by, "discard_session", detail=f"course {session.course}, {session.day}: {why}")
    return session


def _held(connection: Connection, session: Session) -> Iterator[str]:
    """`3 marks`, `4 decisions` (lines of the marks' history), `1 picture`: what would be lost with the session."""
    for noun, rows in (("mark", marks), ("decision", mark_history), ("proposal", proposals)):
        query = select(func.count()).select_from(rows).join(hours, rows.c.hour == hours.c.id)
        if count := connection.scalar(query.where(hours.c.session == session.id)):
            yield counted(count, noun)
    taken = select(func.count()).where(pictures.c.course == session.course, pictures.c.day == session.day)
    if count := connection.scalar(taken):
        yield counted(count, "picture")
