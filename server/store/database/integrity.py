"""Run the database's own check of its files."""

from collections.abc import Iterator
from contextlib import closing
from typing import Final

from sqlalchemy import Connection, inspect, text

from server.store.database.transactions import Database

# Lines of a damaged SQLite file that are told: it may say as many as there are pages.
MOST_LINES: Final = 5
# What CHECK TABLE says of a table that it has nothing against.
_SOUND: Final = frozenset({"OK", "Table is already up to date"})


def problems(url: str) -> list[str]:
    """What the database finds wrong with itself; none: nothing. Takes as long as it takes to read it whole.

    Raises SetupProblem where it is too damaged to be asked, and Unavailable.
    """
    with closing(Database(url, upgrades=True)) as database, database.outside_transactions() as connection:
        found = _sqlite(connection) if database.dialect == "sqlite" else _mysql(connection)
        return list(found)


def _sqlite(connection: Connection) -> Iterator[str]:
    for line in connection.execute(text(f"PRAGMA quick_check({MOST_LINES})")).scalars():
        if line != "ok":
            yield str(line)
    lost = {str(row[0]) for row in connection.execute(text("PRAGMA foreign_key_check"))}
    yield from (f"rows of {table} refer to others that are not there" for table in sorted(lost))


def _mysql(connection: Connection) -> Iterator[str]:
    for table in sorted(inspect(connection).get_table_names()):
        for row in connection.execute(text(f"CHECK TABLE `{table}`")):
            if str(row[2]).lower() in {"error", "warning"} or (row[2] == "status" and row[3] not in _SOUND):
                yield f"{table}: {row[3]}"
