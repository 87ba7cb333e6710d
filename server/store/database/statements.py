"""Say in each dialect's words what an INSERT does to a row that is there, and cut long lists into pieces."""

# INSERTs are run with a list of rows, which PyMySQL sends as one statement of many rows as long as VALUES holds nothing
# but placeholders, split under max_allowed_packet; SQLite steps through them.

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Connection, Insert, Table, UniqueConstraint, func
from sqlalchemy.dialects import mysql, sqlite

# Values of one IN (...): SQLite takes 32766 parameters a statement (sqlite.org/limits.html, 3.32 and later).
LONGEST_LIST: Final = 5000

T = TypeVar("T")
Rows = Sequence[Mapping[str, Any]]  # none: nothing is done


def chunks(values: Collection[T]) -> Iterator[list[T]]:
    """The values in lists of at most LONGEST_LIST."""
    rest = iter(values)
    while piece := list(islice(rest, LONGEST_LIST)):
        yield piece


def insert_new(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert; a row that is there stays as it is."""
    if rows:
        connection.execute(_insert_new(connection.dialect.name, table), rows)


def insert_or_replace(connection: Connection, table: Table, rows: Rows, *changing: str) -> None:
    """Insert; of a row that is there the columns `changing` take the newcomer's values."""
    if rows:
        connection.execute(_insert_or_replace(connection.dialect.name, table, *changing), rows)


@cache
def _insert_new(dialect: str, table: Table) -> Insert:
    if dialect == "mysql":
        # Not INSERT IGNORE, which would let a missing foreign key and a cut-off text pass in silence.
        first = table.primary_key.columns[0]
        return mysql.insert(table).on_duplicate_key_update({first.name: first})
    return sqlite.insert(table).on_conflict_do_nothing()


@cache
def _insert_or_replace(dialect: str, table: Table, *changing: str) -> Insert:
    return _insert_or_change(dialect, table, changing, lambda _, new: new)


@cache
def insert_or_fill(dialect: str, table: Table, *filling: str) -> Insert:
    """Insert; of a row that is there, its `filling` that are NULL do."""
    return _insert_or_change(dialect, table, filling, func.coalesce)


def _insert_or_change(
    dialect: str, table: Table, names: Sequence[str], changed: Callable[[Any, Any], ColumnElement[Any]]
) -> Insert:
    """changed: of a column's value there and the newcomer's, what it becomes."""
    if dialect == "mysql":
        statement = mysql.insert(table)
        new = statement.inserted
        return statement.on_duplicate_key_update([(name, changed(table.c[name], new[name])) for name in names])
    into = sqlite.insert(table)
    values = {name: changed(table.c[name], into.excluded[name]) for name in names}
    return into.on_conflict_do_update(index_elements=_key(table), set_=values)


def _key(table: Table) -> list[str]:
    # The unique constraint of a table whose primary key is only a number, or the key.
    unique = [each for each in table.constraints if isinstance(each, UniqueConstraint)]
    return [column.name for column in (unique[0] if unique else table.primary_key).columns]
