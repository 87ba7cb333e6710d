"""Keep sessions with their hours and states."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Insert, Row, and_, delete, exists, func, insert, or_, select, update

from protocol.error_texts import ServerText
from server.counted import counted
from server.domain.calendar import CLASS_YEARS
from server.domain.evidence import Proposal
from server.domain.sessions import SessionState, allowed, stays
from server.domain.timetable import HOURS_A_DAY, PlannedHour
from server.errors import BadRequest, NoSession, UnreadableRecord
from server.store import access_log, answers, rosters
from server.store.database.columns import ORIGIN_LENGTH, REASON_LENGTH, WHO_LENGTH
from server.store.database.readable import readable
from server.store.database.statements import insert_or_fill, insert_or_replace
from server.store.database.tables import (
    counters,
    hours,
    mark_history,
    marks,
    pictures,
    proposals,
    session_history,
    sessions,
)
from server.store.identifiers import require_text
from server.store.proposals import keep_proposals, within
from server.store.submissions import remove_heads
from server.store.topic import Topic, reads, writes
from server.store.values import Once, Session, SessionChange

_SESSIONS = select(sessions, hours.c.number, hours.c.starts_at, hours.c.ends_at).join_from(
    sessions, hours, hours.c.session == sessions.c.id, isouter=True
)
_BY_DAY = (sessions.c.day.desc(), sessions.c.course, sessions.c.id, hours.c.number)
_DISCARDED: Final = "highest_discarded_session"
_HIGHEST_DISCARDED: Final = select(counters.c.value).where(counters.c.name == _DISCARDED)


class SessionStore(Topic):
    """Sessions with their hours and states. Whoever writes to one, its marks or proposals, locks its row first."""

    @writes
    def open(
        self,
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
        """The course's session of that day, made a draft where there is none, with these hours and times too.

        Raises UnknownCourse.
        """
        _require_openable(day, planned, by)
        rosters.require_course(connection, course)
        statement = insert_or_fill(connection.dialect.name, sessions, "closes_at")
        row = {"course": course, "day": day, "closes_at": closes_at, "makeup": makeup, "opened_at": at, "opened_by": by}
        connection.execute(numbered(statement, row, connection.dialect.name))
        session = _one(connection, sessions.c.course == course, sessions.c.day == day)
        if makeup and not session.makeup:
            connection.execute(update(sessions).where(sessions.c.id == session.id).values(makeup=True))
        _add_hours(connection, session.id, planned)
        return _one(connection, sessions.c.id == session.id)

    @writes
    def hold(self, connection: Connection, number: int) -> Session:
        """The session, which nobody else changes before this transaction ends. Raises NoSession."""
        return _locked(connection, number)

    @writes
    def add_hours(self, connection: Connection, number: int, planned: Sequence[PlannedHour]) -> Session:
        """The session with these hours too, and the times that its own lack. Raises NoSession."""
        session = _locked(connection, number)
        _require_openable(session.day, planned, session.opened_by)
        _add_hours(connection, number, planned)
        return _one(connection, sessions.c.id == number)

    @reads
    def get(self, connection: Connection, number: int) -> Session:
        """The session. Raises NoSession."""
        return _one(connection, sessions.c.id == number, number=number)

    @reads
    def on_day(self, connection: Connection, course: str, day: date) -> Session | None:
        """The course's session of that day. Raises UnreadableRecord."""
        which = (sessions.c.course == course, sessions.c.day == day)
        found = _read(connection, *which)
        if not found:
            _require_none(connection, *which)
        return found[0] if found else None

    @reads
    def listed(
        self, connection: Connection, course: str | None, since: date | None, until: date | None
    ) -> list[Session]:
        """Sessions of these days, newest first; None: of every course, of any day."""
        return sessions_within(connection, course, since, until)

    @reads
    def page(
        self,
        connection: Connection,
        course: str | None,
        since: date | None,
        until: date | None,
        *,
        courses: Collection[str] | None = None,
        behind: tuple[date, str] | None = None,
        limit: int,
    ) -> list[Session]:
        """At most so many of `listed`. courses: of these alone. behind: day and course of the last one before."""
        which = [*([] if course is None else [sessions.c.course == course]), *within(since, until)]
        if courses is not None:
            which.append(sessions.c.course.in_(sorted(courses)))
        if behind is not None:
            day, last = behind
            which.append(or_(sessions.c.day < day, and_(sessions.c.day == day, sessions.c.course > last)))
        query = select(sessions.c.id).where(*which).order_by(sessions.c.day.desc(), sessions.c.course)
        numbers = connection.scalars(query.limit(limit)).all()
        return _read(connection, sessions.c.id.in_(numbers)) if numbers else []

    @reads
    def drafts_with_pictures(self, connection: Connection, *, before: date) -> list[Session]:
        """Drafts of the days before that one of which there are pictures still, newest first."""
        taken = exists().where(pictures.c.course == sessions.c.course, pictures.c.day == sessions.c.day)
        return _read(connection, sessions.c.state == SessionState.DRAFT, sessions.c.day < before, taken)

    @writes
    def set_state(
        self,
        connection: Connection,
        number: int,
        new: SessionState,
        *,
        at: datetime,
        by: str,
        why: str,
        origin: str = "",
        proposals: Sequence[Proposal] = (),
        once: Once | None = None,
    ) -> Session:
        """Change the state, which leaves a line of history, and keep the proposals; the session as it then stands.

        Nothing is done where that changes nothing (domain.sessions.stays) or `once` was done before. Raises NoSession,
        and BadRequest for a step that is not allowed from the state that stands by then, and for a key that was used
        for other content.
        """
        require_text(by, WHO_LENGTH, "name of who changes the session")
        require_text(why, REASON_LENGTH, "reason of a change")
        session = _locked(connection, number)
        if once and answers.was_done(connection, once):
            return session
        if once:
            answers.keep_done(connection, once)
        if stays(session.state, session.changed_at, new, at):
            return session
        # Asked again under the lock: since the caller looked, somebody else may have changed it.
        if not allowed(session.state, new):
            raise BadRequest(ServerText.CHANGED_MEANWHILE, number=number, state=session.state, new=new)
        changed = {"state": new, "changed_at": at, "changed_by": by}
        connection.execute(update(sessions).where(sessions.c.id == number).values(changed))
        line = {"session": number, "old_state": session.state, "new_state": new, "changed_at": at}
        connection.execute(insert(session_history), [{**line, "who": by, "why": why, "origin": origin[:ORIGIN_LENGTH]}])
        keep_proposals(connection, number, proposals, at=at)
        return _one(connection, sessions.c.id == number)

    @reads
    def changes(self, connection: Connection, number: int) -> list[SessionChange]:
        """The changes of the session's state, in their order."""
        table = session_history.c
        query = select(table.old_state, table.new_state, table.changed_at, table.who, table.why, table.origin)
        query = query.where(table.session == number).order_by(table.id)
        return [SessionChange(*row) for row in readable(connection, query, table.id)]

    @writes
    def discard(self, connection: Connection, number: int, *, at: datetime, by: str, why: str) -> Session:
        """Remove a session that was opened by mistake, with its hours and the history of its state; what it was.

        Raises NoSession, and BadRequest where it holds a mark, a decision about one, a proposal or a picture.
        """
        require_text(why, REASON_LENGTH, "reason of a discard")
        session = _locked(connection, number)
        if held := list(_held(connection, session)):
            raise BadRequest(
                f"Session {number} of course {session.course!r} on {session.day} holds {', '.join(held)}: only one "
                f"that holds nothing can be discarded. End it by `session close {number}`, or let its marks be "
                "corrected."
            )
        connection.execute(delete(session_history).where(session_history.c.session == number))
        remove_heads(connection, number)
        connection.execute(delete(hours).where(hours.c.session == number))
        connection.execute(delete(sessions).where(sessions.c.id == number))
        _remember_discarded(connection, number)
        access_log.write(connection, at, by, "discard_session", detail=f"course {session.course}, {session.day}: {why}")
        return session


def sessions_within(
    connection: Connection, course: str | None, since: date | None, until: date | None
) -> list[Session]:
    """As SessionStore.listed, inside a transaction that its caller began."""
    of_course = [] if course is None else [sessions.c.course == course]
    return _read(connection, *of_course, *within(since, until))


def _locked(connection: Connection, number: int) -> Session:
    """The session, whose row is ours until the transaction ends. Raises NoSession."""
    connection.execute(select(sessions.c.id).where(sessions.c.id == number).with_for_update())
    return _one(connection, sessions.c.id == number, number=number)


def _require_openable(day: date, planned: Iterable[PlannedHour], by: str) -> None:
    require_text(by, WHO_LENGTH, "name of who opens the session")
    if day.year not in CLASS_YEARS:
        raise BadRequest(ServerText.NO_DAY_OF_CLASS, day=day)
    for each in planned:
        if not 1 <= each.number <= HOURS_A_DAY:
            raise BadRequest(ServerText.NO_SUCH_HOUR, hour=each.number, most=HOURS_A_DAY)


def _add_hours(connection: Connection, number: int, planned: Sequence[PlannedHour]) -> None:
    rows = [
        {"session": number, "number": each.number, "starts_at": each.starts, "ends_at": each.ends} for each in planned
    ]
    if rows:
        connection.execute(insert_or_fill(connection.dialect.name, hours, "starts_at", "ends_at"), rows)


def _one(connection: Connection, *which: ColumnElement[bool], number: int = 0) -> Session:
    """Raises NoSession, and UnreadableRecord."""
    found = _read(connection, *which)
    if not found:
        _require_none(connection, *which)
        raise NoSession(ServerText.NO_SESSION, number=number)
    return found[0]


def _require_none(connection: Connection, *which: ColumnElement[bool]) -> None:
    """Raise UnreadableRecord where there is one that was left out: what comes for it is not to be refused for good."""
    if connection.scalar(select(sessions.c.id).where(*which).limit(1)) is not None:
        raise UnreadableRecord(ServerText.DATABASE_UNUSABLE)


def _read(connection: Connection, *which: ColumnElement[bool]) -> list[Session]:
    rows = readable(connection, _SESSIONS.where(*which).order_by(*_BY_DAY), sessions.c.id)
    return [_session(list(group)) for _, group in groupby(rows, key=lambda row: row.id)]


def _session(rows: Sequence[Row[Any]]) -> Session:
    first = rows[0]
    planned = (PlannedHour(row.number, row.starts_at, row.ends_at) for row in rows if row.number is not None)
    return Session(hours=tuple(planned), **{column.name: first._mapping[column] for column in sessions.c})


def _held(connection: Connection, session: Session) -> Iterator[str]:
    """What would be lost with the session: `3 marks`, `4 decisions` (of the marks' history), `1 picture`."""
    for noun, rows in (("mark", marks), ("decision", mark_history), ("proposal", proposals)):
        query = select(func.count()).select_from(rows).join(hours, rows.c.hour == hours.c.id)
        if count := connection.scalar(query.where(hours.c.session == session.id)):
            yield counted(count, noun)
    taken = select(func.count()).where(pictures.c.course == session.course, pictures.c.day == session.day)
    if count := connection.scalar(taken):
        yield counted(count, "picture")


def numbered(statement: Insert, row: Mapping[str, object], dialect: str) -> Insert:
    """The statement with the row of a new session, whose number none has had, not even one that was discarded."""
    # MySQL keeps its own count. SQLite would give the number of the newest row again once that row is gone.
    if dialect != "sqlite":
        return statement.values(**row)
    newest = func.coalesce(select(func.max(sessions.c.id)).scalar_subquery(), 0)
    discarded = func.coalesce(_HIGHEST_DISCARDED.scalar_subquery(), 0)
    return statement.values(**row, id=func.max(newest, discarded) + 1)


def _remember_discarded(connection: Connection, number: int) -> None:
    """Give this session's number to no other."""
    row = {"name": _DISCARDED, "value": max(number, connection.scalar(_HIGHEST_DISCARDED) or 0)}
    insert_or_replace(connection, counters, [row], "value")
