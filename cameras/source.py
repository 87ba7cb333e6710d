"""What every kind of camera offers: pictures one after the other."""

import time
from collections.abc import Callable, Generator
from typing import Final, Protocol

from cameras.frame import Image

# A camera that gives no picture for so long counts as lost; slow ones at night give one in two seconds.
PATIENCE_S: Final = 10.0

# Wait so many seconds; True: the camera has been closed meanwhile, give no more pictures.
Pause = Callable[[float], bool]


class PictureSource(Protocol):
    """Used by one thread at a time; holds nothing open between two calls of `pictures`."""

    @property
    def name(self) -> str:
        """Never with a password."""

    @property
    def patience_s(self) -> float:
        """How long the next picture may take before the source counts as lost."""

    def pictures(self, pause: Pause) -> Generator[Image, None, None]:
        """Without end but for a recording's. Raises CameraLost. Closing it frees all."""


class Pace:
    """Lets no more than so many frames a second be decoded."""

    def __init__(self, frames_per_second: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._step_s = 1 / frames_per_second
        self._monotonic = monotonic
        self._next = monotonic()

    def is_due(self) -> bool:
        now = self._monotonic()
        if now < self._next:
            return False
        self._next = max(self._next + self._step_s, now)
        return True
