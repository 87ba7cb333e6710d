"""Copy one database into another, whole or not at all. Knows no row's meaning."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, Table, func, select

from server.errors import BadRequest, Internal
from server.store.database.tables import clock_steps, counters, duties, key_checks, metadata
from server.store.database.transactions import Database

ROWS_TOGETHER: Final = 1000
# Tables that may hold something in a database nobody has used yet; the source's rows take the place of it.
MADE_WITH_THE_TABLES: Final = (counters, key_checks, duties, clock_steps)


def copy_database(source_url: str, target_url: str) -> dict[str, int]:
    """Copy every row from one database to another, whose tables are there and empty; the rows of each table, counted.

    One transaction on the target; nobody may write to the source meanwhile. Templates stay encrypted with the
    source's key. Raises BadRequest where the source holds nothing or the target something, and Unavailable.
    """
    source, target = Database(source_url), Database(target_url)
    try:
        counts = target.write(lambda writing: source.read(lambda reading: _copy(reading, writing, target.name)))
    finally:
        source.close()
        target.close()
    return counts


def _copy(reading: Connection, writing: Connection, target: str) -> dict[str, int]:
    if not _filled(reading):
        raise BadRequest("The database to copy from holds nothing: name the right one by --database.")
    if full := _filled(writing):
        raise BadRequest(
            f"The database {target} holds something already (in {', '.join(full)}): copy into an empty one."
        )
    for table in MADE_WITH_THE_TABLES:
        writing.execute(table.delete())
    for table in metadata.sorted_tables:
        for rows in _in_parts(reading, table):
            writing.execute(table.insert(), rows)
    return {table.name: _counted(reading, writing, table) for table in metadata.sorted_tables}


def _filled(connection: Connection) -> list[str]:
    """Names of the tables that hold what somebody brought in."""
    brought_in = [table for table in metadata.sorted_tables if table not in MADE_WITH_THE_TABLES]
    return [table.name for table in brought_in if _count(connection, table)]


def _in_parts(reading: Connection, table: Table) -> Iterator[list[dict[str, object]]]:
    result = reading.execution_options(yield_per=ROWS_TOGETHER).execute(select(table)).mappings()
    for rows in result.partitions():
        yield [dict(row) for row in rows]


def _counted(reading: Connection, writing: Connection, table: Table) -> int:
    """Rows of the table, the same number on both sides."""
    there, here = _count(reading, table), _count(writing, table)
    if there != here:
        raise Internal(f"Of {there} rows of {table.name}, {here} were copied: nothing was kept; try again.")
    return here


def _count(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()
