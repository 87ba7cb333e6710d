"""Score windows of the pyramid's levels in bounded memory."""

# Each window is given so much of its surroundings that its scores are those of the whole sheet.

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.recognition.dlib_detectors.pyramid import Sheet
from server.recognition.dlib_detectors.score_cells import CELL_SIGHT, SURROUNDINGS, Cells
from server.recognition.dlib_detectors.score_geometry import CELL_STRIDE, score_map_size
from server.recognition.engines import DetectorSession

# Most pixels that go through the network at once: it takes 50 bytes for each (measured November 2026).
MAX_PIXELS: Final = 6_500_000


def whole(sheet: Sheet, cells: Cells, session: DetectorSession) -> NDArray[np.float32]:
    """The scores of a sheet's cells, float32 (rows, columns), put together from as few tiles as memory allows."""
    scores = np.empty(cells.shape, np.float32)
    tiles = _tiles(cells)
    for tile, tile_scores in zip(tiles, of_windows(sheet, tiles, session), strict=True):
        tile.within(cells).of(scores)[:] = tile_scores
    return scores


def of_windows(sheet: Sheet, windows: Sequence[Cells], session: DetectorSession) -> list[NDArray[np.float32]]:
    """Scores float32 (rows, columns) of each window; windows of one size go through the network together."""
    map_size = score_map_size(*sheet.size)
    seen = [window.grown(SURROUNDINGS, *map_size) for window in windows]
    batches = defaultdict(list)
    for index, cells in enumerate(seen):
        batches[cells.pixels].append(index)
    scores: dict[int, NDArray[np.float32]] = {}
    for (height, width), indices in batches.items():
        at_once = max(MAX_PIXELS // (height * width), 1)
        for first in range(0, len(indices), at_once):
            batch = indices[first : first + at_once]
            scores.update(zip(batch, _run(sheet, [seen[index] for index in batch], session), strict=True))
    return [
        window.within(around).of(scores[index])
        for index, (window, around) in enumerate(zip(windows, seen, strict=True))
    ]


def _run(sheet: Sheet, windows: Sequence[Cells], session: DetectorSession) -> NDArray[np.float32]:
    pictures = [sheet.window(each.top * CELL_STRIDE, each.left * CELL_STRIDE, *each.pixels) for each in windows]
    return session.scores(np.ascontiguousarray(pictures[0][None]) if len(pictures) == 1 else np.stack(pictures))


def _tiles(cells: Cells) -> list[Cells]:
    # The window cut into a grid of equal tiles, the grid that costs fewest pixels of those that fit into memory.
    rows, columns = cells.shape
    down, across = min(
        _grids(rows, columns), key=lambda grid: grid[0] * grid[1] * _tile_pixels(rows, columns, *grid), default=(1, 1)
    )
    height, width = -(-rows // down), -(-columns // across)
    return [
        Cells(top, left, min(top + height, cells.bottom), min(left + width, cells.right))
        for top in range(cells.top, cells.bottom, max(height, 1))
        for left in range(cells.left, cells.right, max(width, 1))
    ]


def _grids(rows: int, columns: int) -> Iterator[tuple[int, int]]:
    # For each number of rows of tiles the least number of columns that fits; more rows than for one column never.
    for down in range(1, rows + 1):
        for across in range(1, columns + 1):
            if _tile_pixels(rows, columns, down, across) <= MAX_PIXELS:
                yield down, across
                if across == 1:
                    return
                break


def _tile_pixels(rows: int, columns: int, down: int, across: int) -> int:
    around_down = 0 if down == 1 else 2 * SURROUNDINGS
    around_across = 0 if across == 1 else 2 * SURROUNDINGS
    height = (-(-rows // down) + around_down) * CELL_STRIDE + CELL_SIGHT
    return height * ((-(-columns // across) + around_across) * CELL_STRIDE + CELL_SIGHT)
