"""Say whether it is a certain student before a camera: one to one, over several frames."""

import threading
import time
from collections.abc import Callable
from typing import Final

from cameras.errors import CameraLost
from server.errors import BadImage, Busy, NoFace, TooLarge, UnknownStudent

# The client of 2019 waits 20 seconds, and its server looked at 240 frames at most.
LIMIT_S: Final = 18.0
MOST_FRAMES: Final = 240
# In so many frames it must be that student: one match is rare by chance, three by chance are not seen.
HITS: Final = 3
BETWEEN_S: Final = 0.1
AT_ONCE: Final = 4


class CameraIdentity:
    """For any thread. read: a picture's bytes. is_student: whether its largest face is that student's."""

    def __init__(
        self,
        read: Callable[[str], bytes],
        is_student: Callable[[str, bytes], bool],
        *,
        monotonic: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._read = read
        self._is_student = is_student
        self._monotonic = monotonic
        self._pause = pause
        self._lock = threading.Lock()
        self._running: set[str] = set()

    def verify(self, student: str, url: str) -> bool:
        """Raises what `read` raises for the first frame, and Busy where this camera, or enough others, are asked."""
        with self._lock:
            if url in self._running or len(self._running) >= AT_ONCE:
                raise Busy("So many are looked at already; ask again in a moment.")
            self._running.add(url)
        try:
            return self._over_frames(student, url)
        finally:
            with self._lock:
                self._running.discard(url)

    def _over_frames(self, student: str, url: str) -> bool:
        deadline, hits = self._monotonic() + LIMIT_S, 0
        for frame in range(MOST_FRAMES):
            try:
                hits += self._is_student(student, self._read(url))
            except CameraLost:
                if frame == 0:
                    raise
            except (NoFace, BadImage, TooLarge, Busy):
                pass
            except UnknownStudent:
                return False
            if hits >= HITS:
                return True
            if self._monotonic() + BETWEEN_S >= deadline:
                return False
            self._pause(BETWEEN_S)
        return False
