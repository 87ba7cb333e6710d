"""Wait longer before each new try."""

from collections.abc import Iterator
from typing import Final

FIRST_PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 60.0


def growing_pauses() -> Iterator[float]:
    """1, 2, 4 … 60, 60 seconds, without end."""
    pause_s = FIRST_PAUSE_S
    while True:
        yield pause_s
        pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
