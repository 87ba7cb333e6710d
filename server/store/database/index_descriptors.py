"""Read a SQLite database's write-ahead index without taking SQLite's locks away."""

# A process loses all its POSIX locks on a file as soon as it closes any descriptor of it (fcntl(2), "Record locks"),
# and SQLite's locks on the index with them (sqlite.org/howtocorrupt.html, 2.2): the next process that opens the
# database then believes to be the first, and makes the index anew under transactions that are on. So one descriptor a
# file stays open as long as anybody of this process uses the database.

import os
import threading
from pathlib import Path
from typing import Final

_IS_POSIX: Final = os.name == "posix"
_lock: Final = threading.Lock()
_users: Final[dict[Path, int]] = {}
_open: Final[dict[Path, dict[tuple[int, int], int]]] = {}  # by device and inode, for the file may be exchanged


class IndexDescriptors:
    """The descriptors of one index, shared by all that use the database. May be used from any thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._is_closed = False
        with _lock:
            _users[path] = _users.get(path, 0) + 1

    def read(self, count: int) -> bytes:
        """The first bytes of the file that lies there now. Raises OSError."""
        if not _IS_POSIX:
            with self._path.open("rb", buffering=0) as opened:
                return opened.read(count) or b""
        with _lock:
            kept = _open.setdefault(self._path, {})
            descriptor = kept.get(_identity(self._path.stat()))
            if descriptor is None:
                descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
                # Exchanged between the two looks, it may be there already: this one then stays open too.
                descriptor = kept.setdefault(_identity(os.fstat(descriptor)), descriptor)
            return os.pread(descriptor, count, 0)

    def close(self) -> None:
        """To be called once every connection of this user is closed; the last user's call closes the descriptors."""
        with _lock:
            if self._is_closed:
                return
            self._is_closed = True
            _users[self._path] -= 1
            if _users[self._path] == 0:
                del _users[self._path]
                for descriptor in _open.pop(self._path, {}).values():
                    os.close(descriptor)


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino
