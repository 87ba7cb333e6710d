"""Keep what the camera proposed."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, select

from protocol.error_texts import ServerText
from server.domain.attendance import State
from server.domain.evidence import Proposal
from server.domain.timetable import HOURS_A_DAY
from server.errors import BadRequest, NoSession
from server.store import rosters, templates
from server.store.database.readable import readable
from server.store.database.statements import insert_new, insert_or_replace
from server.store.database.tables import hours, proposals, sessions
from server.store.topic import Topic, reads, writes

_SAID = tuple(column.name for column in proposals.c if not column.primary_key)
# Of a proposal, those that are columns: its hour's row has the number.
_FIELDS = tuple(each.name for each in fields(Proposal) if each.name != "hour")


class ProposalStore(Topic):
    """What the camera proposed, kept when somebody asks."""

    @writes
    def keep(self, connection: Connection, session: int, made: Sequence[Proposal], *, at: datetime) -> None:
        """Keep what the camera proposes, in place of what was kept of the same student and hour.

        NOT_TAKEN says nothing and is not kept, so that pictures which were removed since take no proposal with them.
        Proposals for erased students are left out. Raises NoSession.
        """
        keep_proposals(connection, session, made, at=at)

    @reads
    def of_course(
        self, connection: Connection, course: str, since: date | None, until: date | None
    ) -> dict[tuple[date, int], dict[str, Proposal]]:
        """Those that were kept of these days: (day, hour) -> student -> proposal."""
        query = (
            select(sessions.c.day, hours.c.number.label("hour"), *(proposals.c[name] for name in _FIELDS))
            .join_from(sessions, hours, hours.c.session == sessions.c.id)
            .join(proposals, proposals.c.hour == hours.c.id)
            .where(sessions.c.course == course, *within(since, until))
            .order_by(sessions.c.day, hours.c.number, proposals.c.student)
        )
        found: dict[tuple[date, int], dict[str, Proposal]] = {}
        for row in readable(connection, query, proposals.c.hour, proposals.c.student):
            said = row._asdict()
            key = (said.pop("day"), row.hour)
            found.setdefault(key, {})[row.student] = Proposal(**said)
        return found


def within(since: date | None, until: date | None) -> list[ColumnElement[bool]]:
    """Conditions for sessions of these days, both included; None: any."""
    return [
        *([] if since is None else [sessions.c.day >= since]),
        *([] if until is None else [sessions.c.day <= until]),
    ]


def keep_proposals(connection: Connection, session: int, made: Sequence[Proposal], *, at: datetime) -> None:
    """As ProposalStore.keep, inside a transaction that its caller began."""
    # Whoever discards the session locks this row too: it is gone by now, or stays.
    if connection.scalar(select(sessions.c.id).where(sessions.c.id == session).with_for_update()) is None:
        raise NoSession(ServerText.NO_SESSION, number=session)
    said = [each for each in made if each.state is not State.NOT_TAKEN]
    _require_hours(said)
    rosters.hold_students(connection, {each.student for each in said})
    barred = templates.erased(connection) if said else frozenset()
    kept = [each for each in said if each.student not in barred]
    numbers = _hours(connection, session, {each.hour for each in kept}) if kept else {}
    rows = [{**asdict(each), "hour": numbers[each.hour], "proposed_at": at} for each in kept]
    insert_or_replace(connection, proposals, rows, *_SAID)


def _require_hours(said: Sequence[Proposal]) -> None:
    for each in said:
        if not 1 <= each.hour <= HOURS_A_DAY:
            raise BadRequest(ServerText.NO_SUCH_HOUR, hour=each.hour, most=HOURS_A_DAY)


def _hours(connection: Connection, session: int, wanted: set[int]) -> dict[int, int]:
    """Row ids of the session's hours by number; those that are missing are added."""
    query = select(hours.c.number, hours.c.id).where(hours.c.session == session)
    found = {row.number: row.id for row in connection.execute(query)}
    if missing := wanted - found.keys():
        rows = [{"session": session, "number": number} for number in sorted(missing)]
        insert_new(connection, hours, rows)
        found = {row.number: row.id for row in connection.execute(query)}
    return found
