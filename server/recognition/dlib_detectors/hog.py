"""Find frontal faces by dlib's HOG, fast on small pictures."""

import threading
from typing import Final

import dlib
import numpy as np
from numpy.typing import NDArray

from server.recognition.detection import PYRAMID_STEP, WINDOW_PX, Detection

# A second one costs four times as much and finds ghosts; for faces under 40 px there is MMOD.
MAX_UPSAMPLINGS: Final = 1


class HogDetector:
    """dlib's frontal face detector with at most one up-sampling, so faces of 40 px and more."""

    # Threads may share it: each gets its own detector, which dlib needs; dlib releases the interpreter lock.

    def __init__(self) -> None:
        self._own = threading.local()

    def find(self, image: NDArray[np.uint8], min_face_px: int) -> list[Detection]:
        """See Detector. Sizes come in steps of 6/5; boxes nearer to the next smaller step are left out."""
        upsamplings = MAX_UPSAMPLINGS if min_face_px < WINDOW_PX else 0
        least = min_face_px * PYRAMID_STEP**0.5
        boxes, scores, _ = self._detector().run(image, upsamplings, 0.0)
        return [
            Detection((box.left(), box.top(), box.right(), box.bottom()), float(score))
            for box, score in zip(boxes, scores, strict=True)
            if box.width() >= least
        ]

    def _detector(self) -> "dlib.fhog_object_detector":
        if not hasattr(self._own, "detector"):
            self._own.detector = dlib.get_frontal_face_detector()
        return self._own.detector
