"""Say what an engine promises that runs networks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Chips = NDArray[np.uint8]
Levels = NDArray[np.uint8]
Floats = NDArray[np.float32]


class Network(Protocol):
    """A loaded network: pictures uint8 (n, h, w, 3) RGB of one size in. Threads may run one at once."""

    def outputs(self, pictures: NDArray[np.uint8]) -> Mapping[str, Floats]:
        """All outputs, by name."""
        ...

    def run(self, pictures: NDArray[np.uint8]) -> Floats:
        """The first output."""
        ...


class EmbedderSession(Protocol):
    """dlib's embedder."""

    def embed(self, chips: Chips) -> Floats:
        """(n, 128) of chips (n, 150, 150, 3) RGB, within 1e-5 of dlib's own vectors, whose length is about 1.4."""
        ...


class DetectorSession(Protocol):
    """MMOD on one level of a pyramid."""

    def scores(self, levels: Levels) -> Floats:
        """(n, rows, columns) of pictures (n, h, w, 3) RGB of one size; under 29x29 there are none: (n, 0, 0).

        A score over 0 is a face of 80 pixels around the pixel (8 * row + 14, 8 * column + 14).
        """
        # dlib frames a level with score_geometry.FRAME pixels of the mean colour first.
        ...


@dataclass(frozen=True)
class PictureBox:
    """All four sides belong to the face; a higher score is surer."""

    left: int
    top: int
    right: int
    bottom: int
    score: float


@runtime_checkable
class PictureDetector(Protocol):
    """dlib's own MMOD, which searches a whole picture by itself. One caller at a time."""

    def boxes(self, picture: NDArray[np.uint8], upsamplings: int) -> list[PictureBox]:
        """The faces in a picture (h, w, 3) RGB that was doubled so many times."""
        ...


@dataclass(frozen=True)
class Networks:
    """dlib's two networks, converted and as dlib's own files; embedder_sha256 names the model."""

    embedder_onnx: bytes
    detector_onnx: bytes
    embedder_dat: str
    detector_dat: str
    embedder_sha256: str


class Engine(Protocol):
    """detail: what `doctor` prints. workers: threads that should run a network at once; 1: it shares the work out."""

    @property
    def name(self) -> str: ...

    @property
    def detail(self) -> str: ...

    @property
    def workers(self) -> int: ...

    def open_network(self, model: bytes) -> Network:
        """Raises SetupProblem where the engine cannot load the ONNX model."""
        ...

    def open_embedder(self, networks: Networks) -> EmbedderSession: ...

    def open_detector(self, networks: Networks) -> DetectorSession | PictureDetector: ...
