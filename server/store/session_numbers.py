"""Numbers of sessions that never come back, whoever still has one on a screen or in an outbox. Inside a transaction.

MySQL keeps its own count. SQLite gives the number of the newest row again once that row is gone.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import Connection, func, select

from server.store.tables import counters, sessions
from server.store.upserts import insert_or_replace

_DISCARDED: Final = "highest_discarded_session"


def numbered(connection: Connection, rows: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    """Rows of new sessions, on SQLite with numbers that none has had."""
    if connection.dialect.name != "sqlite":
        return [dict(row) for row in rows]
    highest = max(connection.scalar(select(func.max(sessions.c.id))) or 0, _highest_discarded(connection))
    return [{**row, "id": highest + place} for place, row in enumerate(rows, 1)]


def remember_discarded(connection: Connection, number: int) -> None:
    """Give this session's number to no other."""
    row = {"name": _DISCARDED, "value": max(number, _highest_discarded(connection))}
    connection.execute(insert_or_replace(connection.dialect.name, counters, "value"), [row])


def _highest_discarded(connection: Connection) -> int:
    return connection.scalar(select(counters.c.value).where(counters.c.name == _DISCARDED)) or 0
