"""What the camera proposed, kept when somebody asks. Runs inside its caller's transaction."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from server.domain.attendance import State
from server.domain.evidence import Proposal
from server.domain.timetable import HOURS_A_DAY
from server.errors import BadRequest, NoSession
from server.store import rosters, templates
from server.store.database.tables import hours, proposals, sessions
from server.store.database.upserts import insert_new, insert_or_replace

_SAID = (
    "state",
    "sure",
    "reason",
    "first_seen",
    "last_seen",
    "seen",
    "looks",
    "minutes_late",
    "probability",
    "proposed_at",
)


def keep(connection: Connection, session: int, made: Sequence[Proposal], *, at: datetime) -> None:
    """Keep them in place of what was kept of the same student and hour; see Store.keep_proposals."""
    # Whoever discards the session locks this row too: it is gone by now, or stays.
    if connection.scalar(select(sessions.c.id).where(sessions.c.id == session).with_for_update()) is None:
        raise NoSession(f"There is no session {session}: list the sessions of the course for their numbers.")
    said = [each for each in made if each.state is not State.NOT_TAKEN]
    _require_hours(said)
    rosters.hold_students(connection, {each.student for each in said})
    barred = templates.erased(connection) if said else frozenset()
    kept = [each for each in said if each.student not in barred]
    if not kept:
        return
    numbers = _hours(connection, session, {each.hour for each in kept})
    upsert = insert_or_replace(connection.dialect.name, proposals, *_SAID)
    connection.execute(upsert, [_row(numbers[each.hour], each, at) for each in kept])


def _require_hours(said: Sequence[Proposal]) -> None:
    for each in said:
        if not 1 <= each.hour <= HOURS_A_DAY:
            raise BadRequest(f"The class hour {each.hour} does not exist: hours are numbered 1 to {HOURS_A_DAY}.")


def _hours(connection: Connection, session: int, wanted: set[int]) -> dict[int, int]:
    """Row ids of the session's hours by number; those that are missing are added."""
    query = select(hours.c.number, hours.c.id).where(hours.c.session == session)
    found = {row.number: row.id for row in connection.execute(query)}
    if missing := wanted - found.keys():
        rows = [{"session": session, "number": number} for number in sorted(missing)]
        connection.execute(insert_new(connection.dialect.name, hours), rows)
        found = {row.number: row.id for row in connection.execute(query)}
    return found


def _row(hour: int, proposal: Proposal, at: datetime) -> dict[str, object]:
    return {
        "hour": hour,
        "student": proposal.student,
        "state": proposal.state.value,
        "sure": proposal.sure,
        "reason": proposal.reason.value,
        "first_seen": proposal.first_seen,
        "last_seen": proposal.last_seen,
        "seen": proposal.seen,
        "looks": proposal.looks,
        "minutes_late": proposal.minutes_late,
        "probability": proposal.probability,
        "proposed_at": at,
    }
