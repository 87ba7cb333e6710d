"""Say in each dialect's words what an INSERT does to a row that is there, and cut long lists into pieces."""

# INSERTs are run with a list of rows, which PyMySQL sends as one statement of many rows as long as VALUES holds nothing
# but placeholders, split under max_allowed_packet; SQLite steps through them.

from collections.abc import Collection, Iterator
from functools import cache
from itertools import islice
from typing import Final, TypeVar

from sqlalchemy import Insert, Table, UniqueConstraint, func
from sqlalchemy.dialects import mysql, sqlite

# Values of one IN (...): SQLite takes 32766 parameters a statement (sqlite.org/limits.html, 3.32 and later).
LONGEST_LIST: Final = 5000

T = TypeVar("T")


def chunks(values: Collection[T]) -> Iterator[list[T]]:
    """The values in lists of at most LONGEST_LIST."""
    rest = iter(values)
    while piece := list(islice(rest, LONGEST_LIST)):
        yield piece


@cache
def insert_new(dialect: str, table: Table) -> Insert:
    """Insert; a row that is there stays as it is."""
    if dialect == "mysql":
        return _untouched(mysql.insert(table), table)
    return sqlite.insert(table).on_conflict_do_nothing()


def _untouched(statement: mysql.Insert, table: Table) -> Insert:
    # Not INSERT IGNORE, which would let a missing foreign key and a cut-off text pass in silence.
    first = table.primary_key.columns[0]
    return statement.on_duplicate_key_update({first.name: first})


@cache
def insert_or_replace(dialect: str, table: Table, *changing: str) -> Insert:
    """Insert; of a row that is there the columns `changing` take the newcomer's values."""
    if dialect == "mysql":
        statement = mysql.insert(table)
        return statement.on_duplicate_key_update([(name, statement.inserted[name]) for name in changing])
    into = sqlite.insert(table)
    return into.on_conflict_do_update(index_elements=_key(table), set_={name: into.excluded[name] for name in changing})


@cache
def insert_or_fill(dialect: str, table: Table, *filling: str) -> Insert:
    """Insert; of a row that is there, its `filling` that are NULL do."""
    if dialect == "mysql":
        statement = mysql.insert(table)
        return statement.on_duplicate_key_update(
            [(name, func.coalesce(table.c[name], statement.inserted[name])) for name in filling]
        )
    into = sqlite.insert(table)
    filled = {name: func.coalesce(table.c[name], into.excluded[name]) for name in filling}
    return into.on_conflict_do_update(index_elements=_key(table), set_=filled)


def _key(table: Table) -> list[str]:
    # The unique constraint of a table whose primary key is only a number, or the key.
    unique = [each for each in table.constraints if isinstance(each, UniqueConstraint)]
    return [column.name for column in (unique[0] if unique else table.primary_key).columns]
