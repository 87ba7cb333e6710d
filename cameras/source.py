"""What every kind of camera source offers: pictures one after the other."""

import time
from collections.abc import Callable, Generator
from typing import Final, Protocol

from cameras.frame import Image

PATIENCE_S: Final = 10.0
"""A camera that gives no picture for so long counts as lost; slow ones at night give one in two seconds."""

Pause = Callable[[float], bool]
"""Wait so many seconds; True: the camera has been closed meanwhile, give no more pictures."""


class PictureSource(Protocol):
    """Where pictures come from. Used by one thread at a time; holds nothing open between two calls of `pictures`."""

    @property
    def name(self) -> str:
        """What to call it on a screen or in a log: never with a password."""

    @property
    def patience_s(self) -> float:
        """How long the next picture may take before the source counts as lost."""

    def pictures(self, pause: Pause) -> Generator[Image, None, None]:
        """Pictures as they are taken, without end but for a recording's. Raises CameraLost. Closing it frees all."""


class Pace:
    """Says which frames of a stream are worth decoding, so that no more than so many a second are."""

    def __init__(self, frames_per_second: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._step_s = 1 / frames_per_second
        self._monotonic = monotonic
        self._next = monotonic()

    def is_due(self) -> bool:
        """Whether the frame that is there now is to be decoded."""
        now = self._monotonic()
        if now < self._next:
            return False
        self._next = max(self._next + self._step_s, now)
        return True
