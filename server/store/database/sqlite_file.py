"""Know a SQLite database's files again: what goes into files that were exchanged is lost."""

# With a write-ahead log the main file changes in checkpoints alone, each of which leaves a trace in the log's index. So
# a main file that has changed without one was written by somebody else: `cp` over it, a restore, an editor. The layout
# is SQLite's: sqlite.org/walformat.html (2.1, the header of the index; 2.2, its checkpoint information) and
# sqlite.org/fileformat2.html (4.1, the header of the log).

import contextlib
import os
import struct
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from server.errors import Unavailable
from server.store.database.index_descriptors import IndexDescriptors

_PAGE_SIZE: Final = struct.Struct("=H")  # 1 means 65536
_NUMBER: Final = struct.Struct("=I")
_PAGE_SIZE_AT, _FRAMES_AT, _INDEX_SALT_AT, _BACKFILLED_AT, _INDEX_BYTES = 14, 16, 32, 96, 100
_LOG_SALT_AT, _SALT_BYTES, _LOG_HEADER_BYTES, _FRAME_HEADER_BYTES = 16, 8, 32, 24
# Frames of the log after which they are moved into the main file; SQLite's own default.
MOST_FRAMES: Final = 1000
# How long another process may be in the middle of a checkpoint, or of its first write after one.
PATIENCE_S: Final = 5.0
_AGAIN_S: Final = 0.02

Identity = tuple[int, int] | None  # device and inode


@dataclass(frozen=True, slots=True)
class _Seen:
    """The files at one moment."""

    main: Identity
    log: Identity
    changed: tuple[int, int]  # the main file's time in nanoseconds, and its size
    checkpoint: bytes  # changes with every checkpoint
    is_whole: bool  # the log has what its index says
    frames: int  # of the log that are not in the main file yet


class SqliteFile:
    """The files of a database in use, for any thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._log = path.with_name(f"{path.name}-wal")
        self._index = path.with_name(f"{path.name}-shm")
        self._lock = threading.Lock()
        self._descriptors = IndexDescriptors(self._index)
        self._first = _identity(path)
        self._known: _Seen | None = None
        self._is_exchanged = False

    @property
    def is_exchanged(self) -> bool:
        return self._is_exchanged

    @property
    def wants_checkpoint(self) -> bool:
        """Whether the log has grown so long that what is in it is to go into the main file."""
        return self._known is not None and self._known.frames >= MOST_FRAMES

    def require_there(self) -> None:
        """Raise Unavailable where the file is gone, or another lies in its place, or it was found exchanged before."""
        if self._first is None or _identity(self._path) != self._first:
            self._is_exchanged = True
        if self._known is not None and _identity(self._log) != self._known.log:
            self._is_exchanged = True
        if self._is_exchanged:
            raise Unavailable(
                f"The database's file {self._path} or its log was removed or exchanged while it was in use, and what "
                "is written now would be lost: stop this program, put the right file there, remove the files of "
                "the same name that end in -wal and -shm where a backup was restored, and start it again."
            )

    def require_the_same(self) -> None:
        """As require_there, and where the file was written over; to be asked with this process's writers locked out.

        Asked before and after a commit, it lets nothing be acknowledged that went into a file which is gone.
        """
        self.require_there()
        with self._lock:
            enough = time.monotonic() + PATIENCE_S
            while not self._accept(_look(self._path, self._log, self._descriptors)):
                if time.monotonic() > enough:
                    self._is_exchanged = True
                    break
                time.sleep(_AGAIN_S)
        self.require_there()

    def close(self) -> None:
        """Once every connection is closed."""
        self._descriptors.close()

    def users(self) -> tuple[str, ...]:
        """Other processes that hold a lock on the log's index, by name and number; Linux alone tells."""
        identity = _identity(self._index)
        if identity is None:
            return ()
        found = {}
        with contextlib.suppress(OSError):
            for line in Path("/proc/locks").read_text(encoding="ascii", errors="replace").splitlines():
                number, place = line.split()[-4:-2]
                if place.rpartition(":")[2] == str(identity[1]) and number.isdigit() and int(number) != os.getpid():
                    found[number] = _process_name(number)
        return tuple(f"{name} ({number})" for number, name in sorted(found.items()))

    def _accept(self, seen: _Seen | None) -> bool:
        """Whether the files are those that were known, and are known from now on."""
        if seen is None:
            return self._known is None
        known = self._known
        by_us = known is None or seen.changed == known.changed or seen.checkpoint != known.checkpoint
        if by_us and seen.is_whole:
            self._known = seen
        return by_us and seen.is_whole


def _process_name(number: str) -> str:
    try:
        return Path("/proc", number, "comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return "a process"


def _identity(path: Path) -> Identity:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _look(main: Path, log: Path, descriptors: IndexDescriptors) -> _Seen | None:
    """None where there is no log yet: nobody has read or written."""
    try:
        header = descriptors.read(_INDEX_BYTES)
        log_header = _head(log, _LOG_HEADER_BYTES)
        status, of_log = main.stat(), log.stat()
    except OSError:
        return None
    if len(header) < _INDEX_BYTES:
        return None
    (page,) = _PAGE_SIZE.unpack_from(header, _PAGE_SIZE_AT)
    (frames,) = _NUMBER.unpack_from(header, _FRAMES_AT)
    (backfilled,) = _NUMBER.unpack_from(header, _BACKFILLED_AT)
    salt = header[_INDEX_SALT_AT : _INDEX_SALT_AT + _SALT_BYTES]
    needed = _LOG_HEADER_BYTES + frames * (_FRAME_HEADER_BYTES + (65536 if page == 1 else page))
    return _Seen(
        (status.st_dev, status.st_ino),
        (of_log.st_dev, of_log.st_ino),
        (status.st_mtime_ns, status.st_size),
        salt + header[_BACKFILLED_AT:],
        is_whole=frames == 0 or (of_log.st_size >= needed and log_header[_LOG_SALT_AT:][:_SALT_BYTES] == salt),
        frames=frames - backfilled,
    )


def _head(path: Path, count: int) -> bytes:
    with path.open("rb", buffering=0) as opened:
        return opened.read(count) or b""
