"""What is asked many times a second and changes a few times a term, kept for a moment. Any thread may use it."""

import threading
import time
from collections.abc import Callable, Hashable
from typing import Final, Generic, TypeVar

KEPT_S: Final = 2.0
"""How long what another process changed may go unseen; short beside the way from an office's command to a class."""
MOST_KEPT: Final = 1000

T = TypeVar("T")


class ShortMemory(Generic[T]):
    """Values by key, found again after KEPT_S seconds. clock: seconds that only grow."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[Hashable, tuple[float, T]] = {}

    def get(self, key: Hashable, find: Callable[[], T]) -> T:
        """The value, or what `find` gives and is kept then; what it raises is not kept."""
        now = self._clock()
        with self._lock:
            kept = self._kept.get(key)
        if kept is not None and now - kept[0] < KEPT_S:
            return kept[1]
        value = find()
        with self._lock:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[key] = (now, value)
        return value

    def forget(self) -> None:
        """Find everything anew."""
        with self._lock:
            self._kept.clear()
