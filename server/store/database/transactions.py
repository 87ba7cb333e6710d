"""Run work as one whole transaction: begun, committed, tried again or given up. Knows no table."""

import ctypes
import logging
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import Concatenate, Final, ParamSpec, TypeVar

from sqlalchemy import URL, Connection, Engine, select, text
from sqlalchemy.exc import SQLAlchemyError

from server.errors import Internal, RollcallError, Unavailable
from server.store.database import remedies
from server.store.database.engine import (
    ACCESS_PLACE,
    ACCESS_WRITER,
    READS_ONLY,
    SQLITE_BUSY_TIMEOUT_S,
    WRITES,
    has_log,
    open_engine,
    parse_url,
)
from server.store.database.failures import Kind, kind_of, translate
from server.store.database.sqlite_file import SqliteFile
from server.store.database.statements import insert_or_replace
from server.store.database.tables import counters

TRIES: Final = 3
# After this long nothing is tried again: a database that hangs would hold everybody up for every try.
ENOUGH_S: Final = 8.0
# Shortest and longest pause before another try: random, so that two that collided do not collide again.
PAUSE_S: Final = (0.005, 0.05)

# How long a removal waits for readers each time it tries: other writers wait with it.
PURGE_WAIT_MS: Final = 500
_REMAINS: Final = "removed_rows_in_log"

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")
Work = Callable[[Connection], T]


class Use(Enum):
    """What a transaction is for."""

    READ = "it only reads"
    WRITE = "it writes"
    REMOVE = "it writes, and nothing of what it removed may stay on the disk"


class Database:
    """One database, for any thread. `name`: the URL without its password. upgrades: see open_engine.

    writer: whose chain of the access log its transactions write to. place: address and device of a line of it that
    says neither.
    """

    def __init__(
        self, url: str, *, upgrades: bool = False, writer: str = "commands", place: tuple[str, str] = ("", "")
    ) -> None:
        parsed = parse_url(url)
        self.url: Final = url
        self._access = {ACCESS_WRITER: writer, ACCESS_PLACE: place}
        self.dialect: Final = parsed.get_backend_name()
        self.name: Final = _name(parsed)
        self.engine: Final[Engine] = open_engine(parsed, upgrades=upgrades)
        # SQLite lets waiting writers poll, up to 100 ms apart; between our own threads a lock hands over at once.
        self._writing = threading.Lock() if self.dialect == "sqlite" else None
        self._thread = threading.local()
        self._file = SqliteFile(Path(str(parsed.database))) if self.dialect == "sqlite" else None
        self._anchor: Connection | None = None
        self._anchoring = threading.Lock()
        self._is_full = False

    def read(self, work: Work[T]) -> T:
        """Run `work` in a transaction that only reads; see `run`."""
        return self.run(Use.READ, work)

    def write(self, work: Work[T]) -> T:
        """Run `work` in a transaction that writes; see `run`."""
        return self.run(Use.WRITE, work)

    def run(self, use: Use, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` in one transaction, from the start again after a deadlock, a lost connection or a collision."""
        # A connection that is lost in the commit itself leaves open whether it happened. Trying again is right: a
        # request with a key finds its key and the first answer, and a mark without one stands where it stood.
        began = time.monotonic()
        for tries_left in reversed(range(TRIES)):
            try:
                with self._begun(use is not Use.READ) as connection:
                    result = work(connection, *args, **kwargs)
            except SQLAlchemyError as error:
                kind = kind_of(error)
                last = tries_left == 0 or time.monotonic() - began > ENOUGH_S
                if last or kind not in {Kind.CONFLICT, Kind.LOST}:
                    raise translate(error, kind, self.name) from error
                time.sleep(random.uniform(*PAUSE_S))  # noqa: S311  # no secret
            else:
                if use is Use.REMOVE:
                    self.purge()
                return result
        raise AssertionError("the last try returns or raises")

    @contextmanager
    def _begun(self, writes: bool) -> Iterator[Connection]:
        with self._alone(), self._gate(writes), self._connected() as connection:
            if connection.info.get(READS_ONLY):
                yield from self._only_read(writes, connection)
                return
            self._note_full(False)
            self._require_files(writes)
            with connection.execution_options(**{WRITES: writes, **self._access}).begin():
                yield connection
            if writes and self._file is not None:
                self._settle(self._file, connection)

    def _only_read(self, writes: bool, connection: Connection) -> Iterator[Connection]:
        """A transaction while SQLite has no room for its log. Raises Unavailable for one that writes."""
        self._note_full(True)
        if writes:
            raise self._full()
        with connection.begin():
            yield connection
        if has_log(Path(self.name)):
            raise Unavailable(f"The database {self.name} was written to while it was read: try again.")

    def _full(self) -> Unavailable:
        return Unavailable(f"The database {self.name} takes no writes. {remedies.MAKE_ROOM}")

    def _note_full(self, is_full: bool) -> None:
        if is_full and not self._is_full:
            log.error("the database %s can only be read. %s", self.name, remedies.MAKE_ROOM)
        elif self._is_full and not is_full:
            log.warning("the database %s takes writes again", self.name)
        self._is_full = is_full

    def _require_files(self, writes: bool) -> None:
        if self._file is None:
            return
        if self._anchor is None:
            self._open_anchor()
        (self._file.require_the_same if writes else self._file.require_there)()

    def _settle(self, file: SqliteFile, connection: Connection) -> None:
        """Behind a commit: nothing is acknowledged that went into files which are gone."""
        file.require_the_same()
        # Not by SQLite itself: a checkpoint between two looks at the files would hide that they were exchanged.
        if file.wants_checkpoint:
            connection.connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")
            file.require_the_same()

    def _open_anchor(self) -> None:
        """Keep one connection open as long as the database is in use: its last one would remove the log."""
        with self._anchoring:
            if self._anchor is not None:
                return
            anchor = self.engine.connect()
            if anchor.info.get(READS_ONLY):
                anchor.close()
                return
            anchor.detach()
            try:
                anchor.execute(text("SELECT count(*) FROM sqlite_master"))
                anchor.rollback()
            except BaseException:
                anchor.close()
                raise
            self._anchor = anchor

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Find out at once what would otherwise wait for itself until the time is up."""
        if getattr(self._thread, "is_inside", False):
            raise Internal("A transaction was begun inside another: its steps go through the store that it was given.")
        self._thread.is_inside = True
        try:
            yield
        finally:
            self._thread.is_inside = False

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        try:
            connection = self.engine.connect()
        except SQLAlchemyError as error:
            # A server that cannot be reached is not asked three times: the caller shall know soon.
            raise self._unreachable(error) from error
        with connection:
            yield connection

    def _unreachable(self, error: SQLAlchemyError) -> RollcallError:
        kind = kind_of(error)
        return translate(error, Kind.AWAY if kind is Kind.LOST else kind, self.name)

    @contextmanager
    def _gate(self, writes: bool) -> Iterator[None]:
        if self._writing is None or not writes:
            yield
            return
        if not self._writing.acquire(timeout=SQLITE_BUSY_TIMEOUT_S):
            raise Unavailable(f"The database {self.name} has been busy writing for too long: try again in a moment.")
        try:
            yield
        finally:
            self._writing.release()

    @contextmanager
    def outside_transactions(self) -> Iterator[Connection]:
        """A connection without a transaction, for statements that cannot run in one. Failures are translated."""
        try:
            with self._connected() as connection:
                if connection.info.get(READS_ONLY):
                    raise self._full()
                yield connection.execution_options(isolation_level="AUTOCOMMIT")
        except SQLAlchemyError as error:
            raise translate(error, kind_of(error), self.name) from error

    def close(self) -> None:
        self.engine.dispose()
        if self._anchor is None:
            if self._file is not None:
                self._file.close()
            return
        if self._file is not None and self._file.is_exchanged:
            # SQLite's last connection writes what is in the log into the main file, and removes the log. Neither is
            # ours any more: it stays open until the process ends.
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._anchor.connection.dbapi_connection))
        else:
            self._anchor.close()
            if self._file is not None:
                self._file.close()

    def purge(self) -> bool:
        """Leave nothing of removed rows in SQLite's write-ahead log; the file itself is overwritten (secure_delete).

        False: somebody reads what was there before, and has to end first; `remains` says so from then on.
        """
        if self._file is None:
            return True
        with self._gate(writes=True), self.outside_transactions() as connection:
            self._file.require_the_same()
            connection.execute(text(f"PRAGMA busy_timeout = {PURGE_WAIT_MS}"))
            busy = connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).scalar()
            connection.execute(text(f"PRAGMA busy_timeout = {SQLITE_BUSY_TIMEOUT_S * 1000:.0f}"))
        if bool(busy) != self.remains():
            self.write(lambda connection: _note_remains(connection, bool(busy)))
        return not busy

    def remains(self) -> bool:
        """Whether removed rows are in the write-ahead log still."""
        query = select(counters.c.value).where(counters.c.name == _REMAINS)
        return bool(self.read(lambda connection: connection.scalar(query)))

    def readers(self) -> tuple[str, ...]:
        """Which other processes have the database open, where that can be found out: `sqlite3 (4711)`."""
        return () if self._file is None else self._file.users()


def _note_remains(connection: Connection, remains: bool) -> None:
    insert_or_replace(connection, counters, [{"name": _REMAINS, "value": int(remains)}], "value")


def _name(url: URL) -> str:
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.set(drivername="mysql", query={}).render_as_string(hide_password=True)
