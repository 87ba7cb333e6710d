"""Whether what is acknowledged is on disk: the database's own settings read, and what to set."""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, literal_column, select, text

from server.store.base import Durability
from server.store.database.columns import UtcDateTime
from server.store.database.transactions import Database

SYNCHRONOUS_FULL: Final = 2
"""sqlite.org/pragma.html#pragma_synchronous: 0 OFF, 1 NORMAL, 2 FULL, 3 EXTRA."""
_NOW: Final = {"mysql": "UTC_TIMESTAMP(6)", "sqlite": "strftime('%Y-%m-%d %H:%M:%f', 'now')"}
OLDEST: Final = {"MySQL": (8, 0), "MariaDB": (10, 6)}


def durability(database: Database) -> Durability:
    return database.read(_sqlite if database.dialect == "sqlite" else _mysql)


def now(connection: Connection) -> datetime:
    """The database's clock, UTC-aware."""
    return connection.execute(select(literal_column(_NOW[connection.dialect.name], UtcDateTime()))).scalar_one()


def _sqlite(connection: Connection) -> Durability:
    journal = connection.scalar(text("PRAGMA journal_mode"))
    synchronous = connection.scalar(text("PRAGMA synchronous"))
    problems = []
    if journal != "wal":
        problems.append(f"SQLite's journal_mode is {journal} and not wal: keep the database on a local disk.")
    if synchronous is None or synchronous < SYNCHRONOUS_FULL:
        problems.append(f"SQLite's synchronous is {synchronous} and not 2 (FULL): acknowledged marks may be lost.")
    return Durability(f"SQLite {connection.scalar(text('SELECT sqlite_version()'))}", tuple(problems))


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
