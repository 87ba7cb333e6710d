"""The reference: dlib runs its own networks from its own files, slowly, holding the interpreter lock."""

import threading
from collections.abc import Callable
from typing import Any

import dlib
import numpy as np
from numpy.typing import NDArray

from server.errors import SetupProblem

from .base import Chips, Floats, Network, Networks, PictureBox


class DlibEmbedder:
    """An EmbedderSession; one caller at a time, for a network of dlib keeps its layers' outputs in itself."""

    def __init__(self, file: str) -> None:
        self._network = _load(dlib.face_recognition_model_v1, file)
        self._lock = threading.Lock()

    def embed(self, chips: Chips) -> Floats:
        with self._lock:
            vectors = [self._network.compute_face_descriptor(chip) for chip in chips]
        return np.array(vectors, np.float32).reshape(len(chips), 128)


class DlibDetector:
    """A PictureDetector; one caller at a time."""

    def __init__(self, file: str) -> None:
        self._network = _load(dlib.cnn_face_detection_model_v1, file)
        self._lock = threading.Lock()

    def boxes(self, picture: NDArray[np.uint8], upsamplings: int) -> list[PictureBox]:
        with self._lock:
            found = self._network(np.ascontiguousarray(picture), upsamplings)
        return [
            PictureBox(each.rect.left(), each.rect.top(), each.rect.right(), each.rect.bottom(), each.confidence)
            for each in found
        ]


class DlibEngine:
    """dlib itself."""

    name = "dlib"

    @property
    def detail(self) -> str:
        return f"dlib {dlib.__version__} on the CPU with one thread (the reference, slow)"

    @property
    def workers(self) -> int:
        return 1

    def open_network(self, model: bytes) -> Network:  # noqa: ARG002 - as every engine
        """dlib runs no ONNX. Raises SetupProblem."""
        raise SetupProblem("The engine dlib runs dlib's own networks alone: set --engine auto, or --family dlib.")

    def open_embedder(self, networks: Networks) -> DlibEmbedder:
        return DlibEmbedder(networks.embedder_dat)

    def open_detector(self, networks: Networks) -> DlibDetector:
        return DlibDetector(networks.detector_dat)


def _load(kind: Callable[[str], Any], file: str) -> Any:
    try:
        return kind(file)
    except RuntimeError as error:
        raise SetupProblem(f"dlib {dlib.__version__} cannot load the network {file}: {error}") from error
