"""A level of the pyramid and windows of its score map in; the detector's scores there out, in bounded memory.

Each window is given so much of its surroundings that its scores are those of the whole level.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.recognition.convert.mmod import CELL_STRIDE, score_map_size
from server.recognition.engines import DetectorSession
from server.recognition.pyramid import Level

SURROUNDINGS: Final = 10
"""Cells on which a score depends to each side: paddings of 2, 2, 2 and 4 in the layers of stride 1."""
CELL_SIGHT: Final = 29
"""Pixels that the layers before those see: 5 + 4 * 2 + 4 * 4."""
MAX_PIXELS: Final = 6_500_000
"""Most pixels that go through the network at once."""


@dataclass(frozen=True, slots=True)
class Cells:
    """A window of a score map: rows from top to before bottom, columns from left to before right."""

    top: int
    left: int
    bottom: int
    right: int

    def grown(self, by: int, rows: int, columns: int) -> "Cells":
        """Larger by so many cells to each side, within a map of that size."""
        return Cells(max(self.top - by, 0), max(self.left - by, 0), min(self.bottom + by, rows),
                     min(self.right + by, columns))

    @property
    def pixels(self) -> tuple[int, int]:
        """Height and width in pixels of what the network must see for exactly these cells."""
        return ((self.bottom - self.top - 1) * CELL_STRIDE + CELL_SIGHT,
                (self.right - self.left - 1) * CELL_STRIDE + CELL_SIGHT)


def map_size(level: Level) -> tuple[int, int]:
    """Rows and columns of a level's score map."""
    return score_map_size(*level.framed_size)


def whole(level: Level, session: DetectorSession) -> NDArray[np.float32]:
    """The level's score map, float32 (rows, columns), put together from as few tiles as memory allows."""
    rows, columns = map_size(level)
    scores = np.empty((rows, columns), np.float32)
    tiles = _tiles(rows, columns)
    for tile, tile_scores in zip(tiles, of_windows(level, tiles, session), strict=True):
        scores[tile.top : tile.bottom, tile.left : tile.right] = tile_scores
    return scores


def of_windows(level: Level, windows: Sequence[Cells], session: DetectorSession) -> list[NDArray[np.float32]]:
    """Scores float32 (rows, columns) of each window; windows of one size go through the network together."""
    rows, columns = map_size(level)
    seen = [window.grown(SURROUNDINGS, rows, columns) for window in windows]
    batches = defaultdict(list)
    for index, cells in enumerate(seen):
        batches[cells.pixels].append(index)
    scores: dict[int, NDArray[np.float32]] = {}
    for (height, width), indices in batches.items():
        at_once = max(MAX_PIXELS // (height * width), 1)
        for first in range(0, len(indices), at_once):
            batch = indices[first : first + at_once]
            scores.update(zip(batch, _run(level, [seen[index] for index in batch], session), strict=True))
    return [
        scores[index][window.top - around.top : window.bottom - around.top,
                      window.left - around.left : window.right - around.left]
        for index, (window, around) in enumerate(zip(windows, seen, strict=True))
    ]


def _run(level: Level, windows: Sequence[Cells], session: DetectorSession) -> NDArray[np.float32]:
    pictures = [level.window(each.top * CELL_STRIDE, each.left * CELL_STRIDE, *each.pixels) for each in windows]
    return session.scores(np.ascontiguousarray(pictures[0][None]) if len(pictures) == 1 else np.stack(pictures))


def _tiles(rows: int, columns: int) -> list[Cells]:
    """The map cut into a grid of equal tiles, the grid that costs fewest pixels of those that fit into memory."""
    grids = [(down, across) for down in range(1, rows + 1) for across in _least_across(rows, columns, down)]
    down, across = min(grids, key=lambda grid: grid[0] * grid[1] * _tile_pixels(rows, columns, *grid))
    height, width = -(-rows // down), -(-columns // across)
    return [
        Cells(top, left, min(top + height, rows), min(left + width, columns))
        for top in range(0, rows, height) for left in range(0, columns, width)
    ]


def _least_across(rows: int, columns: int, down: int) -> list[int]:
    """How many columns of tiles it takes with `down` rows of them; none where no number is enough."""
    return next(([across] for across in range(1, columns + 1)
                 if _tile_pixels(rows, columns, down, across) <= MAX_PIXELS), [])


def _tile_pixels(rows: int, columns: int, down: int, across: int) -> int:
    around_down = 0 if down == 1 else 2 * SURROUNDINGS
    around_across = 0 if across == 1 else 2 * SURROUNDINGS
    height = (-(-rows // down) + around_down) * CELL_STRIDE + CELL_SIGHT
    return height * ((-(-columns // across) + around_across) * CELL_STRIDE + CELL_SIGHT)
