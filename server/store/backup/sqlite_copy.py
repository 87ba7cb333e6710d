"""Copy a SQLite database while it is in use, and say what is in a copy."""

import contextlib
import hashlib
import os
import secrets
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec

from server.errors import BadRequest, Unavailable
from server.store.backup.archive import TableDigest
from server.store.backup.sealing import PIECE_BYTES


@contextlib.contextmanager
def snapshot(file: Path, folder: Path) -> Iterator[Path]:
    """A copy of one moment by SQLite's online backup, one plain file in that folder, removed at the end.

    Raises Unavailable where it cannot be made.
    """
    copy = folder / f".snapshot-{secrets.token_hex(8)}"
    try:
        os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with _connected(file) as source, _connected(copy) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode = DELETE").close()
        yield copy
    except (OSError, sqlite3.Error) as problem:
        raise Unavailable(
            f"The database {file} cannot be copied into {folder} ({problem}): look after that."
        ) from problem
    finally:
        for ending in ("", "-wal", "-shm", "-journal"):
            with contextlib.suppress(OSError):
                Path(f"{copy}{ending}").unlink(missing_ok=True)


def pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while piece := opened.read(PIECE_BYTES):
            yield piece


def digests(file: Path) -> dict[str, TableDigest]:
    """Of every table of a database that nobody writes to. Raises BadRequest where it is damaged."""
    try:
        with _connected(file) as connection:
            names = connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
            ).fetchall()
            if (said := connection.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
                raise BadRequest(f"SQLite finds the database in the backup damaged ({said}): take another one.")
            return {name: _digest(connection, name) for (name,) in names}
    except sqlite3.Error as problem:
        raise BadRequest(f"The database in the backup cannot be read ({problem}): take another one.") from problem


def _digest(connection: sqlite3.Connection, name: str) -> TableDigest:
    key = [row[1] for row in connection.execute(f"PRAGMA table_info({_quoted(name)})") if row[5]]
    order = ", ".join(map(_quoted, key)) or "rowid"
    found, rows = hashlib.sha256(), 0
    for row in connection.execute(f"SELECT * FROM {_quoted(name)} ORDER BY {order}"):  # noqa: S608  # its own name
        found.update(msgspec.msgpack.encode(row))
        rows += 1
    return TableDigest(rows, found.hexdigest())


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _connected(file: Path) -> contextlib.closing[sqlite3.Connection]:
    return contextlib.closing(sqlite3.connect(file, timeout=25.0, isolation_level=None))
