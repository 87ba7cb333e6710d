"""INSERT that meets a row of the same key: leave it, take over, or take over where the newcomer is later.

Statements in, in the words of each dialect. They are run with a list of rows, which PyMySQL sends as one statement of
many rows as long as VALUES holds nothing but placeholders, split under max_allowed_packet; SQLite steps through them.
"""

from functools import cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Insert,
    Table,
    UniqueConstraint,
    and_,
    case,
    func,
    literal_column,
    or_,
)
from sqlalchemy.dialects import mysql, sqlite
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlalchemy.sql.elements import KeyedColumnElement

from server.domain.attendance import Source
from server.store.database.tables import marks


@cache
def insert_new(dialect: str, table: Table) -> Insert:
    """Insert; a row that is there already stays as it is."""
    if dialect == "mysql":
        return _untouched(mysql.insert(table), table)
    return sqlite.insert(table).on_conflict_do_nothing()


def _untouched(statement: mysql.Insert, table: Table) -> Insert:
    # Not INSERT IGNORE, which would let a missing foreign key and a cut-off text pass in silence.
    first = table.primary_key.columns[0]
    return statement.on_duplicate_key_update({first.name: first})


@cache
def insert_or_replace(dialect: str, table: Table, *changing: str) -> Insert:
    """Insert; of a row that is there already the columns `changing` take the newcomer's values."""
    if dialect == "mysql":
        statement = mysql.insert(table)
        return statement.on_duplicate_key_update([(name, statement.inserted[name]) for name in changing])
    into = sqlite.insert(table)
    return into.on_conflict_do_update(index_elements=_key(table), set_={name: into.excluded[name] for name in changing})


@cache
def insert_or_fill(dialect: str, table: Table, *filling: str) -> Insert:
    """Insert; of a row that is there already, its `filling` that are NULL take the newcomer's values."""
    if dialect == "mysql":
        statement = mysql.insert(table)
        return statement.on_duplicate_key_update(
            [(name, func.coalesce(table.c[name], statement.inserted[name])) for name in filling]
        )
    into = sqlite.insert(table)
    filled = {name: func.coalesce(table.c[name], into.excluded[name]) for name in filling}
    return into.on_conflict_do_update(index_elements=_key(table), set_=filled)


_CAMERA: Final[ColumnElement[str]] = literal_column(f"'{Source.CAMERA.value}'")
_COPIED: Final[ColumnElement[str]] = literal_column(f"'{Source.COPIED.value}'")
"""In the text of the statement: behind VALUES a placeholder would make PyMySQL send row by row."""
_WITH_A_MARK: Final = ("state", "recorded_at", "who", "why", "decided_at", "source")
"""What goes with the decision that stands. MySQL assigns from left to right and later terms see the new values: what
decides comes last. With the newcomer's time in place and the old source, `source` is decided as the others were."""


@cache
def insert_mark(dialect: str) -> Insert:
    """Insert a mark; one that is there is replaced where the newcomer stands over it: domain.attendance.stands_over."""
    if dialect != "mysql":
        into = sqlite.insert(marks)
        return into.on_conflict_do_update(
            index_elements=_key(marks),
            set_={name: into.excluded[name] for name in _WITH_A_MARK},
            where=_stands_over(into.excluded),
        )
    statement = mysql.insert(marks)
    stands = _stands_over(statement.inserted)
    return statement.on_duplicate_key_update(
        [(name, case((stands, statement.inserted[name]), else_=marks.c[name])) for name in _WITH_A_MARK]
    )


def _stands_over(new: ReadOnlyColumnCollection[str, KeyedColumnElement[Any]]) -> ColumnElement[bool]:
    new_weight, old_weight = _weight(new["source"]), _weight(marks.c.source)
    alike = or_(new["decided_at"] >= marks.c.decided_at, new["source"] == _COPIED)
    return or_(new_weight > old_weight, and_(new_weight == old_weight, alike))


def _weight(source: ColumnElement[Any]) -> ColumnElement[Any]:
    return case(
        (source == _COPIED, literal_column("0")), (source == _CAMERA, literal_column("1")), else_=literal_column("2")
    )


def _key(table: Table) -> list[str]:
    """What must not be there twice: the unique constraint of a table whose primary key is only a number, or the key."""
    unique = [each for each in table.constraints if isinstance(each, UniqueConstraint)]
    return [column.name for column in (unique[0] if unique else table.primary_key).columns]
