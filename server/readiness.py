"""Say whether the server can do its work, without doing any for the question."""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from server.errors import RollcallError
from server.faces import Box, Face, Recogniser

log = logging.getLogger(__name__)

# The database is asked every two seconds; after so many without an answer it counts as away.
DATABASE_SILENCE_S: Final = 15.0
_SIDE: Final = 320
_BOX: Final = (80, 80, 239, 239)


@dataclass(frozen=True, slots=True)
class Ready:
    """recognition, database: whether each works."""

    recognition: bool
    database: bool
    stopping: bool = False

    def __bool__(self) -> bool:
        return self.recognition and self.database and not self.stopping


class Readiness:
    """For any thread."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._recognised = False
        self._answered_at: float | None = None
        self._stopping = False

    def recognised(self, well: bool) -> None:
        with self._lock:
            self._recognised = well

    def database_answered(self, well: bool = True) -> None:
        with self._lock:
            self._answered_at = self._monotonic() if well else None

    def stop(self) -> None:
        with self._lock:
            self._stopping = True

    def now(self) -> Ready:
        with self._lock:
            at = self._answered_at
            database = at is not None and self._monotonic() - at < DATABASE_SILENCE_S
            return Ready(self._recognised, database, self._stopping)


class WatchedRecogniser:
    """A recogniser whose last success or failure readiness knows."""

    def __init__(self, recogniser: Recogniser, readiness: Readiness) -> None:
        self._recogniser = recogniser
        self._readiness = readiness
        self.model_id, self.family, self.dimensions = recogniser.model_id, recogniser.family, recogniser.dimensions
        self.engine, self.detector = recogniser.engine, recogniser.detector
        self.min_face_px, self.looks_twice = recogniser.min_face_px, recogniser.looks_twice

    def check(self) -> bool:
        """Whether it finds and embeds at all: on a drawn picture, before anybody waits for it."""
        drawn = drawn_picture()
        try:
            self.look(drawn)
            (face,) = self.at_boxes(drawn, [_BOX])
        except Exception:  # whatever it is, the log has it and nobody is recognised
            log.exception("the networks do not recognise")
            return False
        well = face.embedding.shape == (self.dimensions,) and bool(np.isfinite(face.embedding).all())
        self._readiness.recognised(well)
        return well

    def look(self, image: NDArray[np.uint8]) -> Sequence[Face]:
        return self._watched(lambda: self._recogniser.look(image))

    def faces(self, image: NDArray[np.uint8], **how: Any) -> Sequence[Face]:
        return self._watched(lambda: self._recogniser.faces(image, **how))

    def at_boxes(self, image: NDArray[np.uint8], boxes: Sequence[Box]) -> Sequence[Face]:
        return self._watched(lambda: self._recogniser.at_boxes(image, boxes))

    def quarter_turns(self, image: NDArray[np.uint8], min_face_px: int) -> int:
        return self._recogniser.quarter_turns(image, min_face_px)

    def reduced(self, image: NDArray[np.uint8], box: Box) -> Mapping[int, NDArray[np.float32]]:
        return self._recogniser.reduced(image, box)

    def _watched(self, job: Callable[[], Sequence[Face]]) -> Sequence[Face]:
        try:
            found = job()
        except RollcallError:
            raise  # the picture's fault, or that of who sent it
        except BaseException:
            self._readiness.recognised(False)
            raise
        self._readiness.recognised(True)
        return found


def drawn_picture() -> NDArray[np.uint8]:
    """uint8 (320, 320, 3): an oval with two eyes and a mouth, nobody's."""
    rows, columns = np.mgrid[0:_SIDE, 0:_SIDE].astype(np.float32)
    picture = np.full((_SIDE, _SIDE, 3), 90, np.uint8)
    picture[((columns - 160) / 75) ** 2 + ((rows - 160) / 95) ** 2 < 1] = (205, 170, 150)
    for x, y, width, height in ((130, 135, 14, 7), (190, 135, 14, 7), (160, 205, 28, 8)):
        picture[((columns - x) / width) ** 2 + ((rows - y) / height) ** 2 < 1] = (60, 40, 40)
    return picture
