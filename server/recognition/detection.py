"""What every detector gives: boxes with scores, and the suppression of a face that was found twice."""

from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from server.faces import Box

# Side of the window that dlib's HOG and MMOD face detectors slide over a picture: the smallest face they see as is.
WINDOW_PX: Final = 80
# Each level of dlib's pyramid is this much smaller than the one before (pyramid_down<6>).
PYRAMID_STEP: Final = 5 / 6


@dataclass(frozen=True, slots=True)
class Detection:
    """score: over 0, higher is surer. landmarks: float32 (5, 2), x and y in pixels, where the detector gives them: left
    eye as seen in the picture, right eye, nose tip, left corner of the mouth, right corner.
    """

    box: Box
    score: float
    landmarks: NDArray[np.float32] | None = field(default=None, compare=False)


class Detector(Protocol):
    """Finds faces. Any number of threads may use one."""

    def find(self, image: NDArray[np.uint8], min_face_px: int) -> list[Detection]:
        """Every face of a picture (h, w, 3) RGB whose box is about min_face_px wide or more, once."""
        ...
