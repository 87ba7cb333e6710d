"""Count what goes wrong from each address or for each account, so that guessing is slow."""

import threading
from collections import OrderedDict, deque
from datetime import datetime, timedelta
from typing import Final

# Addresses that are remembered at once: the oldest is forgotten, so that a flood of them fills no memory.
MOST_KEYS: Final = 10_000


class FailureLimit:
    """At most `most` failures of one key within `window`; for any thread."""

    def __init__(self, most: int, window: timedelta) -> None:
        self._most = most
        self._window = window
        self._lock = threading.Lock()
        self._failures: OrderedDict[str, deque[datetime]] = OrderedDict()

    def is_reached(self, key: str, now: datetime) -> bool:
        with self._lock:
            return len(self._recent(key, now)) >= self._most

    def count(self, key: str, now: datetime) -> None:
        """One more failure."""
        with self._lock:
            self._recent(key, now)
            self._failures.setdefault(key, deque(maxlen=self._most)).append(now)
            self._failures.move_to_end(key)
            while len(self._failures) > MOST_KEYS:
                self._failures.popitem(last=False)

    def _recent(self, key: str, now: datetime) -> deque[datetime]:
        found = self._failures.get(key, deque())
        while found and not now - self._window < found[0] <= now:
            found.popleft()
        if not found:
            self._failures.pop(key, None)
        return found
