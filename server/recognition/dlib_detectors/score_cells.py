"""Windows of the detector's score map, and the pixels that belong to them. Knows no picture and no network."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.recognition.dlib_detectors.score_geometry import CELL_OFFSET, CELL_STRIDE

# Pixels that the first three convolutions see for a cell: 5 + 4 * 2 + 4 * 4.
CELL_SIGHT: Final = 29
# Cells on which a score depends to each side: paddings of 2, 2, 2 and 4 in the layers after those.
SURROUNDINGS: Final = 10


@dataclass(frozen=True, slots=True)
class Cells:
    """A window of a score map: rows from top to before bottom, columns from left to before right."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.bottom - self.top, self.right - self.left

    @property
    def pixels(self) -> tuple[int, int]:
        """Height and width in pixels of what the network must see to give exactly these cells."""
        rows, columns = self.shape
        return (rows - 1) * CELL_STRIDE + CELL_SIGHT, (columns - 1) * CELL_STRIDE + CELL_SIGHT

    def grown(self, by: int, rows: int, columns: int) -> "Cells":
        """Larger by so many cells to each side, within a map of that size."""
        return Cells(
            max(self.top - by, 0), max(self.left - by, 0), min(self.bottom + by, rows), min(self.right + by, columns)
        )

    def within(self, other: "Cells") -> "Cells":
        """The same counted from another window's first cell."""
        return Cells(self.top - other.top, self.left - other.left, self.bottom - other.top, self.right - other.left)

    def of(self, scores: NDArray[np.float32]) -> NDArray[np.float32]:
        """The window's scores out of a map's."""
        return scores[self.top : self.bottom, self.left : self.right]


def centres(cells: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where the windows of cells (n, 2), row and column, have their centre: pixels (n, 2), y and x."""
    return cells * CELL_STRIDE + CELL_OFFSET


def nearest_cells(points: NDArray[np.float64]) -> NDArray[np.int64]:
    """The cells (n, 2), row and column, whose centres are nearest to pixels (n, 2), y and x."""
    return np.rint((points - CELL_OFFSET) / CELL_STRIDE).astype(np.int64)
