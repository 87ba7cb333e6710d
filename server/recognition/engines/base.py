"""What runs a network: one interface, one file per engine. A session knows no face, no file and no setting."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Chips = NDArray[np.uint8]
Levels = NDArray[np.uint8]
Floats = NDArray[np.float32]


class Network(Protocol):
    """A loaded network of one input. May be run by several threads at once, without the interpreter lock."""

    def outputs(self, pictures: NDArray[np.uint8]) -> Mapping[str, Floats]:
        """Its outputs by name for pictures uint8 (n, height, width, 3) RGB of one size."""
        ...

    def run(self, pictures: NDArray[np.uint8]) -> Floats:
        """Its first output."""
        ...


class EmbedderSession(Protocol):
    """dlib's embedder, ready to run. May be called from several threads at once."""

    def embed(self, chips: Chips) -> Floats:
        """Embeddings (n, 128), float32, of RGB chips (n, 150, 150, 3), uint8; within 1e-5 of dlib's own vectors.

        Nearer means more alike; their length is about 1.4, not 1. Runs without the interpreter lock, except in dlib.
        """
        ...


class DetectorSession(Protocol):
    """The sliding-window detector, ready to run on one pyramid level. May be called from several threads at once."""

    def scores(self, levels: Levels) -> Floats:
        """Scores (n, rows, columns), float32, of RGB pictures of one size (n, height, width, 3), uint8.

        A score over 0 is a face of 80 pixels whose centre is the pixel (8 * row + 14,
        8 * column + 14); dlib frames a level with score_geometry.FRAME pixels of the mean colour first. Levels under
        29x29 have no scores: (n, 0, 0).
        """
        ...


@dataclass(frozen=True)
class PictureBox:
    """A face in pixels of the picture: left, top, right and bottom belong to it; a higher score is surer."""

    left: int
    top: int
    right: int
    bottom: int
    score: float


@runtime_checkable
class PictureDetector(Protocol):
    """A detector that searches a whole picture by itself, dlib's own. One caller at a time."""

    def boxes(self, picture: NDArray[np.uint8], upsamplings: int) -> list[PictureBox]:
        """The faces in an RGB picture (height, width, 3), uint8, after doubling its size `upsamplings` times."""
        ...


@dataclass(frozen=True)
class Networks:
    """The two networks: converted, as ONNX; the paths of dlib's own files, for the engine that reads those; and the
    SHA-256 of the embedder's file, which names the model.
    """

    embedder_onnx: bytes
    detector_onnx: bytes
    embedder_dat: str
    detector_dat: str
    embedder_sha256: str


class Engine(Protocol):
    """Opens sessions on networks; `name` is what the setting calls it, `detail` what `doctor` prints.

    workers: how many threads should run an open network at once; 1 where it shares the work out by itself.
    """

    @property
    def name(self) -> str: ...

    @property
    def detail(self) -> str: ...

    @property
    def workers(self) -> int: ...

    def open_network(self, model: bytes) -> Network:
        """An ONNX model, ready to run. Raises SetupProblem where the engine cannot load it."""
        ...

    def open_embedder(self, networks: Networks) -> EmbedderSession: ...

    def open_detector(self, networks: Networks) -> DetectorSession | PictureDetector: ...
