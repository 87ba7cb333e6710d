"""Many requests to mark in, their outcomes out, in few statements. Runs inside one transaction of its caller.

Writers of the same session come one after the other, because each locks its row first, as a change of its state does.
So the plain reads that follow see all that was committed before (READ COMMITTED on MySQL, one writer at a time on
SQLite), the history's old states are right, and no mark slips into a session that is being closed. Which decision
stands is said in the upsert too.
"""

from collections import ChainMap
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import product
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, insert, select

from server.domain.attendance import Mark, Source, State
from server.domain.enrolments import Span
from server.domain.sessions import SessionState, state_at
from server.store import answers, rosters
from server.store.base import MarkOutcome, MarkRequest
from server.store.database.chunks import chunks
from server.store.database.tables import enrolments, hours, mark_history, marks, sessions
from server.store.database.upserts import insert_mark
from server.store.enrolments import Pair
from server.store.identifiers import is_identifier
from server.store.ledger import HOURS_A_DAY, Books, Ledger, Line, Place, SessionPlace, Standing, place_of
from server.store.session_numbers import numbered

_HOLDS_COPIES = exists().where(marks.c.hour == hours.c.id, marks.c.source == Source.COPIED.value)
_LOCK_SESSIONS = (
    select(
        sessions.c.id.label("session"),
        sessions.c.course,
        sessions.c.day,
        sessions.c.state,
        sessions.c.closes_at,
        hours.c.number,
        hours.c.id,
        _HOLDS_COPIES.label("copied"),
    )
    .join_from(sessions, hours, hours.c.session == sessions.c.id, isouter=True)
    .where(
        sessions.c.course.in_(bindparam("courses", expanding=True)),
        sessions.c.day.in_(bindparam("days", expanding=True)),
    )
    .with_for_update()
)
_ENROLMENTS_AND_MARKS = (
    select(
        enrolments.c.course,
        enrolments.c.student,
        enrolments.c.begins,
        enrolments.c.ends,
        marks.c.hour,
        marks.c.state,
        marks.c.decided_at,
        marks.c.source,
    )
    .join_from(
        enrolments,
        marks,
        (marks.c.student == enrolments.c.student) & marks.c.hour.in_(bindparam("hours", expanding=True)),
        isouter=True,
    )
    .where(
        enrolments.c.course.in_(bindparam("courses", expanding=True)),
        enrolments.c.student.in_(bindparam("students", expanding=True)),
    )
)


def record(connection: Connection, requests: Sequence[MarkRequest], *, now: datetime) -> list[MarkOutcome]:
    """Enter the requests; see Store.record."""
    tokens = {answers.storable_token(request.key) for request in requests}
    answered = answers.find(connection, tokens, now=now)
    fresh = _fresh_marks(requests, answered)
    ledger = Ledger(_read_books(connection, fresh, now), answered, now)
    outcomes = ledger.enter_all(requests)
    opened = _open_hours(connection, ledger, ChainMap(*(dict(request.freezes) for request in requests)), now)
    _write(connection, ledger, {**ledger.books.hours, **opened}, now=now)
    return outcomes


def _fresh_marks(requests: Iterable[MarkRequest], answered: Collection[bytes | None]) -> list[Mark]:
    fresh = (request for request in requests if answers.storable_token(request.key) not in answered)
    return [mark for request in fresh for mark in request.marks]


def _storable(mark: Mark) -> bool:
    """Whether the mark may be asked about: what no database could hold is in none."""
    return is_identifier(mark.student) and is_identifier(mark.course) and 0 < mark.hour <= HOURS_A_DAY


def _read_books(connection: Connection, fresh: Sequence[Mark], now: datetime) -> Books:
    wanted = [mark for mark in fresh if _storable(mark)]
    found = _lock_sessions(connection, {(mark.course, mark.day) for mark in wanted})
    hours_found = {(row.course, row.day, row.number): row for row in found if row.number is not None}
    places = {place: row.id for place, row in hours_found.items()}
    spans, standing = _read_people(connection, {(mark.course, mark.student) for mark in wanted}, places)
    strangers = [mark for mark in fresh if (mark.course, mark.student) not in spans]
    students = frozenset(rosters.names(connection, {mark.student for mark in strangers}))
    courses = rosters.existing_courses(connection, {mark.course for mark in strangers})
    return Books(
        spans,
        places,
        standing,
        students,
        courses,
        sessions={(row.course, row.day): row.session for row in found},
        closed=frozenset((row.course, row.day) for row in found if _is_closed(row, now)),
        copied=frozenset(place for place, row in hours_found.items() if row.copied),
    )


def _lock_sessions(connection: Connection, wanted: Collection[SessionPlace]) -> list[Row[Any]]:
    """The sessions of these courses and days, a row for each of their hours, or one without an hour."""
    return [
        row
        for courses, days in product(chunks({c for c, _ in wanted}), chunks({d for _, d in wanted}))
        for row in connection.execute(_LOCK_SESSIONS, {"courses": courses, "days": days})
        if (row.course, row.day) in wanted
    ]


def _is_closed(row: Row[Any], now: datetime) -> bool:
    return state_at(SessionState(row.state), row.closes_at, now) is SessionState.CLOSED


def _read_people(
    connection: Connection, pairs: Collection[Pair], places: dict[Place, int]
) -> tuple[dict[Pair, list[Span]], dict[tuple[Place, str], Standing]]:
    place_by_id = {number: place for place, number in places.items()}
    spans: dict[Pair, set[Span]] = {}
    standing: dict[tuple[Place, str], Standing] = {}
    for courses, students in product(chunks({c for c, _ in pairs}), chunks({s for _, s in pairs})):
        lists = {"courses": courses, "students": students, "hours": list(place_by_id)}
        rows = connection.execute(_ENROLMENTS_AND_MARKS, lists)
        for course, student, begins, ends, hour, state, at, source in rows:
            spans.setdefault((course, student), set()).add(Span(begins, ends))
            if hour is not None:
                standing[place_by_id[hour], student] = Standing(State(state), at, Source(source))
    return {pair: list(held) for pair, held in spans.items()}, standing


def _open_hours(
    connection: Connection, ledger: Ledger, freezes: Mapping[SessionPlace, datetime], now: datetime
) -> dict[Place, int]:
    """Open the hours that have entries and no row yet; their row ids.

    Another server that opens one at this moment makes the insert fail, and the next try finds its row, and its marks.
    """
    places, dialect = ledger.missing_hours(), connection.dialect.name
    opened_by = {(mark.course, mark.day): mark.by for (place, _), mark in ledger.final.items() if place in places}
    numbers = {**ledger.books.sessions}
    for (course, day), by in sorted(opened_by.items()):
        if (course, day) not in numbers:
            row = {
                "course": course,
                "day": day,
                "closes_at": freezes.get((course, day)),
                "opened_at": now,
                "opened_by": by,
            }
            numbers[course, day] = connection.execute(numbered(insert(sessions), row, dialect)).lastrowid
    return {
        (course, day, hour): connection.execute(
            insert(hours), {"session": numbers[course, day], "number": hour}
        ).lastrowid
        for course, day, hour in places
    }


def _write(connection: Connection, ledger: Ledger, ids: Mapping[Place, int], *, now: datetime) -> None:
    final = sorted((ids[place], student, mark) for (place, student), mark in ledger.final.items())
    if final:
        rows = [_mark_row(hour, mark, now) for hour, _, mark in final]
        connection.execute(insert_mark(connection.dialect.name), rows)
    if ledger.history:
        connection.execute(insert(mark_history), [_history_row(ids, line, now) for line in ledger.history])
    answers.keep(connection, ledger.new_answers.items(), now=now)


def _mark_row(hour: int, mark: Mark, now: datetime) -> dict[str, object]:
    return {
        "hour": hour,
        "student": mark.student,
        "state": mark.state.value,
        "decided_at": mark.at,
        "recorded_at": now,
        "who": mark.by,
        "why": mark.why,
        "source": mark.source.value,
    }


def _history_row(ids: Mapping[Place, int], line: Line, now: datetime) -> dict[str, object]:
    mark = line.mark
    return {
        "hour": ids[place_of(mark)],
        "student": mark.student,
        "old_state": line.old_state and line.old_state.value,
        "new_state": mark.state.value,
        "stood": line.stood,
        "decided_at": mark.at,
        "recorded_at": now,
        "who": mark.by,
        "why": mark.why,
        "source": mark.source.value,
    }
