"""Change the key under which templates and whatever else is sealed lie, a few rows at a time."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Connection, LargeBinary, Row, Select, Table, func, select, update

from server.store import absences, access_log, cameras, pictures, records, templates, vetoes
from server.store.database import tables
from server.store.database.cipher import PREFIX_BYTES, WrongKey, prefix
from server.store.database.key_room import KeyRoom
from server.store.database.readable import UNREADABLE, readable
from server.store.topic import Topic, Transactions, reads, removes, writes

# Rows of one transaction: others that write wait for it.
ROWS_TOGETHER: Final = 100


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of sealed bytes. place: of a row of `rows`, for what they are sealed; `rows` has the table's `id`."""

    column: Column[Any]
    rows: Select[Any]
    place: Callable[[Row[Any]], bytes]

    @property
    def id(self) -> Column[Any]:
        found: Column[Any] = self.table.c.id
        return found

    @property
    def table(self) -> Table:
        return self.column.table

    def under_older(self, newest: int) -> ColumnElement[bool]:
        """The condition that a row is not sealed by the newest key, but by another."""
        return func.substr(self.column, 1, PREFIX_BYTES, type_=LargeBinary()) != prefix(newest)


def _of_template(row: Row[Any]) -> bytes:
    return templates.place(row.student, row.model_id, row.photo_sha256)


def _of_sighting(row: Row[Any]) -> bytes:
    return pictures.place(row, row.student, row.model_id, pictures.box(row))


def _of_points(row: Row[Any]) -> bytes:
    return pictures.place(row, row.student, row.model_id, pictures.box(row), pictures.POINTS)


def _of_record(row: Row[Any]) -> bytes:
    return records.place(row.source, row.record)


def _of_camera(row: Row[Any]) -> bytes:
    return cameras.place(row.name, row.url)


def _of_absence(row: Row[Any]) -> bytes:
    return absences.place(row.id)


def _of_veto(row: Row[Any]) -> bytes:
    return vetoes.place(row.id)


_seen, _taken = tables.sightings, tables.pictures
_sightings = select(_seen, _taken.c.course, _taken.c.device, _taken.c.taken_at).join(
    _taken, _seen.c.picture == _taken.c.id
)
SEALED: Final = (
    SealedColumn(tables.templates.c.sealed, select(tables.templates), _of_template),
    SealedColumn(_seen.c.sealed, _sightings, _of_sighting),
    SealedColumn(_seen.c.sealed_points, _sightings, _of_points),
    SealedColumn(tables.set_aside.c.sealed, select(tables.set_aside), _of_record),
    SealedColumn(tables.cameras.c.sealed_password, select(tables.cameras), _of_camera),
    SealedColumn(tables.absences.c.sealed_proof, select(tables.absences), _of_absence),
    SealedColumn(tables.vetoes.c.sealed, select(tables.vetoes), _of_veto),
)


@dataclass(frozen=True, slots=True)
class KeyState:
    """Numbers of keys, ascending, and how much is sealed by others than the newest that the database has."""

    known: tuple[int, ...]  # to the database; two while the key is changed, none where nothing is sealed
    in_file: tuple[int, ...]
    under_older: dict[str, int]  # rows by table

    @property
    def newest(self) -> int:
        return self.known[-1]


@dataclass(frozen=True, slots=True)
class Resealed:
    """last: where to go on; None: there are no more."""

    last: int | None
    rows: int


class KeyStore(Topic):
    """The keys, and what is sealed by which of them."""

    def __init__(self, transactions: Transactions, keys: KeyRoom) -> None:
        super().__init__(transactions)
        self._keys = keys

    @reads
    def state(self, connection: Connection) -> KeyState:
        """Raises SetupProblem: no key file, or not theirs."""
        if not self._keys.fits(connection):
            return KeyState((), (), {})
        known, in_file = self._keys.numbers(connection)
        return KeyState(tuple(known), tuple(in_file), _under_older(connection, known[-1]))

    @writes
    def prepare(self, connection: Connection) -> int:
        """Put the next key into the file, unless it is there; its number. Nothing is sealed with it yet."""
        return self._keys.prepare(connection)

    @writes
    def begin_next(self, connection: Connection, *, at: datetime, by: str) -> None:
        """Seal with the next key from now on, whichever process."""
        self._keys.begin_next(connection)
        access_log.write(connection, at, by, "begin_key_rotation")

    @writes
    def reseal(self, connection: Connection, column: SealedColumn, after: int) -> Resealed:
        """Seal a few rows behind this id with the newest key, from whichever they were sealed with."""
        cipher = self._keys.cipher_to_write(connection)
        query = column.rows.where(column.id > after, column.under_older(cipher.number))
        ids = connection.scalars(
            select(column.id)
            .where(column.id > after, column.under_older(cipher.number))
            .order_by(column.id)
            .limit(ROWS_TOGETHER)
        ).all()
        if not ids:
            return Resealed(None, 0)
        done = 0
        for row in readable(connection, query.where(column.id.in_(ids)).with_for_update(), column.id):
            sealed = getattr(row, column.column.name)
            try:
                plain = cipher.open(sealed, place=column.place(row))
            except (WrongKey, *UNREADABLE):
                continue
            changed = {column.column.name: cipher.seal(plain, place=column.place(row))}
            connection.execute(update(column.table).where(column.id == row.id).values(changed))
            done += 1
        return Resealed(ids[-1], done)

    @removes
    def end_older(
        self, connection: Connection, *, leave_unopened: bool, at: datetime, by: str
    ) -> tuple[int, dict[str, int]]:
        """Forget older keys if nothing is sealed by them; the newest key's number, and what still is, by table.

        leave_unopened: also where something is.
        """
        self._keys.hold(connection)
        newest = self._keys.cipher(connection).number
        left = _under_older(connection, newest)
        if left and not leave_unopened:
            return newest, left
        self._keys.end_older(connection)
        access_log.write(connection, at, by, "end_key_rotation")
        return newest, {}

    def destroy_older(self, newest: int) -> None:
        """Leave this key alone in the file and in memory. Raises SetupProblem."""
        self._keys.destroy_older(newest)


def _under_older(connection: Connection, newest: int) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for each in SEALED:
        query = select(func.count()).select_from(each.table).where(each.under_older(newest))
        counts[each.table.name] += connection.execute(query).scalar_one()
    return {name: count for name, count in counts.items() if count}
