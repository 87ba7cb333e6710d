"""Open the outbox's SQLite file; what is damaged is set aside under another name, and never deleted."""

import os
import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from client.error_texts import ClientText
from client.errors import OutboxError
from protocol.sentences import Sentence, sentence

# How long another program may be writing before this is told as an error.
PATIENCE_S: Final = 10.0

# sent_key: its key once it has been sent, null before. An older client sent marks together, and wrote the key of
# all. code, text, sentence (JSON): the server's refusal; null while it waits. The numbers rise for ever: that is
# the order. signed: the sign-in under which it was decided; null: the machine's own. answers: of roll calls that have
# not ended.
VERSION: Final = 4
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS entries (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    server TEXT NOT NULL,
    kept_at TEXT NOT NULL,
    message BLOB NOT NULL,
    sent_key TEXT,
    code TEXT,
    text TEXT
);
CREATE INDEX IF NOT EXISTS waiting ON entries (server, number) WHERE text IS NULL;
CREATE TABLE IF NOT EXISTS answers (
    server TEXT NOT NULL,
    course TEXT NOT NULL,
    date TEXT NOT NULL,
    hour INTEGER NOT NULL,
    student TEXT NOT NULL,
    state TEXT NOT NULL,
    at TEXT NOT NULL,
    UNIQUE (server, course, date, hour, student)
);
CREATE TABLE IF NOT EXISTS sign_ins (
    id TEXT PRIMARY KEY,
    server TEXT NOT NULL,
    token TEXT NOT NULL,
    who TEXT NOT NULL,
    expires TEXT NOT NULL,
    ended INTEGER NOT NULL
);
"""
_SINCE_3: Final = "ALTER TABLE entries ADD COLUMN sentence BLOB;"
_SINCE_4: Final = "ALTER TABLE entries ADD COLUMN signed TEXT;"

# An extended result code's part that says what kind it is: https://sqlite.org/rescode.html.
_DAMAGED: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_PRIMARY: Final = 0xFF


def open_file(path: Path) -> tuple[sqlite3.Connection, Path | None]:
    """The file, made where it is new, and where a damaged one was put. Raises OutboxError.

    The connection may be used by several threads, one at a time.
    """
    with told(path):
        _make(path)
        try:
            return _opened(path), None
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise
        with only_one(sender_lock(path), PATIENCE_S):
            return _renewed(path)


@contextmanager
def only_one(path: Path, patience_s: float) -> Iterator[None]:
    """Hold an empty file's lock against every other process and thread; it ends with the process that holds it.

    The lock is SQLite's own, which every system has. Raises sqlite3.OperationalError after patience_s seconds.
    """
    with closing(sqlite3.connect(path, timeout=patience_s, isolation_level=None, check_same_thread=False)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        yield


def sender_lock(path: Path) -> Path:
    """The file whose lock only one sender of an outbox holds."""
    return _beside(path, ".sending")


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turns what SQLite and the system say of the file into an OutboxError."""
    try:
        yield
    except sqlite3.Error as error:
        raise OutboxError(_explained(error, path)) from error
    except OSError as error:
        raise OutboxError(ClientText.OUTBOX_NOT_OPENED, path=str(path), reason=error.strerror or str(error)) from error


def is_taken(error: sqlite3.Error) -> bool:
    """Whether another holds the lock."""
    return _kind(error) == sqlite3.SQLITE_BUSY


def _make(path: Path) -> None:
    """An empty file that only its owner can read; SQLite gives its companions the same rights."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _renewed(path: Path) -> tuple[sqlite3.Connection, Path | None]:
    """As open_file, for a file that was found damaged; another program may have set it aside meanwhile."""
    try:
        return _opened(path), None
    except sqlite3.DatabaseError as error:
        if not _is_damage(error):
            raise
    aside = _set_aside(path)
    _make(path)
    return _opened(path), aside


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=PATIENCE_S, isolation_level=None, check_same_thread=False)
    try:
        _prepare(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    _write_ahead(connection)
    for pragma in ("synchronous = FULL", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise OutboxError(ClientText.OUTBOX_NEWER, path=str(path))
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise _damage(verdict)
    if version < VERSION:
        _upgrade(connection)


def _upgrade(connection: sqlite3.Connection) -> None:
    """Bring the tables up to date, unless another program that opened the file has done so meanwhile."""
    connection.executescript(f"BEGIN IMMEDIATE;{_TABLES}")
    try:
        known = {name for _, name, *_ in connection.execute("PRAGMA table_info(entries)")}
        for column, statement in (("sentence", _SINCE_3), ("signed", _SINCE_4)):
            if column not in known:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _write_ahead(connection: sqlite3.Connection) -> None:
    # Where several open a new file at once, SQLite refuses all but one of them without waiting, whatever its timeout.
    enough = time.monotonic() + PATIENCE_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if not is_taken(error) or time.monotonic() > enough:
                raise
        time.sleep(random.uniform(0.001, 0.02))  # noqa: S311 - no secret


def _damage(verdict: str) -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError(verdict)
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


def _set_aside(path: Path) -> Path:
    aside = path.with_name(f"{path.name}.damaged-{datetime.now().astimezone():%Y%m%d-%H%M%S-%f}")
    for ending in ("-wal", "-shm", ""):
        with_ending = _beside(path, ending)
        if with_ending.exists():
            with_ending.rename(_beside(aside, ending))
    return aside


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _kind(error: sqlite3.Error) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & _PRIMARY


def _is_damage(error: sqlite3.Error) -> bool:
    return _kind(error) in _DAMAGED


def _explained(error: sqlite3.Error, path: Path) -> Sentence:
    match _kind(error):
        case sqlite3.SQLITE_FULL:
            return sentence(ClientText.DISK_FULL, path=str(path))
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED | sqlite3.SQLITE_PROTOCOL:
            return sentence(ClientText.OUTBOX_TAKEN, path=str(path), seconds=PATIENCE_S)
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM | sqlite3.SQLITE_CANTOPEN:
            return sentence(ClientText.OUTBOX_NOT_WRITABLE, path=str(path), reason=str(error))
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return sentence(ClientText.OUTBOX_DAMAGED, path=str(path), reason=str(error))
    return sentence(ClientText.OUTBOX_FAILED, path=str(path), reason=str(error))
