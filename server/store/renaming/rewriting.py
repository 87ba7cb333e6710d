"""Give a student number or a course code another form, in every table that has it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

import msgspec
from sqlalchemy import Column, Connection, MetaData, Table, delete, func, insert, inspect, literal, select, update

from server.store.identifiers import is_identifier
from server.store.pictures import CANDIDATES, encoded
from server.store.templates import bump
from texts.identifiers import normal

# Who renamed what the upgrade of the tables did.
UPGRADE: Final = "upgrade"
Kind = Literal["student", "course"]
# Where each stands by itself; other tables refer to it by a column of the kind's name, or one with a foreign key.
HOMES: Final[Mapping[Kind, tuple[str, str]]] = {"student": ("students", "number"), "course": ("courses", "code")}
# The access log's lines hold each other by hashes, and name students by keys of their own.
UNTOUCHED: Final = frozenset({"access_log", "subject_keys", "renamings"})


@dataclass(frozen=True, slots=True)
class Renaming:
    """An identifier that was given another form, or joined to another."""

    kind: Kind
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables as they are, whatever the version of the database."""

    all: Mapping[str, Table]

    @classmethod
    def of(cls, connection: Connection) -> "Tables":
        found = MetaData()
        names = inspect(connection).get_table_names()
        return cls({name: Table(name, found, autoload_with=connection) for name in names})

    def home(self, kind: Kind) -> tuple[Table, Any]:
        table, column = HOMES[kind]
        return self.all[table], self.all[table].c[column]

    def referring(self, kind: Kind) -> Iterator[Column[Any]]:
        """The columns of other tables that hold such an identifier."""
        _, home = self.home(kind)
        for name, table in self.all.items():
            if name not in UNTOUCHED:
                yield from (each for each in table.c if each.name == kind or each.references(home))


def rewrite_all(connection: Connection, at: datetime, by: str) -> list[Renaming]:
    """Give every identifier its normal form, and keep a note of it; one whose form is taken stays as it is."""
    tables = Tables.of(connection)
    done: list[Renaming] = []
    for kind in HOMES:
        _, column = tables.home(kind)
        taken = set(connection.scalars(select(column)))
        for old in sorted(_odd(connection, tables, kind)):
            new = normal(old)
            if not is_identifier(new) or (old in taken and new in taken):
                continue
            rename(connection, tables, Renaming(kind, old, new))
            taken = (taken - {old}) | ({new} if old in taken else set())
            done.append(Renaming(kind, old, new))
    note(connection, tables, done, at, by)
    return done


def _odd(connection: Connection, tables: Tables, kind: Kind) -> set[str]:
    """Identifiers that are not of normal form, of the tables that do not refer to their home by a foreign key too."""
    _, column = tables.home(kind)
    columns = [each for each in tables.referring(kind) if not each.foreign_keys]
    found = {each for one in (column, *columns) for each in connection.scalars(select(one).distinct()) if each}
    return {each for each in found if normal(each) != each}


def rename(connection: Connection, tables: Tables, of: Renaming) -> None:
    """Move everything to the new identifier, and make that where it is not there. What both have stays the new one's.

    Templates and the faces of sightings go, for they are sealed with the number, or the code, that they are of.
    """
    home, column = tables.home(of.kind)
    row = connection.execute(select(home).where(column == of.old)).mappings().first()
    if row and not connection.scalar(select(func.count()).select_from(home).where(column == of.new)):
        connection.execute(insert(home).values({**row, column.name: of.new}))
    _forget_sealed(connection, tables, of)
    for referring in tables.referring(of.kind):
        _move(connection, referring, of)
    if of.kind == "student":
        _rename_candidates(connection, tables, of)
    connection.execute(delete(home).where(column == of.old))


def _forget_sealed(connection: Connection, tables: Tables, of: Renaming) -> None:
    pictures, sightings = tables.all["pictures"], tables.all["sightings"]
    # Older versions of the tables have fewer.
    nothing = {each.name: None for each in sightings.c if each.name.startswith("sealed")}
    if of.kind == "student":
        templates = tables.all["templates"]
        if connection.execute(delete(templates).where(templates.c.student == of.old)).rowcount:
            bump(connection)
        connection.execute(update(sightings).where(sightings.c.student == of.old).values(nothing))
        return
    of_course = select(pictures.c.id).where(pictures.c.course == of.old)
    connection.execute(update(sightings).where(sightings.c.picture.in_(of_course)).values(nothing))


def _move(connection: Connection, column: Column[Any], of: Renaming) -> None:
    table = column.table
    for others in _keys(column):
        held = {tuple(row) for row in connection.execute(select(*_or_one(others)).where(column == of.new))}
        for row in connection.execute(select(*_or_one(others)).where(column == of.old)).all():
            if tuple(row) in held:
                same = [other == value for other, value in zip(others, row, strict=False)]
                connection.execute(delete(table).where(column == of.old, *same))
    connection.execute(update(table).where(column == of.old).values({column.name: of.new}))


def _or_one(columns: list[Any]) -> list[Any]:
    """Columns to select; of a table with one row for each identifier there are none beside it."""
    return columns or [literal(1)]


def _keys(column: Column[Any]) -> Iterator[list[Any]]:
    """The other columns of each key that the identifier is a part of."""
    table: Any = column.table
    indexes = [list(index.columns) for index in table.indexes if index.unique]
    unique = [list(each.columns) for each in table.constraints if hasattr(each, "columns") and _is_unique(each)]
    for columns in (list(table.primary_key.columns), *indexes, *unique):
        if any(each is column for each in columns):
            yield [each for each in columns if each is not column]


def _is_unique(constraint: Any) -> bool:
    return type(constraint).__name__ == "UniqueConstraint"


def _rename_candidates(connection: Connection, tables: Tables, of: Renaming) -> None:
    sightings = tables.all["sightings"].c
    named = msgspec.json.encode(of.old).decode()
    query = select(sightings.id, sightings.candidates).where(func.instr(sightings.candidates, named) > 0)
    for number, candidates in connection.execute(query).all():
        found = [(of.new if each[0] == of.old else each[0], *each[1:]) for each in CANDIDATES.decode(candidates)]
        table = tables.all["sightings"]
        connection.execute(update(table).where(sightings.id == number).values(candidates=encoded(found)))


def note(connection: Connection, tables: Tables, done: Iterable[Renaming], at: datetime, by: str) -> None:
    """Keep what was renamed, to be told."""
    rows = [{"kind": each.kind, "old": each.old, "new": each.new, "who": by, "renamed_at": at} for each in done]
    if rows:
        connection.execute(insert(tables.all["renamings"]), rows)
