"""Turn faces upright, by dlib's five landmarks or by MTCNN's."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol, TypeAlias

import dlib
import numpy as np
from numpy.typing import NDArray

from server.faces import Box
from server.recognition.arcface_alignment import arcface_chips
from server.recognition.box_maps import BoxMap

# Side and padding of the chips that dlib's ResNet was trained on (dlib, examples/dnn_face_recognition_ex.cpp); the
# model id names them.
CHIP_PX: Final = 150
CHIP_PADDING: Final = 0.25

Aligned: TypeAlias = tuple[NDArray[np.float32], NDArray[np.uint8]]
# Landmarks (n, 5, 2) that MTCNN has found already, where it has.
Known: TypeAlias = NDArray[np.float32] | None


class Aligner:
    """Turns faces upright as dlib does, 0.7 ms a face with the interpreter lock held. Threads may share it."""

    def __init__(self, landmark_model: Path) -> None:
        self._predictor = dlib.shape_predictor(str(landmark_model))

    def align(self, image: NDArray[np.uint8], boxes: Sequence[Box], known: Known = None) -> Aligned:  # noqa: ARG002
        """See Alignment: what dlib's shape_predictor and get_face_chip give for exactly these boxes."""
        shapes = [self._predictor(image, dlib.rectangle(*box)) for box in boxes]
        landmarks = np.array([[(point.x, point.y) for point in shape.parts()] for shape in shapes], np.float32)
        chips = [dlib.get_face_chip(image, shape, CHIP_PX, CHIP_PADDING) for shape in shapes]
        return landmarks.reshape(-1, 5, 2), np.array(chips, np.uint8).reshape(-1, CHIP_PX, CHIP_PX, 3)


class MappedAligner:
    """The same for boxes as another detector draws them. drawn: dlib's box for such a box."""

    def __init__(self, aligner: Aligner, drawn: BoxMap) -> None:
        self._aligner = aligner
        self._drawn = drawn

    def align(self, image: NDArray[np.uint8], boxes: Sequence[Box], known: Known = None) -> Aligned:  # noqa: ARG002
        return self._aligner.align(image, [self._drawn.of(box) for box in boxes])


class LandmarkFinder(Protocol):
    """Finds the five points of faces whose boxes are known; MtcnnDetector is one."""

    def landmarks(
        self, image: NDArray[np.uint8], boxes: Sequence[Box]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """(n, 5, 2), see Detection, and how sure each is of a face, (n,)."""
        ...


class ArcfaceAligner:
    """An Alignment by somebody's landmarks. Any number of threads may use it."""

    def __init__(self, finder: LandmarkFinder) -> None:
        self._finder = finder

    def align(self, image: NDArray[np.uint8], boxes: Sequence[Box], known: Known = None) -> Aligned:
        """See Alignment; chips of 112x112."""
        landmarks = self._finder.landmarks(image, boxes)[0] if known is None else known
        return landmarks, arcface_chips(image, landmarks)
