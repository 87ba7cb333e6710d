"""Turn faces upright by MTCNN's five landmarks, as ArcFace and its kin want them."""

from collections.abc import Sequence
from typing import Final, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from server.faces import Box
from server.recognition.alignment import Aligned

CHIP_PX: Final = 112
TEMPLATE: Final = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]]
)
"""Where the eyes' centres, the tip of the nose and the corners of the mouth come to lie in a chip (InsightFace,
arcface_dst in face_align.py)."""

Floats = NDArray[np.float32]


class Landmarks(Protocol):
    """Finds the five points of faces whose boxes are known: MTCNN's O-Net."""

    def landmarks(self, image: NDArray[np.uint8], boxes: Sequence[Box]) -> tuple[Floats, Floats]:
        """Points (n, 5, 2) in pixels, eyes first, and how sure each is of a face, (n,)."""
        ...


class ArcfaceAlignment:
    """Chips of 112x112 by the similarity transform that brings the landmarks nearest to the template.

    Any number of threads may use it. What lies beyond the image is black.
    """

    def __init__(self, landmarks: Landmarks) -> None:
        self._landmarks = landmarks

    def align(self, image: NDArray[np.uint8], boxes: Sequence[Box]) -> Aligned:
        """See Alignment."""
        points, _ = self._landmarks.landmarks(image, boxes)
        chips = [_chip(image, each) for each in points]
        return points, np.array(chips, np.uint8).reshape(-1, CHIP_PX, CHIP_PX, 3)


def _chip(image: NDArray[np.uint8], points: Floats) -> NDArray[np.uint8]:
    chip = cv2.warpAffine(image, similarity(points), (CHIP_PX, CHIP_PX), flags=cv2.INTER_LINEAR)
    return np.asarray(chip, np.uint8)


def similarity(points: Floats) -> NDArray[np.float64]:
    """The turn, scale and shift, (2, 3), that bring points (5, 2) nearest to the template by least squares.

    In the plane Umeyama's solution (IEEE PAMI 1991) without a mirror image is a division of complex numbers.
    """
    source = points.astype(np.float64) @ [1, 1j]
    target = TEMPLATE @ [1, 1j]
    centred = source - source.mean()
    spread = max(float(np.vdot(centred, centred).real), np.finfo(np.float64).tiny)
    turn = np.vdot(centred, target - target.mean()) / spread
    shift = target.mean() - turn * source.mean()
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])
