"""Many requests to mark in, their outcomes out, in few statements. Runs inside one transaction of its caller.

Writers of the same hour come one after the other, because each locks the row of the hour first. So the plain reads
that follow see all that was committed before (READ COMMITTED on MySQL, one writer at a time on SQLite), and the
history's old states are right. That the later decision stands is said in the upsert too.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import product

from sqlalchemy import Connection, bindparam, insert, select, tuple_

from server.domain.attendance import Mark, Source, State
from server.store import answers, rosters
from server.store.base import MarkOutcome, MarkRequest
from server.store.chunks import chunks
from server.store.identifiers import is_identifier
from server.store.ledger import HOURS_A_DAY, Books, Ledger, Line, Place, Standing, place_of
from server.store.rosters import Pair, Span
from server.store.tables import enrolments, hours, mark_history, marks, sessions
from server.store.upserts import insert_new, insert_new_from, insert_or_keep_later

_LOCK_HOURS = (
    select(sessions.c.course, sessions.c.day, hours.c.number, hours.c.id)
    .join(sessions, hours.c.session == sessions.c.id)
    .where(
        sessions.c.course.in_(bindparam("courses", expanding=True)),
        sessions.c.day.in_(bindparam("days", expanding=True)),
        hours.c.number.in_(bindparam("numbers", expanding=True)),
    )
    .with_for_update()
)
_ENROLMENTS_AND_MARKS = (
    select(
        enrolments.c.course, enrolments.c.student, enrolments.c.begins, enrolments.c.ends,
        marks.c.hour, marks.c.state, marks.c.decided_at, marks.c.source,
    )
    .join_from(
        enrolments, marks,
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
    ledger = Ledger(_read_books(connection, fresh), answered)
    outcomes = ledger.enter_all(requests)
    if missing := ledger.missing_hours():
        _open_hours(connection, missing)
        # Another server may have opened them first, and marked: only now are they locked.
        ledger = Ledger(_read_books(connection, fresh), answered)
        outcomes = ledger.enter_all(requests)
    _write(connection, ledger, now=now)
    return outcomes


def _fresh_marks(requests: Iterable[MarkRequest], answered: Collection[bytes | None]) -> list[Mark]:
    fresh = (request for request in requests if answers.storable_token(request.key) not in answered)
    return [mark for request in fresh for mark in request.marks]


def _storable(mark: Mark) -> bool:
    """Whether the mark may be asked about: what no database could hold is in none."""
    return is_identifier(mark.student) and is_identifier(mark.course) and 0 < mark.hour <= HOURS_A_DAY


def _read_books(connection: Connection, fresh: Sequence[Mark]) -> Books:
    wanted = [mark for mark in fresh if _storable(mark)]
    places = _lock_hours(connection, {place_of(mark) for mark in wanted})
    spans, standing = _read_people(connection, {(mark.course, mark.student) for mark in wanted}, places)
    strangers = [mark for mark in fresh if (mark.course, mark.student) not in spans]
    students = frozenset(rosters.names(connection, {mark.student for mark in strangers}))
    courses = rosters.existing_courses(connection, {mark.course for mark in strangers})
    return Books(spans, places, standing, students, courses)


def _lock_hours(connection: Connection, wanted: Collection[Place]) -> dict[Place, int]:
    found: dict[Place, int] = {}
    numbers = sorted({number for _, _, number in wanted})
    for courses, days in product(chunks({c for c, _, _ in wanted}), chunks({d for _, d, _ in wanted})):
        rows = connection.execute(_LOCK_HOURS, {"courses": courses, "days": days, "numbers": numbers})
        found |= {(row.course, row.day, row.number): row.id for row in rows}
    return {place: found[place] for place in wanted if place in found}


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


def _open_hours(connection: Connection, places: Collection[Place]) -> None:
    dialect = connection.dialect.name
    days = sorted({(course, day) for course, day, _ in places})
    connection.execute(insert_new(dialect, sessions), [{"course": course, "day": day} for course, day in days])
    for number in sorted({number for _, _, number in places}):
        for piece in chunks([(course, day) for course, day, wanted in places if wanted == number]):
            rows = select(sessions.c.id, bindparam("number", number, hours.c.number.type))
            rows = rows.where(tuple_(sessions.c.course, sessions.c.day).in_(piece))
            connection.execute(insert_new_from(dialect, hours, ["session", "number"], rows))


def _write(connection: Connection, ledger: Ledger, *, now: datetime) -> None:
    ids = ledger.books.hours
    final = sorted((ids[place], student, mark) for (place, student), mark in ledger.final.items())
    if final:
        upsert = insert_or_keep_later(connection.dialect.name, marks, marks.c.decided_at, *_FOLLOWING)
        connection.execute(upsert, [_mark_row(hour, mark, now) for hour, _, mark in final])
    if ledger.history:
        connection.execute(insert(mark_history), [_history_row(ids, line, now) for line in ledger.history])
    answers.keep(connection, ledger.new_answers.items(), now=now)


_FOLLOWING = ("state", "recorded_at", "who", "source")
"""Columns of a mark that go with the decision that stands."""


def _mark_row(hour: int, mark: Mark, now: datetime) -> dict[str, object]:
    return {
        "hour": hour, "student": mark.student, "state": mark.state.value, "decided_at": mark.at, "recorded_at": now,
        "who": mark.by, "source": mark.source.value,
    }


def _history_row(ids: Mapping[Place, int], line: Line, now: datetime) -> dict[str, object]:
    mark = line.mark
    return {
        "hour": ids[place_of(mark)], "student": mark.student, "old_state": line.old_state and line.old_state.value,
        "new_state": mark.state.value, "stood": line.stood, "decided_at": mark.at, "recorded_at": now,
        "who": mark.by, "source": mark.source.value,
    }
