"""Read the rows that can be read, and leave out those that cannot: one bad record is one bad record."""

# What is stored may be damaged by a disk, by memory or by a hand. Rows are read together as long as all can be; only
# where one cannot they are read singly.

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeVar

import msgspec
from sqlalchemy import (
    Cast,
    Column,
    ColumnElement,
    Connection,
    LargeBinary,
    Row,
    Select,
    String,
    Table,
    cast,
    type_coerce,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import Date, DateTime, NullType, TypeDecorator

from server.store.database.failures import is_undecodable

# What the types of columns, and readers of what is in them, raise for a damaged value.
UNREADABLE: Final = (ValueError, TypeError, LookupError, AttributeError, OverflowError, msgspec.MsgspecError)
# Keys of records that were told; more are told again.
MOST_TOLD: Final = 10_000
# Columns whose value names a person.
_NAMES_A_PERSON: Final = frozenset({"student", "number", "name", "who", "token"})

log = logging.getLogger(__name__)
M = TypeVar("M")

_told: set[str] = set()
_telling = threading.Lock()


def readable(connection: Connection, query: Select[Any], *key: Column[Any]) -> list[Any]:
    """The query's rows, in its order, without those that cannot be read. key: the columns that tell records apart.

    Rows with the same key are one record. What was left out is logged by its key, once.
    """
    try:
        return list(connection.execute(query).all())
    except (*UNREADABLE, DBAPIError) as error:
        _require_damage(error)
    return [row for values in keys_of(connection, query, key) for row in _rows_of(connection, query, key, values)]


def made(connection: Connection, query: Select[Any], make: Callable[[Row[Any]], M], *key: Column[Any]) -> list[M]:
    """What `make` makes of each of the readable rows; what it can make nothing of is left out likewise.

    The query selects the columns of the key.
    """
    found = []
    for row in readable(connection, query, *key):
        try:
            found.append(make(row))
        except UNREADABLE:
            tell(key[0].table.name, record_name(key, [row._mapping[column] for column in key]))
    return found


def keys_of(connection: Connection, query: Select[Any], key: Sequence[Column[Any]]) -> list[tuple[Any, ...]]:
    """The keys of the query's records as the database has them, in its order."""
    dialect = connection.dialect.name
    raw = [raw_value(column, dialect).label(f"key_{place}") for place, column in enumerate(key)]
    found = connection.execute(query.with_only_columns(*raw, maintain_column_froms=True))
    return list(dict.fromkeys(tuple(row) for row in found))


def _rows_of(
    connection: Connection, query: Select[Any], key: Sequence[Column[Any]], values: tuple[Any, ...]
) -> list[Row[Any]]:
    try:
        return list(connection.execute(query.where(*has_key(connection, key, values))).all())
    except (*UNREADABLE, DBAPIError) as error:
        _require_damage(error)
    tell(key[0].table.name, record_name(key, values))
    return []


def has_key(connection: Connection, key: Sequence[Column[Any]], values: Sequence[Any]) -> Iterator[ColumnElement[bool]]:
    """The conditions that a row has this key, as `keys_of` gave it."""
    for column, value in zip(key, values, strict=True):
        raw, same = comparable(column, value, connection.dialect.name)
        yield raw.is_(None) if same is None else raw == same


def comparable(column: Column[Any], value: Any, dialect: str) -> tuple[ColumnElement[Any], Any]:
    """The column and a value of it as `keys_of` gave it, for a comparison by its index where the value is text."""
    raw = raw_value(column, dialect)
    if isinstance(value, bytes) and isinstance(raw, Cast):
        with contextlib.suppress(UnicodeDecodeError):
            return type_coerce(column, NullType()), value.decode()
    return raw, value


def raw_value(column: Column[Any], dialect: str) -> ColumnElement[Any]:
    """The column's value as the database keeps it, of text on SQLite the bytes, which need be no text."""
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    if dialect == "sqlite" and isinstance(kind, String | Date | DateTime):
        return cast(type_coerce(column, NullType()), LargeBinary)
    return type_coerce(column, NullType())


def record_name(key: Sequence[Column[Any]], values: Sequence[Any]) -> str:
    """A record's key without what names a person: the log shows it."""
    shown = [
        value.decode(errors="replace") if isinstance(value, bytes) else str(value)
        for column, value in zip(key, values, strict=True)
        if column.name not in _NAMES_A_PERSON
    ]
    return " ".join(shown) or "one"


def tell(table: str, name: str) -> None:
    """Log once that a record is left out."""
    told = f"{table} {name}"
    with _telling:
        if told in _told:
            return
        if len(_told) >= MOST_TOLD:
            _told.clear()
        _told.add(told)
    log.warning("a record cannot be read and is left out: %s; `doctor` lists them, and says what to do", told)


def primary_key(table: Table) -> tuple[Column[Any], ...]:
    return tuple(table.primary_key.columns)


def _require_damage(error: Exception) -> None:
    """Raise what is no damage of a record."""
    if isinstance(error, DBAPIError) and not is_undecodable(error):
        raise error
