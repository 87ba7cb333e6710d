"""Students a second of a batch of 300 marks, beside 300 single upserts of the same marks on the same database.

The reference is as generous as can be: of each mark the one statement that upserts it, committed by itself, without
the look at the roster, the history, the key and the session's state that a batch has. The statement and its rows are
read off the store.
"""

import statistics
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Engine, event, make_url
from sqlalchemy.pool import PoolProxiedConnection

from bench.databases import mysql, sqlite
from bench.link import delayed_link
from bench.table import Row, more
from server.domain.attendance import Mark, Source, State
from server.domain.ledger import MarkAnswer, MarkRequest
from server.store import RosterLine, Store, open_store

BATCH: Final = 300
ONE_WAY_S: Final = 0.0025
REPEAT: Final = 7
COURSE: Final = "bench-01"
STUDENTS: Final = tuple(f"{number:09d}" for number in range(BATCH))
BY: Final = "bench"
DAY: Final = date(2026, 3, 2)
MOMENT: Final = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def rows() -> Iterator[Row]:
    """The figures. Takes about half a minute."""
    what = f"students a second of a batch of {BATCH}"
    beside = f"reference: {BATCH} single upserts, each committed, of the marks alone"
    with sqlite(1) as (path,):
        yield more(f"{what} on SQLite; {beside}", *rates(path), "/s")
    with mysql(1) as (near,), delayed_link(make_url(near).port or 3306, ONE_WAY_S) as link:
        far = make_url(near).set(port=link.port).render_as_string(hide_password=False)
        way = f"over a link of {2000 * ONE_WAY_S:g} ms there and back"
        yield more(f"{what} on MySQL {way}; {beside}", *rates(far), "/s", 10)


def rates(url: str) -> tuple[float, float]:
    """Students a second of a batch through the store, and of single upserts: medians of runs that take turns."""
    engines: list[Engine] = []
    written: list[tuple[str, Any]] = []

    def watch(connection: Any, _: Any, statement: str, parameters: Any, *_more: Any) -> None:
        engines.append(connection.engine)
        if statement.startswith("INSERT INTO marks"):
            written.append((statement, list(parameters)))

    event.listen(Engine, "before_cursor_execute", watch)
    try:
        with closing(open_store(url, key_file=None)) as store:
            _prepare(store)
            together, singly = [], []
            for run in range(REPEAT):
                together.append(_timed(lambda run=run: _batch(store, run)))
                statement, marks = written[-1]
                with closing(_autocommitting(engines[-1])) as connection:
                    singly.append(_timed(lambda: _one_by_one(connection, statement, marks)))  # noqa: B023
    finally:
        event.remove(Engine, "before_cursor_execute", watch)
    return BATCH / statistics.median(together), BATCH / statistics.median(singly)


def _timed(work: Any) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _prepare(store: Store) -> None:
    """The course and its session with one hour, which a first mark opens."""
    store.health.upgrade()
    roster = [RosterLine(each, f"Student {each}", COURSE) for each in STUDENTS]
    store.rosters.change(roster, at=MOMENT, by="bench", day=MOMENT.date())
    _record(store, STUDENTS[:1], MOMENT, "first")


def _batch(store: Store, run: int) -> None:
    _record(store, STUDENTS, MOMENT + timedelta(minutes=run + 1), f"run {run}")


def _record(store: Store, students: tuple[str, ...], at: datetime, key: str) -> None:
    marks = tuple(Mark(each, COURSE, DAY, 1, State.PRESENT, at, BY, Source.ROLL_CALL) for each in students)
    outcome = store.marks.record([MarkRequest(marks, key, b"digest")], now=at)[0]
    assert isinstance(outcome, MarkAnswer), outcome


def _autocommitting(engine: Engine) -> PoolProxiedConnection:
    """A connection of the driver on which each statement is a transaction."""
    connection = engine.raw_connection()
    if engine.dialect.name == "mysql":
        connection.driver_connection.autocommit(True)  # type: ignore[union-attr]
    return connection


def _one_by_one(connection: PoolProxiedConnection, statement: str, marks: list[Any]) -> None:
    cursor = connection.cursor()
    for each in marks:
        cursor.execute(statement, _by_another(each))


def _by_another(row: Any) -> Any:
    """The row with another name in it: a database does not write what is there already."""
    if isinstance(row, dict):
        return {name: "another" if value == BY else value for name, value in row.items()}
    return tuple("another" if value == BY else value for value in row)
