"""Log who sees whose data: a viewer, what they see and an hour are one line, not each refresh."""

import threading
from datetime import datetime
from typing import Final

from server.store import AccessLine, Store

# Lines of one hour that are remembered as written; a flood of viewers makes more lines, and no more memory.
MOST_REMEMBERED: Final = 50_000


class Viewings:
    """For any thread. Nothing is shown without its line: where that cannot be written, the view fails."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._hour: datetime | None = None
        self._written: set[tuple[str, ...]] = set()

    def see(self, line: AccessLine) -> None:
        """Write the line, unless one of the same viewer, view and hour stands. Raises Unavailable."""
        key = (line.who, line.address, line.device, line.action, line.course, line.detail, line.subject, line.why)
        if self._stands(key, line.at.replace(minute=0, second=0, microsecond=0)):
            return
        self._store.access_log.write(line)
        with self._lock:
            self._written.add(key)

    def note(self, line: AccessLine) -> None:
        """Write the line, however often the same comes: of a download."""
        self._store.access_log.write(line)

    def _stands(self, key: tuple[str, ...], hour: datetime) -> bool:
        with self._lock:
            if hour != self._hour or len(self._written) >= MOST_REMEMBERED:
                self._hour, self._written = hour, set()
            return key in self._written
