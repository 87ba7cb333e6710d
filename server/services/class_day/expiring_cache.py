"""Find values again for a short while, instead of asking the database each time."""

import threading
import time
from collections.abc import Callable, Hashable
from typing import Final, Generic, TypeVar

# How long a change by another process may go unseen: short beside the way from an office's command to a class.
CACHE_S: Final = 2.0
MOST_CACHED: Final = 1000

T = TypeVar("T")


class ExpiringCache(Generic[T]):
    """Values by key that are found again after CACHE_S seconds; for any thread. clock: seconds that only grow."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._cached: dict[Hashable, tuple[float, T]] = {}

    def get(self, key: Hashable, find: Callable[[], T]) -> T:
        """The cached value, or what `find` gives; what it raises is not cached."""
        now = self._clock()
        with self._lock:
            cached = self._cached.get(key)
        if cached is not None and now - cached[0] < CACHE_S:
            return cached[1]
        value = find()
        with self._lock:
            if len(self._cached) >= MOST_CACHED:
                self._cached.clear()
            self._cached[key] = (now, value)
        return value

    def clear(self) -> None:
        with self._lock:
            self._cached.clear()
