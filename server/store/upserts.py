"""INSERT that meets a row of the same key: leave it, take over, or take over where the newcomer is later.

Statements in, in the words of each dialect. They are run with a list of rows, which PyMySQL sends as one statement of
many rows as long as VALUES holds nothing but placeholders, split under max_allowed_packet; SQLite steps through them.
"""

from functools import cache

from sqlalchemy import Column, Insert, Select, Table, UniqueConstraint, case
from sqlalchemy.dialects import mysql, sqlite


@cache
def insert_new(dialect: str, table: Table) -> Insert:
    """Insert; a row that is there already stays as it is."""
    if dialect == "mysql":
        return _untouched(mysql.insert(table), table)
    return sqlite.insert(table).on_conflict_do_nothing()


def insert_new_from(dialect: str, table: Table, columns: list[str], rows: "Select[tuple[object, ...]]") -> Insert:
    """Insert what a SELECT gives; rows that are there already stay as they are."""
    if dialect == "mysql":
        return _untouched(mysql.insert(table).from_select(columns, rows), table)
    return sqlite.insert(table).from_select(columns, rows).on_conflict_do_nothing()


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
def insert_or_keep_later(dialect: str, table: Table, moment: "Column[object]", *changing: str) -> Insert:
    """Insert; a row that is there is replaced unless its `moment` is later: at a tie the newcomer stands."""
    if dialect != "mysql":
        into = sqlite.insert(table)
        return into.on_conflict_do_update(
            index_elements=_key(table),
            set_={name: into.excluded[name] for name in (*changing, moment.name)},
            where=into.excluded[moment.name] >= moment,
        )
    statement = mysql.insert(table)
    later = statement.inserted[moment.name] >= moment
    # MySQL assigns from left to right and later terms see the new values: the moment, which decides, comes last.
    return statement.on_duplicate_key_update(
        [(name, case((later, statement.inserted[name]), else_=table.c[name])) for name in (*changing, moment.name)]
    )


def _key(table: Table) -> list[str]:
    """What must not be there twice: the unique constraint of a table whose primary key is only a number, or the key."""
    unique = [each for each in table.constraints if isinstance(each, UniqueConstraint)]
    return [column.name for column in (unique[0] if unique else table.primary_key).columns]
