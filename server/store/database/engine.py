"""Open each kind of database so that what it commits is on disk."""

import os
import random
import sqlite3
import time
from pathlib import Path
from typing import Any, Final, cast

from sqlalchemy import URL, Connection, Dialect, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from server.errors import SetupProblem

FORMS: Final = "a file's path, sqlite:///PATH, or mysql://USER:PASSWORD@HOST:PORT/NAME"
# Execution option of connections that will write: on SQLite they take the lock when they begin.
WRITES: Final = "rollcall_writes"
# The option of a connection that says whose chain of the access log it writes to.
ACCESS_WRITER: Final = "rollcall_access_writer"
# Execution option: the address and the device of a line of the access log that says neither.
ACCESS_PLACE: Final = "rollcall_access_place"

# In the info of a SQLite connection that can only read, because there is no room for the log's index: see _read_only.
READS_ONLY: Final = "rollcall_reads_only"
# What SQLite says where there is no room for a file that it needs before it reads.
_NO_ROOM: Final = frozenset({"SQLITE_FULL", "SQLITE_IOERR_SHMSIZE"})

# How long a writer waits for another one.
BUSY_TIMEOUT_S: Final = 5.0
# The same on SQLite, where a writer of another process holds the whole database: as long as a request may wait, so that
# a large import delays marks and does not refuse them.
SQLITE_BUSY_TIMEOUT_S: Final = 25.0
CONNECT_TIMEOUT_S: Final = 3
# Longer than BUSY_TIMEOUT_S, so that a wait for a lock ends as such and not as a lost connection.
ANSWER_TIMEOUT_S: Final = 10
# How long an upgrade waits for one that another process is doing.
UPGRADE_LOCK_S: Final = 60
# How long one statement of an upgrade may take: it may rewrite a large table on a slow disk.
UPGRADE_ANSWER_S: Final = 3600
# Connections older than this are renewed: well under MySQL's wait_timeout of eight hours, and firewalls' of one.
RECYCLE_S: Final = 1800
_POOL: Final[dict[str, Any]] = {
    "pool_size": 10,
    "max_overflow": 20,
    "pool_timeout": 5.0,
    "pool_use_lifo": True,
    "hide_parameters": True,  # in errors, which go to the log
}

_MYSQL_SCHEMES = {"mysql", "mysql+pymysql", "mariadb", "mariadb+pymysql"}
_MYSQL_SESSION = (
    "SET time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,NO_ZERO_DATE,NO_ZERO_IN_DATE', "
    f"innodb_lock_wait_timeout = {BUSY_TIMEOUT_S:.0f}"
)

# Checkpoints are made between two looks at the files (transactions.py), and leave a log no longer than this behind.
_SQLITE_SESSION: Final = (
    "synchronous = FULL",
    "foreign_keys = ON",
    "secure_delete = ON",
    "wal_autocheckpoint = 0",
    f"journal_size_limit = {8 * 1024 * 1024}",
)


def parse_url(text: str) -> URL:
    """A URL with driver and options, from one of FORMS. Raises SetupProblem, without the password in it."""
    if "://" not in text:
        return _sqlite_url(text)
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # The text may hold a password, and so may the cause.
        raise SetupProblem(f"The database's URL cannot be read: it has to be {FORMS}.") from None
    if url.drivername in {"sqlite", "sqlite+pysqlite"}:
        return _sqlite_url(url.database or "")
    if url.drivername not in _MYSQL_SCHEMES:
        raise SetupProblem(f"A database of the kind {url.drivername!r} is not known: it has to be {FORMS}.")
    if not url.database or not url.host:
        raise SetupProblem(f"The database's URL {url.render_as_string()} names no host or no database: write {FORMS}.")
    return url.set(drivername="mysql+pymysql").update_query_dict({"charset": "utf8mb4"})


def _sqlite_url(path: str) -> URL:
    if path in {"", ":memory:"}:
        raise SetupProblem(f"The database needs a file to keep its data in: give {FORMS}.")
    return URL.create("sqlite+pysqlite", database=str(Path(path).expanduser().absolute()))


def is_mysql(text: str) -> bool:
    """Raises SetupProblem for what is none of FORMS."""
    return parse_url(text).get_backend_name() == "mysql"


def missing_file(text: str) -> Path | None:
    """Where the SQLite database of one of FORMS would be, if it is not there yet. Raises SetupProblem."""
    url = parse_url(text)
    path = Path(url.database or "")
    return None if url.get_backend_name() == "mysql" or path.exists() else path


def open_engine(url: URL, *, upgrades: bool = False) -> Engine:
    """An engine for a URL of parse_url; connects only when it is used, but makes SQLite's file.

    upgrades: it is to change the tables, which takes and waits longer than anything else.
    """
    if url.get_backend_name() == "mysql":
        return _mysql_engine(url, UPGRADE_ANSWER_S if upgrades else ANSWER_TIMEOUT_S)
    _make_private_file(Path(url.database or ""))
    return _sqlite_engine(url, UPGRADE_LOCK_S if upgrades else SQLITE_BUSY_TIMEOUT_S)


def _mysql_engine(url: URL, answer_timeout_s: int) -> Engine:
    return create_engine(
        url,
        # Without gap locks, which would make two servers that record new marks of one hour deadlock; what has to be
        # serialised locks the row of the hour.
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,
        pool_recycle=RECYCLE_S,
        **_POOL,
        connect_args={
            "connect_timeout": CONNECT_TIMEOUT_S,
            "read_timeout": answer_timeout_s,
            "write_timeout": answer_timeout_s,
            "init_command": _MYSQL_SESSION,
        },
    )


def _sqlite_engine(url: URL, busy_timeout_s: float) -> Engine:
    engine = create_engine(url, **_POOL, connect_args={"timeout": busy_timeout_s})
    event.listen(engine, "do_connect", _connect_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    event.listen(engine, "checkin", _drop_reader)
    return engine


def _connect_sqlite(
    dialect: Dialect, entry: ConnectionPoolEntry, arguments: tuple[str], parameters: dict[str, Any]
) -> sqlite3.Connection:
    connection = cast(sqlite3.Connection, dialect.connect(*arguments, **parameters))
    try:
        _set_up_sqlite(connection)
    except sqlite3.OperationalError as problem:
        connection.close()
        path = Path(arguments[0])
        if problem.sqlite_errorname not in _NO_ROOM or has_log(path):
            raise
        entry.info[READS_ONLY] = True
        return _read_only(path, parameters)
    except BaseException:
        connection.close()
        raise
    return connection


def has_log(path: Path) -> bool:
    """Whether something of this database is in its write-ahead log alone."""
    try:
        return path.with_name(f"{path.name}-wal").stat().st_size > 0
    except FileNotFoundError:
        return False


def _read_only(path: Path, parameters: dict[str, Any]) -> sqlite3.Connection:
    # As a file that nobody changes, for which SQLite needs neither log nor index. Nobody can without a log; whether
    # there is one by now is looked at behind each transaction, and the connection is used for one alone.
    opened: sqlite3.Connection = sqlite3.connect(
        f"{path.as_uri()}?immutable=1", uri=True, isolation_level=None, **parameters
    )
    return opened


def _drop_reader(_connection: object, entry: ConnectionPoolEntry) -> None:
    if entry.info.get(READS_ONLY):
        entry.invalidate()


def _set_up_sqlite(connection: sqlite3.Connection) -> None:
    # The driver's own BEGIN comes too late for a read before the first write: _begin_sqlite says it instead.
    connection.isolation_level = None
    _write_ahead(connection)
    for pragma in _SQLITE_SESSION:
        connection.execute(f"PRAGMA {pragma}").close()


def _write_ahead(connection: sqlite3.Connection) -> None:
    # Where several open a new file at once, SQLite refuses all but one of them without waiting, whatever its timeout.
    enough = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").close()
            return
        except sqlite3.OperationalError as problem:
            if not problem.sqlite_errorname.startswith("SQLITE_BUSY") or time.monotonic() > enough:
                raise
        time.sleep(random.uniform(0.001, 0.02))  # noqa: S311  # no secret


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _make_private_file(path: Path) -> None:
    """Make the file with mode 600 where there is none: SQLite would let everybody read it; WAL and SHM follow it."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return
    except OSError as problem:
        raise SetupProblem(
            f"The database's file {path} cannot be made ({problem.strerror}): "
            "give another path with --database, or allow this user to write there."
        ) from problem
