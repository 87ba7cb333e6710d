"""Find the records that cannot be read, and set them aside: kept, sealed, out of the way of those that can."""

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

import msgspec
from sqlalchemy import Column, Connection, Row, Table, delete, insert, select
from sqlalchemy.exc import DBAPIError

from server.store import access_log, templates
from server.store.answers import UNREADABLE_KEY, decode_answer
from server.store.database import tables
from server.store.database.cipher import Cipher, WrongKey
from server.store.database.columns import RECORD_LENGTH
from server.store.database.failures import is_undecodable
from server.store.database.key_room import KeyRoom
from server.store.database.readable import UNREADABLE, comparable, has_key, keys_of, primary_key, raw_value, record_name
from server.store.pictures import open_sighting
from server.store.templates import open_template
from server.store.topic import Topic, Transactions, reads, writes
from server.store.values import RecordedPicture

# What can be done without until somebody brings it back. Others hold what everything refers to, who may do what, or
# what may only grow: they are named, and somebody mends them.
MAY_GO: Final = frozenset(
    {tables.templates, tables.photo_verdicts, tables.calibrations, tables.idempotency_keys, tables.enrolments}
    | {tables.pictures, tables.sightings, tables.proposals, tables.holidays, tables.makeups}
    | {tables.sessions, tables.session_history, tables.hours, tables.marks, tables.mark_history}
)
# Rows that are read together as long as each of them can be.
_TOGETHER: Final = 500

Check = Callable[[Row[Any]], object]  # raises WrongKey, or one of UNREADABLE


@dataclass(frozen=True, slots=True)
class UnreadableRecord:
    """key: as the database has it."""

    table: str
    key: tuple[Any, ...]
    name: str  # the key without what names a person
    may_be_set_aside: bool


class RecordStore(Topic):
    """Records of every kind, looked at for whether they can be read."""

    def __init__(self, transactions: Transactions, keys: KeyRoom) -> None:
        super().__init__(transactions)
        self._keys = keys

    @reads
    def unreadable(self, connection: Connection) -> list[UnreadableRecord]:
        """Every record that cannot be read, table by table. Raises SetupProblem: wrong key."""
        return list(self._unreadable(connection))

    @writes
    def set_aside(self, connection: Connection, *, at: datetime, by: str) -> list[UnreadableRecord]:
        """Move them, with the rows that refer to them, where they disturb nobody; which were moved.

        An erasure removes what is biometric of its student there; nothing else does. Raises SetupProblem: wrong key.
        """
        moved = [each for each in self._unreadable(connection) if each.may_be_set_aside]
        if not moved:
            return []
        cipher = self._keys.cipher_to_write(connection)
        for record in moved:
            table = tables.metadata.tables[record.table]
            _move(connection, table, list(has_key(connection, primary_key(table), record.key)), cipher, at, by)
        templates.bump(connection)
        counted = ", ".join(f"{each.table} {each.name}" for each in moved)
        access_log.write(connection, at, by, "set_aside", detail=counted)
        return moved

    def _unreadable(self, connection: Connection) -> Iterator[UnreadableRecord]:
        checks = self._checks(connection)
        for table in tables.metadata.sorted_tables:
            key = primary_key(table)
            for values in _unreadable_keys(connection, table, checks.get(table, _take)):
                yield UnreadableRecord(table.name, values, record_name(key, values), table in MAY_GO)

    def _checks(self, connection: Connection) -> Mapping[Table, Check]:
        cipher = self._keys.cipher(connection) if self._keys.fits(connection) else None
        found: dict[Table, Check] = {tables.idempotency_keys: _check_answer, tables.plans: _check_plan}
        if cipher is not None:
            found[tables.templates] = partial(open_template, cipher=cipher)
            found[tables.sightings] = partial(_check_sighting, connection=connection, cipher=cipher)
        return found


def _take(row: Row[Any]) -> None:
    """There is nothing in it that is not read yet."""


def _check_answer(row: Row[Any]) -> None:
    if row.token.startswith(UNREADABLE_KEY):
        raise ValueError
    decode_answer(row.answer)


def _check_plan(row: Row[Any]) -> None:
    if row.plan:
        msgspec.json.decode(row.plan)


def _check_sighting(row: Row[Any], *, connection: Connection, cipher: Cipher) -> None:
    query = select(*(tables.pictures.c[name] for name in RecordedPicture.__dataclass_fields__))
    picture = connection.execute(query.where(tables.pictures.c.id == row.picture)).one()
    open_sighting(RecordedPicture(*picture), row, cipher)


def _unreadable_keys(connection: Connection, table: Table, check: Check) -> Iterator[tuple[Any, ...]]:
    key = primary_key(table)
    keys = keys_of(connection, select(table).order_by(*key), key)
    for start in range(0, len(keys), _TOGETHER):
        yield from _among(connection, table, key, keys[start : start + _TOGETHER], check)


def _among(
    connection: Connection, table: Table, key: Sequence[Column[Any]], keys: Sequence[tuple[Any, ...]], check: Check
) -> Iterator[tuple[Any, ...]]:
    """Those of these keys, neighbours in the table's order, whose rows cannot be read."""
    (low, first), (high, last) = (comparable(key[0], keys[at][0], connection.dialect.name) for at in (0, -1))
    if _can_be_read(connection, select(table).where(low >= first, high <= last), check):
        return
    for values in keys:
        if not _can_be_read(connection, select(table).where(*has_key(connection, key, values)), check):
            yield values


def _can_be_read(connection: Connection, query: Any, check: Check) -> bool:
    try:
        for row in connection.execute(query).all():
            check(row)
    except (WrongKey, *UNREADABLE):
        return False
    except DBAPIError as error:
        if not is_undecodable(error):
            raise
        return False
    return True


def _move(connection: Connection, table: Table, which: Sequence[Any], cipher: Cipher, at: datetime, by: str) -> None:
    """Set these rows aside, after those that refer to them."""
    dialect, key = connection.dialect.name, primary_key(table)
    raw = [raw_value(column, dialect).label(column.name) for column in table.c]
    for row in connection.execute(select(*raw).select_from(table).where(*which)).all():
        values = dict(zip(table.c.keys(), row, strict=True))
        for child, column, parent in _referring(table):
            _move(connection, child, list(has_key(connection, [column], [values[parent]])), cipher, at, by)
        record = record_name(key, [values[column.name] for column in key])[:RECORD_LENGTH]
        sealed = cipher.seal(_packed(values), place=place(table.name, record))
        kept = {"source": table.name, "record": record, "student": _student(values), "sealed": sealed}
        connection.execute(insert(tables.set_aside), [{**kept, "set_aside_at": at, "who": by}])
        own = list(has_key(connection, key, [values[column.name] for column in key]))
        connection.execute(delete(table).where(*own))


def place(source: str, record: str) -> bytes:
    """For what a record that was set aside is sealed."""
    return f"set aside\0{source}\0{record}".encode()


def _referring(table: Table) -> Iterator[tuple[Table, Column[Any], str]]:
    """Tables with a foreign key to this one: that column, and the one it names here."""
    for other in tables.metadata.sorted_tables:
        for reference in other.foreign_keys:
            if reference.column.table is table:
                yield other, reference.parent, reference.column.name


def _student(values: Mapping[str, Any]) -> str:
    found = values.get("student", "")
    return (found.decode(errors="replace") if isinstance(found, bytes) else str(found))[:32]


def _packed(values: Mapping[str, Any]) -> bytes:
    """A row as JSON; bytes that are no text stand in base64."""
    return msgspec.json.encode({name: _plain(value) for name, value in values.items()})


def _plain(value: Any) -> Any:
    if not isinstance(value, bytes):
        return value
    try:
        return value.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(value).decode()}
