"""What appeals and requests for absence have in common: one at a time is added, each is answered once."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Select, Table, select, update

from server.store.database.readable import made
from server.store.database.tables import students

M = TypeVar("M")
OPEN = "open"


def wait_for_own(connection: Connection, student: str) -> None:
    """Two that come at once from one student wait for each other."""
    connection.execute(select(students.c.number).where(students.c.number == student).with_for_update())


def of_courses(
    connection: Connection,
    table: Table,
    query: Select[Any],
    make: Callable[[Row[Any]], M],
    courses: Collection[str] | None,
    limit: int,
) -> list[M]:
    """Open ones first by when they came, then the newest of the others; courses: None: of every course."""
    which = [] if courses is None else [table.c.course.in_(sorted(courses))]
    is_open, key = table.c.state == OPEN, table.c.id
    waiting = made(connection, query.where(is_open, *which).order_by(key), make, key)
    others = query.where(~is_open, *which).order_by(key.desc()).limit(limit)
    return [*waiting, *made(connection, others, make, key)][:limit]


def answered(connection: Connection, table: Table, number: int, state: str, answer: str, at: datetime, by: str) -> bool:
    """Keep an answer; False where somebody else has answered it meanwhile."""
    which = (table.c.id == number) & (table.c.state == OPEN)
    said = {"state": state, "answer": answer, "answered_by": by, "answered_at": at}
    return connection.execute(update(table).where(which).values(said)).rowcount > 0
