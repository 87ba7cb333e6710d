"""dlib's own MMOD detector behind our interface: the reference for tests and measurements."""

# Slow and hungry: a 1920 x 1080 picture with one up-sampling takes a minute and 8 GB.

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.recognition.detection import WINDOW_PX, Detection
from server.recognition.engines import PictureDetector

MAX_UPSAMPLINGS: Final = 2


class DlibMmodDetector:
    """dlib's MMOD network run by dlib, which takes one picture at a time."""

    def __init__(self, detector: PictureDetector) -> None:
        self._detector = detector

    def find(self, image: NDArray[np.uint8], min_face_px: int) -> list[Detection]:
        """See Detector; doubled until min_face_px is a window, at most twice."""
        upsamplings = min(max(math.ceil(math.log2(WINDOW_PX / min_face_px)), 0), MAX_UPSAMPLINGS)
        return [
            Detection((each.left, each.top, each.right, each.bottom), each.score)
            for each in self._detector.boxes(image, upsamplings)
        ]
