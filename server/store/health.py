"""Look after the database itself: its tables, its clock, its key, and settings that could lose marks."""

import time
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, literal_column, select, text

from server.store.database import integrity, schema
from server.store.database.columns import UtcDateTime
from server.store.database.engine import READS_ONLY
from server.store.database.key_room import KeyRoom
from server.store.database.remedies import MAKE_ROOM
from server.store.database.transactions import Database
from server.store.values import Durability

# sqlite.org/pragma.html#pragma_synchronous: 0 OFF, 1 NORMAL, 2 FULL, 3 EXTRA.
SYNCHRONOUS_FULL: Final = 2
_NOW: Final = {"mysql": "UTC_TIMESTAMP(6)", "sqlite": "strftime('%Y-%m-%d %H:%M:%f', 'now')"}
OLDEST: Final = {"MySQL": (8, 0), "MariaDB": (10, 6)}


class DatabaseHealth:
    """The database itself: its tables, clock and key, and whether it keeps what it has acknowledged."""

    def __init__(self, database: Database, keys: KeyRoom) -> None:
        self._database = database
        self._keys = keys

    def upgrade(self) -> tuple[str, str]:
        """Bring the tables to the newest version; revision before ("" for an empty database) and after."""
        return schema.upgrade(self._database)

    def check_schema(self) -> None:
        """Raise SetupProblem with what to run where the tables are missing or of another version."""
        schema.check(self._database)

    def durability(self) -> Durability:
        """The database's name and version, and what of its settings could lose acknowledged marks."""
        return self._database.read(_sqlite if self._database.dialect == "sqlite" else _mysql)

    def now(self) -> datetime:
        """The database's own clock, UTC-aware."""
        clock = literal_column(_NOW[self._database.dialect], UtcDateTime())
        return self._database.read(lambda c: c.execute(select(clock)).scalar_one())

    def integrity(self) -> list[str]:
        """What the database's own check finds wrong with it; it reads everything, and does not wait for the tables.

        Raises SetupProblem where it is too damaged to be asked.
        """
        return integrity.problems(self._database.url)

    def finish_removal(self, patience_s: float = 0.0) -> tuple[bool, tuple[str, ...]]:
        """Whether nothing of what was removed is left in the database's files, and whom it waits for, as far as known.

        Tried again until the patience is over; a running server comes back to what remains.
        """
        enough = time.monotonic() + patience_s
        while self._database.remains() and not self._database.purge():
            if time.monotonic() >= enough:
                return False, self._database.readers()
        return True, ()

    def check_key(self) -> bool:
        """Whether anything is sealed yet. Raises SetupProblem where the key file is missing or not the right one."""
        return self._database.read(self._keys.fits)


def _sqlite(connection: Connection) -> Durability:
    version = f"SQLite {connection.scalar(text('SELECT sqlite_version()'))}"
    if connection.info.get(READS_ONLY):
        return Durability(version, (f"The database takes no writes. {MAKE_ROOM}",))
    journal = connection.scalar(text("PRAGMA journal_mode"))
    synchronous = connection.scalar(text("PRAGMA synchronous"))
    problems = []
    if journal != "wal":
        problems.append(f"SQLite's journal_mode is {journal} and not wal: keep the database on a local disk.")
    if synchronous is None or synchronous < SYNCHRONOUS_FULL:
        problems.append(f"SQLite's synchronous is {synchronous} and not 2 (FULL): acknowledged marks may be lost.")
    return Durability(version, tuple(problems))


def _mysql(connection: Connection) -> Durability:
    names = "'version', 'innodb_flush_log_at_trx_commit', 'sync_binlog', 'log_bin', 'binlog_format'"
    rows = connection.execute(text(f"SHOW GLOBAL VARIABLES WHERE Variable_name IN ({names})")).all()
    setting = {str(name).lower(): str(value) for name, value in rows}
    kind = "MariaDB" if "mariadb" in setting["version"].lower() else "MySQL"
    return Durability(f"{kind} {setting['version']}", tuple(_mysql_problems(kind, setting)))


def _mysql_problems(kind: str, setting: dict[str, str]) -> list[str]:
    problems = []
    flush, binary_log = setting.get("innodb_flush_log_at_trx_commit"), setting.get("log_bin") in {"ON", "1"}
    if flush != "1":
        problems.append(
            f"innodb_flush_log_at_trx_commit is {flush}: a power cut loses about a second of acknowledged marks. "
            "Set it to 1 in the server's configuration."
        )
    if binary_log and setting.get("sync_binlog") != "1":
        problems.append(
            f"sync_binlog is {setting.get('sync_binlog')}: after a power cut the binary log lacks acknowledged marks. "
            "Set it to 1 in the server's configuration."
        )
    if binary_log and setting.get("binlog_format") == "STATEMENT":
        problems.append("binlog_format is STATEMENT, which refuses our transactions: set it to ROW or MIXED.")
    if _version(setting["version"]) < OLDEST[kind]:
        problems.append(f"{kind} {setting['version']} is too old: 8.0 of MySQL or 10.6 of MariaDB is the least.")
    return problems


def _version(text_of_it: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text_of_it.split("-")[0].split(".")[:2] if part.isdigit())
