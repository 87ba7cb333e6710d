"""Let other detectors find the faces of a family: in turn, with boxes drawn as its own does, with its landmarks."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from server.recognition.box_maps import BoxMap
from server.recognition.detection import Detection, Detector
from server.recognition.landmarks import could_be_faces
from server.recognition.mtcnn import SECOND_SCORE, MtcnnDetector


class AskedInTurn:
    """A Detector that gives what the first one finds that finds anything. Each is opened when it is first asked.

    Any number of threads may use it where they may use each detector.
    """

    def __init__(self, openers: Sequence[Callable[[], Detector]]) -> None:
        self._openers = [cache(opener) for opener in openers]

    def find(self, image: NDArray[np.uint8], min_face_px: int) -> list[Detection]:
        """See Detector."""
        answers = (opener().find(image, min_face_px) for opener in self._openers)
        return next((found for found in answers if found), [])


class MappedDetector:
    """Another detector, its boxes drawn anew. Any number of threads may use it where they may use that."""

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
