"""OpenCV's YuNet as a detector, where somebody has its ONNX file: no package registry carries it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from server.errors import SetupProblem
from server.recognition.detection import Detection

# OpenCV's own values but for the score, 0.9 in its demo: at 0.6 it finds 52 of 52 in a group (November 2026).
LEAST_SCORE: Final = 0.6
MOST_SHARED: Final = 0.3
MOST_FACES: Final = 5000
TRIAL_PX: Final = 160
CORNERS: Final = 4
# Columns of what OpenCV answers: left, top, width, height, ten of landmarks, score (FaceDetectorYN).
SCORE: Final = 14


class YunetDetector:
    """YuNet run by OpenCV. Threads may share it: each gets its own, which OpenCV needs."""

    def __init__(self, file: Path | None) -> None:
        """Opens and tries the network. Raises SetupProblem where there is none, or the file is not YuNet's."""
        if file is None:
            raise SetupProblem("The detector yunet needs its network: name the ONNX file by --detector-file.")
        self._file = _checked(file)
        self._own = threading.local()
        try:
            with _quiet():
                self._answer(np.zeros((TRIAL_PX, TRIAL_PX, 3), np.uint8))
        except cv2.error as error:
            raise SetupProblem(
                f"OpenCV cannot run {file} as YuNet's network ({error.err or error}): name the file "
                "face_detection_yunet_*.onnx of OpenCV's model zoo."
            ) from error

    def find(self, image: NDArray[np.uint8], min_face_px: int) -> list[Detection]:
        rows = self._answer(np.ascontiguousarray(image[:, :, ::-1]))
        return [_detection(row) for row in rows if np.isfinite(row).all() and round(float(row[2])) >= min_face_px]

    def _answer(self, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
        if not hasattr(self._own, "detector"):
            self._own.detector = _opened(self._file)
        self._own.detector.setInputSize((picture.shape[1], picture.shape[0]))
        _, rows = self._own.detector.detect(picture)
        return np.empty((0, SCORE + 1), np.float32) if rows is None else np.asarray(rows, np.float32)


def _checked(file: Path) -> Path:
    try:
        file.open("rb").close()
    except OSError as error:
        raise SetupProblem(
            f"YuNet's network {file} cannot be read: {error.strerror}. Name another by --detector-file."
        ) from error
    return file


@contextmanager
def _quiet() -> Iterator[None]:
    # Without OpenCV's own lines on standard error: what went wrong is said by us.
    level = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        yield
    finally:
        cv2.utils.logging.setLogLevel(level)


def _opened(file: Path) -> Any:
    return cv2.FaceDetectorYN.create(str(file), "", (TRIAL_PX, TRIAL_PX), LEAST_SCORE, MOST_SHARED, MOST_FACES)


def _detection(row: NDArray[np.float32]) -> Detection:
    left, top, width, height = (round(float(value)) for value in row[:CORNERS])
    return Detection((left, top, left + max(width, 1) - 1, top + max(height, 1) - 1), float(row[SCORE]))
