"""P-Net over the levels of the pyramid: tile by tile, then the surest window of each neighbourhood."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from server.recognition.engines import Network

# P-Net's window and its step (Zhang et al. 2016, figure 2).
WINDOW_PX: Final = 12
STRIDE_PX: Final = 2
# Most rows and columns that are searched at once: about what stays in a core's cache of 1 MB from layer to layer, 52
# ns a pixel on one thread instead of 89 for 216x768 (one core of an EPYC, November 2026). It bounds the memory too.
TILE_PX: Final = (160, 256)
OVERLAP_PX: Final = WINDOW_PX - STRIDE_PX

Floats = NDArray[np.float32]
# Calls a function for each tile, with as many threads as there are.
Spread = Callable[[Callable[["Tile"], None], Iterable["Tile"]], object]


@dataclass(frozen=True, slots=True)
class Tile:
    """A part of a level: which, where it begins, in pixels, and its pixels."""

    level: int
    top: int
    left: int
    pixels: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class CellMaps:
    """What P-Net says of each window of a level: scores (rows, columns), regression (4, rows, columns)."""

    scores: Floats
    regression: Floats

    def put(self, tile: Tile, scores: Floats, regression: Floats) -> None:
        """Write what a tile gave into its place."""
        top, left = tile.top // STRIDE_PX, tile.left // STRIDE_PX
        rows, columns = slice(top, top + scores.shape[0]), slice(left, left + scores.shape[1])
        self.scores[rows, columns] = scores
        self.regression[:, rows, columns] = regression


def search(levels: Sequence[NDArray[np.uint8]], network: Network, spread: Spread) -> list[CellMaps]:
    """P-Net's answer to each level, uint8 (h, w, 3), both sides even and at least WINDOW_PX: the same as to the whole.

    The tiles of all levels are shared out at once: of a small picture each level is one tile.
    """
    maps = [_empty_maps(level) for level in levels]

    def put(tile: Tile) -> None:
        found = network.outputs(np.ascontiguousarray(tile.pixels[None]))
        maps[tile.level].put(tile, found["scores"][0], found["regression"][0])

    spread(put, (tile for number, level in enumerate(levels) for tile in _tiles(number, level)))
    return maps


def _empty_maps(level: NDArray[np.uint8]) -> CellMaps:
    shape = [(side - OVERLAP_PX) // STRIDE_PX for side in level.shape[:2]]
    return CellMaps(np.empty(shape, np.float32), np.empty((4, *shape), np.float32))


def _tiles(number: int, level: NDArray[np.uint8]) -> Iterator[Tile]:
    height, width, _ = level.shape
    for top in range(0, height - OVERLAP_PX, TILE_PX[0] - OVERLAP_PX):
        for left in range(0, width - OVERLAP_PX, TILE_PX[1] - OVERLAP_PX):
            yield Tile(number, top, left, level[top : top + TILE_PX[0], left : left + TILE_PX[1]])


def peaks(scores: Floats, threshold: float, most_shared: float) -> NDArray[np.intp]:
    """Rows and columns, (n, 2), of windows over the threshold that greedy non-maximum suppression keeps."""
    # They share most_shared of their union or less with any surer one that is kept; of all neighbourhoods at once.
    left = np.where(scores > threshold, scores, np.float32(0))
    near = _near(most_shared)
    found = np.zeros(scores.shape, bool)
    while left.any():
        now = (left > 0) & (left >= cv2.dilate(left, near))
        found |= now
        left[cv2.dilate(now.astype(np.uint8), near) > 0] = 0
    return np.argwhere(found)


def _near(most_shared: float) -> NDArray[np.uint8]:
    # The cells around a cell, 1 where both windows share more than that of their union.
    reach = WINDOW_PX // STRIDE_PX - 1
    inner = WINDOW_PX - STRIDE_PX * np.abs(np.arange(-reach, reach + 1))
    shared = np.outer(inner, inner)
    return np.asarray(shared / (2 * WINDOW_PX**2 - shared) > most_shared, np.uint8)
