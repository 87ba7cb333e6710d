"""Let the C library give memory back after a burst, where it is glibc; elsewhere nothing happens."""

import ctypes
import sys
import time
from collections.abc import Callable
from typing import Final

# Parameter of mallopt (malloc.h).
M_ARENA_MAX: Final = -8
# Places where threads allocate. glibc makes eight for each core, and each keeps what was freed in it: with two cores
# 300 MiB more for the same burst (`make bench ONLY=server_memory`, 2026-11-30).
ARENAS: Final = 2
# What is free lies between what is used; handing its pages back takes some milliseconds.
EVERY_S: Final = 10.0


class FreedMemory:
    """Call it before threads are started."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last = clock()
        library = ctypes.CDLL(None) if sys.platform.startswith("linux") else None
        self._trim: Callable[[int], int] | None = getattr(library, "malloc_trim", None)
        if self._trim is not None:
            library.mallopt(M_ARENA_MAX, ARENAS)  # type: ignore[union-attr]  # where one is, the other is

    def give_back(self) -> None:
        """Hand the pages that are free to the system, every EVERY_S at most."""
        if self._trim is not None and self._clock() - self._last >= EVERY_S:
            self._trim(0)
            self._last = self._clock()
