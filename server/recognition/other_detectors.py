"""Let other detectors find the faces of a family: in turn, with boxes drawn as its own does, with its landmarks."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from server.recognition.box_maps import BoxMap
from server.recognition.detection import Detection, Detector
from server.recognition.landmarks import could_be_faces
from server.recognition.mtcnn import SECOND_SCORE, MtcnnDetector

# Widest border around a picture, else half of its longer side: a large picture is held twice meanwhile.
MOST_BORDER_PX: Final = 500


class AskedInTurn:
    """A Detector that gives what the first one finds that finds anything. Each is opened when it is first asked."""

    def __init__(self, openers: Sequence[Callable[[], Detector]]) -> None:
        self._openers = [cache(opener) for opener in openers]

    def find(self, image: NDArray[np.uint8], min_face_px: int) -> list[Detection]:
        answers = (opener().find(image, min_face_px) for opener in self._openers)
        return next((found for found in answers if found), [])


class PaddedDetector:
    """Another detector that looks at the picture with its edges drawn out: faces that the edges cut deeply."""

    # Of 76 portraits cut by a third or half, in which MTCNN finds none, it finds 9, MMOD and HOG 6 (2026-11-30).

    def __init__(self, detector: Detector) -> None:
        self._detector = detector

    def find(self, image: NDArray[np.uint8], min_face_px: int) -> list[Detection]:
        border = min(max(image.shape[:2]) // 2, MOST_BORDER_PX)
        padded = cv2.copyMakeBorder(image, border, border, border, border, cv2.BORDER_REPLICATE)
        return [_moved(found, -border) for found in self._detector.find(np.asarray(padded, np.uint8), min_face_px)]


def _moved(found: Detection, by: int) -> Detection:
    left, top, right, bottom = (side + by for side in found.box)
    landmarks = None if found.landmarks is None else found.landmarks + np.float32(by)
    return Detection((left, top, right, bottom), found.score, landmarks)


class MappedDetector:
    """Another detector, its boxes drawn anew."""

    def __init__(self, detector: Detector, drawn: BoxMap) -> None:
        self._detector = detector
        self._drawn = drawn

    def find(self, image: NDArray[np.uint8], min_face_px: int) -> list[Detection]:
        """See Detector; without landmarks."""
        return [Detection(self._drawn.of(each.box), each.score) for each in self._detector.find(image, min_face_px)]


class LandmarkedDetector:
    """Another detector with MTCNN's landmarks: of its faces those that O-Net takes for faces too."""

    def __init__(self, detector: Detector, mtcnn: MtcnnDetector) -> None:
        self._detector = detector
        self._mtcnn = mtcnn

    def find(self, image: NDArray[np.uint8], min_face_px: int) -> list[Detection]:
        """See Detector; with landmarks."""
        found = self._detector.find(image, min_face_px)
        landmarks, scores = self._mtcnn.landmarks(image, [each.box for each in found])
        faces = np.flatnonzero((scores > SECOND_SCORE) & could_be_faces(landmarks))
        return [replace(found[at], landmarks=landmarks[at]) for at in faces]
