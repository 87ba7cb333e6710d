"""Write the first of many refusals that are alike to the log, and then how many there were."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

# So long those that are alike are counted before one line says how many they were.
SUMMED_S: Final = 60.0
# So many kinds are counted apart; what comes beyond is counted together.
MOST_KINDS: Final = 256
THE_OTHERS: Final = "other refusals"


@dataclass(slots=True)
class _Counted:
    level: int
    since: float
    more: int = 0


class RefusalLog:
    """For any thread. A line tells of whom and what; nobody's flood fills the disk."""

    def __init__(self, log: logging.Logger, clock: Callable[[], float] = time.monotonic) -> None:
        self._log = log
        self._clock = clock
        self._lock = threading.Lock()
        self._counted: dict[str, _Counted] = {}
        self._next_look = 0.0

    def note(self, kind: str, level: int, text: str) -> None:
        """kind: what it has to have in common with others to be counted with them, for a person to read."""
        with self._lock:
            lines = self._over()
            if kind not in self._counted and len(self._counted) >= MOST_KINDS:
                kind = THE_OTHERS
            if kind in self._counted:
                self._counted[kind].more += 1
            else:
                self._counted[kind] = _Counted(level, self._clock())
                lines.append((level, text))
        self._write(lines)

    def look(self) -> None:
        """Say what has been counted for long enough; with every request, as it costs nothing until something is due."""
        if self._counted and self._clock() >= self._next_look:
            with self._lock:
                lines = self._over()
            self._write(lines)

    def flush(self) -> None:
        """Say all that was counted."""
        with self._lock:
            lines = [_line(kind, each, self._clock()) for kind, each in self._counted.items() if each.more]
            self._counted.clear()
        self._write(lines)

    def _over(self) -> list[tuple[int, str]]:
        now = self._clock()
        over = {kind: each for kind, each in self._counted.items() if now - each.since >= SUMMED_S}
        for kind in over:
            del self._counted[kind]
        self._next_look = min((each.since for each in self._counted.values()), default=now) + SUMMED_S
        return [_line(kind, each, now) for kind, each in over.items() if each.more]

    def _write(self, lines: list[tuple[int, str]]) -> None:
        for level, text in lines:
            self._log.log(level, "%s", text)


def _line(kind: str, counted: _Counted, now: float) -> tuple[int, str]:
    return counted.level, f"{kind}: {counted.more} more in {now - counted.since:.0f} s"
