"""What runs a converted network: one interface, one file per engine. A session knows no face, no file and no setting;
an engine says in a sentence what it runs on, and that is all it tells about itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Chips = NDArray[np.uint8]
Levels = NDArray[np.uint8]
Floats = NDArray[np.float32]


class EmbedderSession(Protocol):
    """The embedder, ready to run. May be called from several threads at once."""

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


class Network(Protocol):
    """A network with named outputs, ready to run on one thread. May be called from several threads at once."""

    def outputs(self, pictures: NDArray[np.uint8]) -> Mapping[str, Floats]:
        """Its outputs by name, of RGB pictures of one size (n, height, width, 3), uint8."""
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
    """Opens sessions on the networks; `name` is what the setting calls it, `detail` what `doctor` prints."""

    @property
    def name(self) -> str: ...

    @property
    def detail(self) -> str: ...

    def open_embedder(self, networks: Networks) -> EmbedderSession: ...

    def open_detector(self, networks: Networks) -> DetectorSession | PictureDetector: ...

    def open_network(self, model: bytes) -> Network:
        """Any network as ONNX with one input of pictures. Raises SetupProblem."""
        ...
