"""Pauses of a camera that last until the test lets it go on."""

import queue
import threading

from cameras.reading import Camera
from cameras.source import PictureSource
from tests.cameras.camera_servers import DEADLINE_S


class Waits:
    """Stands in for waiting: says how long each pause would be, and ends it when told."""

    def __init__(self) -> None:
        self._asked: queue.Queue[float] = queue.Queue()
        self._ends: queue.Queue[None] = queue.Queue()

    def __call__(self, closed: threading.Event, seconds: float) -> bool:
        self._asked.put(seconds)
        self._ends.get(timeout=DEADLINE_S)
        return closed.is_set()

    def next_pause(self) -> float:
        """How long the camera wants to wait now, once it does."""
        return self._asked.get(timeout=DEADLINE_S)

    def end(self) -> None:
        """The time of one pause is over."""
        self._ends.put(None)


class Clock:
    """Monotonic seconds that a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Watched:
    """A camera whose pauses the test ends."""

    def __init__(self, source: PictureSource) -> None:
        self.waits = Waits()
        self.clock = Clock()
        self.camera = Camera(source, wait=self.waits, monotonic=self.clock)

    def __enter__(self) -> "Watched":
        return self

    def __exit__(self, *_: object) -> None:
        self.waits.end()
        self.camera.close()
