"""dlib's own MMOD detector and embedder behind the same interfaces: the reference for tests and measurements.

Slow, hungry (a 1920 x 1080 picture with one up-sampling takes a minute and 8 GB), and it holds the interpreter lock.
"""

import math
import threading
from pathlib import Path
from typing import Final

import dlib
import numpy as np
from numpy.typing import NDArray

from server.recognition.detection import WINDOW_PX, Detection

MAX_UPSAMPLINGS: Final = 2


class DlibMmodDetector:
    """dlib's MMOD network run by dlib. One picture at a time: it owns a lock."""

    def __init__(self, model: Path) -> None:
        self._network = dlib.cnn_face_detection_model_v1(str(model))
        self._lock = threading.Lock()

    def find(self, image: NDArray[np.uint8], min_face_px: int) -> list[Detection]:
        """See Detector; up-sampled by two until min_face_px is a window, at most twice."""
        upsamplings = min(max(math.ceil(math.log2(WINDOW_PX / min_face_px)), 0), MAX_UPSAMPLINGS)
        with self._lock:
            found = self._network(image, upsamplings)
        return [
            Detection((each.rect.left(), each.rect.top(), each.rect.right(), each.rect.bottom()), each.confidence)
            for each in found
        ]


class DlibEmbedder:
    """dlib's ResNet run by dlib. One batch at a time: it owns a lock."""

    def __init__(self, model: Path) -> None:
        self._network = dlib.face_recognition_model_v1(str(model))
        self._lock = threading.Lock()

    def embed(self, chips: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Embeddings float32 (n, 128) of chips uint8 (n, 150, 150, 3) RGB."""
        with self._lock:
            vectors = [self._network.compute_face_descriptor(np.ascontiguousarray(chip)) for chip in chips]
        return np.array(vectors, np.float32).reshape(-1, 128)
