"""Share the work of a converted network out to threads."""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from server.recognition.dlib_detectors.score_geometry import score_map_size

from .base import Chips, Floats, Levels, Network

# More chips a run are hardly faster (2.52 ms a chip for 8, 2.48 for 16, 3.36 for 1; one thread, 2026-11-21), and small
# pieces are shared out evenly where a core is busy with something else.
CHIPS_AT_ONCE = 8


class ConvertedEmbedder:
    """Shares the chips out to `workers` threads, each of which runs the whole network."""

    # So no thread waits for another after every layer, as the threads inside an engine do: where another program took
    # turns on one of two cores, 32 chips took 90 ms instead of 150.

    def __init__(self, network: Network, workers: int = 1, *, dimensions: int) -> None:
        self._network = network
        self._dimensions = dimensions
        self._workers = workers
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="embedder")

    def embed(self, chips: Chips) -> Floats:
        pieces = -(-len(chips) // CHIPS_AT_ONCE)
        if self._workers > 1:
            pieces = min(-(-pieces // self._workers) * self._workers, len(chips))
        if pieces <= 1:
            return self._run(chips) if len(chips) else np.zeros((0, self._dimensions), np.float32)
        return np.concatenate(list(self._pool.map(self._run, np.array_split(chips, pieces))))

    def _run(self, chips: Chips) -> Floats:
        return self._network.run(np.ascontiguousarray(chips))


class ConvertedDetector:
    """A DetectorSession."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def scores(self, levels: Levels) -> Floats:
        count, height, width, _ = levels.shape
        rows, columns = score_map_size(height, width)
        if count * rows * columns == 0:
            return np.zeros((count, rows, columns), np.float32)
        return self._network.run(np.ascontiguousarray(levels))


def available_cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
