"""Numbers of sessions that never come back, whoever still has one on a screen or in an outbox. Inside a transaction.

MySQL keeps its own count. SQLite gives the number of the newest row again once that row is gone.
"""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection, Insert, func, select

from server.store.database.tables import counters, sessions
from server.store.database.upserts import insert_or_replace

_DISCARDED: Final = "highest_discarded_session"
_HIGHEST_DISCARDED: Final = select(counters.c.value).where(counters.c.name == _DISCARDED)


def numbered(statement: Insert, row: Mapping[str, object], dialect: str) -> Insert:
    """The statement with the row of a new session, on SQLite with a number that none has had."""
    if dialect != "sqlite":
        return statement.values(**row)
    newest = func.coalesce(select(func.max(sessions.c.id)).scalar_subquery(), 0)
    discarded = func.coalesce(_HIGHEST_DISCARDED.scalar_subquery(), 0)
    return statement.values(**row, id=func.max(newest, discarded) + 1)


def remember_discarded(connection: Connection, number: int) -> None:
    """Give this session's number to no other."""
    row = {"name": _DISCARDED, "value": max(number, _highest_discarded(connection))}
    connection.execute(insert_or_replace(connection.dialect.name, counters, "value"), [row])


def _highest_discarded(connection: Connection) -> int:
    return connection.scalar(_HIGHEST_DISCARDED) or 0
