"""The two sessions of an engine that runs converted networks: pictures in, a model's output out, whatever runs it."""

import os
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from server.recognition.convert.mmod import score_map_size
from server.recognition.convert.resnet import EMBEDDING_SIZE

from .base import Chips, Floats, Levels

CHIPS_AT_ONCE = 32  # more chips a run are no faster, and the first layer's output takes 0.7 MB a chip


class Model(Protocol):
    """A loaded network of one input and one output. May be run by several threads at once."""

    def run(self, pictures: NDArray[np.uint8]) -> Floats:
        """The network's output for `pictures`."""
        ...


class ConvertedEmbedder:
    """An EmbedderSession; at most CHIPS_AT_ONCE chips go through the network at a time."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def embed(self, chips: Chips) -> Floats:
        embeddings = np.empty((len(chips), EMBEDDING_SIZE), np.float32)
        for first in range(0, len(chips), CHIPS_AT_ONCE):
            batch = slice(first, first + CHIPS_AT_ONCE)
            embeddings[batch] = self._model.run(np.ascontiguousarray(chips[batch]))
        return embeddings


class ConvertedDetector:
    """A DetectorSession."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def scores(self, levels: Levels) -> Floats:
        count, height, width, _ = levels.shape
        rows, columns = score_map_size(height, width)
        if count * rows * columns == 0:
            return np.zeros((count, rows, columns), np.float32)
        return self._model.run(np.ascontiguousarray(levels))


def available_cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
