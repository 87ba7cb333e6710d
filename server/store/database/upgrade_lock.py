"""Let one upgrade at a time work on a MySQL database, whichever node of a cluster it speaks to."""

# MySQL commits at every CREATE TABLE: what keeps two upgrades apart has to outlive transactions. A lock by GET_LOCK is
# known to its own node alone; on a cluster there is a row besides, of which every node certifies who wrote it first.

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError, SQLAlchemyError

from server.errors import Unavailable
from server.store.database.engine import UPGRADE_LOCK_S
from server.store.database.failures import Kind, kind_of, mysql_number
from server.store.database.tables import counters
from server.store.database.transactions import Database

# How long the row of an upgrade that was killed holds up the next one; longer than any statement of an upgrade takes,
# for meanwhile nobody can write to a cluster.
LEASE_S: Final = 600
RENEW_S: Final = 30.0
TRY_EVERY_S: Final = 0.5
_NAME: Final = "upgrade_lease"
_TABLE_EXISTS: Final = 1050  # MySQL's error reference
_NOW_MS: Final = text("SELECT CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)")
_IN_A_CLUSTER: Final = text("SHOW GLOBAL STATUS WHERE Variable_name = 'wsrep_ready' AND Value = 'ON'")
_IN_A_GROUP: Final = text(
    "SELECT COUNT(*) FROM performance_schema.replication_group_members WHERE MEMBER_STATE='ONLINE'"
)

log = logging.getLogger(__name__)


@contextmanager
def only_one_upgrade(database: Database, connection: Connection) -> Iterator[None]:
    """Raises Unavailable where another one is at work for too long. connection: outside transactions."""
    lock = {"name": f"rollcall.{connection.engine.url.database}"[:64], "seconds": UPGRADE_LOCK_S}
    if connection.scalar(text("SELECT GET_LOCK(:name, :seconds)"), lock) != 1:
        raise Unavailable(
            f"Another process has been upgrading the database {database.name} for {UPGRADE_LOCK_S} s: look after it."
        )
    try:
        if is_clustered(connection):
            with leased(database, UPGRADE_LOCK_S):
                yield
        else:
            yield
    finally:
        connection.execute(text("SELECT RELEASE_LOCK(:name)"), lock)


def is_clustered(connection: Connection) -> bool:
    """Whether several nodes may write: Galera, or Group Replication."""
    if connection.execute(_IN_A_CLUSTER).first() is not None:
        return True
    try:
        return bool(connection.scalar(_IN_A_GROUP))
    except (OperationalError, ProgrammingError):
        return False  # MariaDB has no such table, or this user may not read it


@contextmanager
def leased(database: Database, patience_s: float) -> Iterator[None]:
    """Hold the row while the block runs. Raises Unavailable."""
    ended = threading.Event()
    with database.outside_transactions() as connection:
        mine = [_waited_for(connection, database, patience_s)]
        renewing = threading.Thread(target=_renew, args=(connection, mine, ended), name="upgrade-lease")
        renewing.start()
        try:
            yield
        finally:
            ended.set()
            renewing.join()
            connection.execute(delete(counters).where(counters.c.name == _NAME, counters.c.value == mine[0]))


def _waited_for(connection: Connection, database: Database, patience_s: float) -> int:
    for _ in range(max(round(patience_s / TRY_EVERY_S), 1)):
        if (mine := take(connection)) is not None:
            return mine
        threading.Event().wait(TRY_EVERY_S)
    raise Unavailable(
        f"Another process is upgrading the database {database.name} through another node, or one was killed less than "
        f"{LEASE_S // 60} minutes ago: try again when it is done, or then."
    )


def take(connection: Connection) -> int | None:
    """Until when the row is ours, in milliseconds by the database's clock; None: it is somebody else's."""
    _make_table(connection)
    now = int(connection.execute(_NOW_MS).scalar_one())
    mine = now + LEASE_S * 1000
    there = connection.scalar(select(counters.c.value).where(counters.c.name == _NAME))
    try:
        if there is None:
            connection.execute(insert(counters), [{"name": _NAME, "value": mine}])
            return mine
        over = update(counters).where(counters.c.name == _NAME, counters.c.value == there, counters.c.value < now)
        return mine if connection.execute(over.values(value=mine)).rowcount else None
    except SQLAlchemyError as error:
        if kind_of(error) is not Kind.CONFLICT:
            raise
        return None


def _make_table(connection: Connection) -> None:
    try:
        counters.create(connection, checkfirst=True)
    except DBAPIError as error:
        if mysql_number(error) != _TABLE_EXISTS:
            raise  # else another node made it since we looked


def _renew(connection: Connection, mine: list[int], ended: threading.Event) -> None:
    while not ended.wait(RENEW_S):
        until = int(connection.execute(_NOW_MS).scalar_one()) + LEASE_S * 1000
        ours = (counters.c.name == _NAME) & (counters.c.value == mine[0])
        if not connection.execute(update(counters).where(ours).values(value=until)).rowcount:
            log.error("another upgrade has taken over, for this one stood still too long")
            return
        mine[0] = until
