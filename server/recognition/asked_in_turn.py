"""Ask one detector after the other until one finds a face, each giving boxes as MTCNN draws them."""

import math
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from server.faces import Box
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


class SeenByOutputNetwork:
    """A Detector that gives another's faces, dlib's, as MTCNN would have drawn them: those that O-Net takes for faces.

    width, height: of MTCNN's box, in sides of dlib's.
    """

    def __init__(self, detector: Detector, mtcnn: MtcnnDetector, width: float = 0.931, height: float = 1.274) -> None:
        self._detector = detector
        self._mtcnn = mtcnn
        self._size = width, height

    def find(self, image: NDArray[np.uint8], min_face_px: int) -> list[Detection]:
        """See Detector; with landmarks, surest first."""
        boxes = [self._mapped(each.box) for each in self._detector.find(image, min_face_px)]
        landmarks, scores = self._mtcnn.landmarks(image, boxes)
        faces = np.flatnonzero((scores > SECOND_SCORE) & could_be_faces(landmarks))
        found = [Detection(boxes[at], float(scores[at]), landmarks[at]) for at in faces]
        return sorted(found, key=lambda each: -each.score)

    def _mapped(self, box: Box) -> Box:
        """The box around the same centre that is as wide and as high as MTCNN's, in the median of 218 portraits."""
        side = math.sqrt((box[2] - box[0] + 1) * (box[3] - box[1] + 1))
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        across, down = ((share * side - 1) / 2 for share in self._size)
        return round(x - across), round(y - down), round(x + across), round(y + down)
