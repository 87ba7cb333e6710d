"""Read what the ledger needs to know of some marks' sessions, hours and people, in few statements."""

# Writers of the same session come one after the other, because each locks its row first, as a change of its state does.
# So the plain reads that follow see all that was committed before (READ COMMITTED on MySQL, one writer at a time on
# SQLite), the history's old states are right, and no mark slips into a session that is being closed.

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, bindparam, exists, select

from protocol.error_texts import ServerText
from server.domain.attendance import Mark, Source
from server.domain.enrolments import Pair, Span, over_after
from server.domain.ledger import Books, Place, SessionPlace, Standing
from server.domain.sessions import SessionState, state_at
from server.domain.timetable import HOURS_A_DAY
from server.errors import UnreadableRecord
from server.store import rosters
from server.store.database.readable import UNREADABLE, readable
from server.store.database.statements import chunks
from server.store.database.tables import enrolments, hours, marks, sessions
from server.store.enrolments import TERM_ENDS
from server.store.identifiers import is_identifier


def _given(name: str) -> BindParameter[Any]:
    return bindparam(name, expanding=True)


_E, _H, _M, _S = enrolments.c, hours.c, marks.c, sessions.c
_COPIED = exists().where(_M.hour == _H.id, _M.source == Source.COPIED).label("copied")
_LOCK_SESSIONS = (
    select(_S.id.label("session"), _S.course, _S.day, _S.state, _S.closes_at, _H.number, _H.id, _COPIED)
    .join_from(sessions, hours, _H.session == _S.id, isouter=True)
    .where(_S.course.in_(_given("courses")), _S.day.in_(_given("days")))
    .with_for_update()
)
_ENROLMENTS_AND_MARKS = (
    select(_E.course, _E.student, _E.begins, _E.ends, TERM_ENDS, _M.hour, _M.state, _M.decided_at, _M.source)
    .join_from(enrolments, marks, (_M.student == _E.student) & _M.hour.in_(_given("hours")), isouter=True)
    .where(_E.course.in_(_given("courses")), _E.student.in_(_given("students")))
)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Row ids of the sessions and hours that exist; those that are opened are added."""

    sessions: dict[SessionPlace, int] = field(default_factory=dict)
    hours: dict[Place, int] = field(default_factory=dict)


def read_books(connection: Connection, fresh: Sequence[Mark], now: datetime) -> tuple[Numbers, Books]:
    """Lock the sessions of these marks until the transaction ends, and read what stands there and who is enrolled."""
    wanted = [mark for mark in fresh if _may_exist(mark)]
    found = _lock_sessions(connection, {(mark.course, mark.day) for mark in wanted})
    hours_found = {(row.course, row.day, row.number): row for row in found if row.number is not None}
    numbers = Numbers(
        {(row.course, row.day): row.session for row in found}, {place: row.id for place, row in hours_found.items()}
    )
    pairs = {(mark.course, mark.student) for mark in wanted}
    spans, standing = _read_people(connection, pairs, _hours_that_matter(wanted, hours_found))
    strangers = [mark for mark in fresh if (mark.course, mark.student) not in spans]
    return numbers, Books(
        spans,
        frozenset(hours_found),
        standing,
        students=frozenset(rosters.student_names(connection, {mark.student for mark in strangers})),
        courses=rosters.existing_courses(connection, {mark.course for mark in strangers}),
        closed=frozenset((row.course, row.day) for row in found if _is_closed(row, now)),
        copied=frozenset(place for place, row in hours_found.items() if row.copied),
    )


def _hours_that_matter(wanted: Sequence[Mark], found: Mapping[Place, Row[Any]]) -> dict[Place, int]:
    """Those that are marked, those before them, of which a copy is made, and copies, which follow."""
    near = {(mark.course, mark.day, mark.hour - before) for mark in wanted for before in (0, 1)}
    return {place: row.id for place, row in found.items() if place in near or row.copied}


def _may_exist(mark: Mark) -> bool:
    # What no database could hold is in none, and is not asked for.
    return is_identifier(mark.student) and is_identifier(mark.course) and 0 < mark.hour <= HOURS_A_DAY


def _lock_sessions(connection: Connection, wanted: Collection[SessionPlace]) -> list[Row[Any]]:
    """The sessions of these courses and days, a row for each of their hours, or one without an hour.

    Raises UnreadableRecord.
    """
    try:
        return [
            row
            for courses, days in product(chunks({c for c, _ in wanted}), chunks({d for _, d in wanted}))
            for row in connection.execute(_LOCK_SESSIONS, {"courses": courses, "days": days})
            if (row.course, row.day) in wanted
        ]
    except UNREADABLE as error:
        raise UnreadableRecord(ServerText.DATABASE_UNUSABLE) from error


def _is_closed(row: Row[Any], now: datetime) -> bool:
    return state_at(row.state, row.closes_at, now) is SessionState.CLOSED


def _read_people(
    connection: Connection, pairs: Collection[Pair], numbers: dict[Place, int]
) -> tuple[dict[Pair, list[Span]], dict[tuple[Place, str], Standing]]:
    place_by_id = {number: place for place, number in numbers.items()}
    spans: dict[Pair, set[Span]] = {}
    standing: dict[tuple[Place, str], Standing] = {}
    for courses, students in product(chunks({c for c, _ in pairs}), chunks({s for _, s in pairs})):
        lists: dict[str, list[Any]] = {"courses": courses, "students": students, "hours": list(place_by_id)}
        rows = _enrolments_and_marks(connection, lists)
        for course, student, begins, ends, term_ends, hour, state, at, source in rows:
            spans.setdefault((course, student), set()).add(Span(begins, ends, over_after(begins, term_ends)))
            if hour is not None:
                standing[place_by_id[hour], student] = Standing(state, at, source)
    return {pair: list(held) for pair, held in spans.items()}, standing


def _enrolments_and_marks(connection: Connection, lists: Mapping[str, list[Any]]) -> Iterable[Sequence[Any]]:
    try:
        return connection.execute(_ENROLMENTS_AND_MARKS, lists).all()
    except UNREADABLE:
        return _read_apart(connection, lists)


def _read_apart(connection: Connection, lists: Mapping[str, list[Any]]) -> Iterator[Sequence[Any]]:
    """The same where one of them cannot be read: a mark that cannot makes nobody a stranger to the course."""
    enrolled = select(_E.course, _E.student, _E.begins, _E.ends, TERM_ENDS).where(
        _E.course.in_(lists["courses"]), _E.student.in_(lists["students"])
    )
    marked = select(_M.student, _M.hour, _M.state, _M.decided_at, _M.source).where(
        _M.hour.in_(lists["hours"]), _M.student.in_(lists["students"])
    )
    standing: dict[str, list[Sequence[Any]]] = {}
    for student, *mark in readable(connection, marked, _M.hour, _M.student):
        standing.setdefault(student, []).append(mark)
    for span in readable(connection, enrolled, _E.course, _E.student, _E.begins):
        for mark in standing.get(span.student, [(None, None, None, None)]):
            yield (*span, *mark)
