"""Lay out dlib's levels beside each other, after compute_tiled_image_pyramid_details."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from server.recognition.detection import PYRAMID_STEP
from server.recognition.dlib_detectors.score_geometry import FRAME

# Pixels between two levels (input_rgb_image_pyramid::pyramid_padding).
LEVEL_GAP: Final = 10
# Framed, a smaller level has no score: the first three convolutions see 29 px.
LEAST_SIDE: Final = 7


@dataclass(frozen=True, slots=True)
class Placed:
    """A level's number, from 0 for the largest, its size, and where it begins, in pixels."""

    number: int
    width: int
    height: int
    left: int
    top: int

    def distance(self, points: NDArray[Any]) -> NDArray[np.float64]:
        """How far pixels (n, 2), x and y, are from the nearest of this level's."""
        first = np.array([self.left, self.top], float)
        beyond: NDArray[np.float64] = np.maximum(first - points, points - first - (self.width - 1, self.height - 1))
        nearest = np.maximum(beyond, 0)
        return np.hypot(nearest[:, 0], nearest[:, 1])


def layout(width: int, height: int) -> tuple[list[Placed], int, int]:
    """Places of all levels that are worth searching, largest first, and height and width of what holds them all."""
    sizes = _sizes(width, height)
    places = [
        Placed(number, *size, *corner) for number, (size, corner) in enumerate(zip(sizes, _corners(sizes), strict=True))
    ]
    total_height = max((each.top + each.height for each in places), default=0) + FRAME
    return places, total_height, width + 2 * FRAME


def _sizes(width: int, height: int) -> list[tuple[int, int]]:
    # Widths and heights, rounded down as in dlib (find_pyramid_down_output_image_size).
    sizes = []
    while min(width, height) >= LEAST_SIDE:
        sizes.append((width, height))
        width, height = int(width * PYRAMID_STEP), int(height * PYRAMID_STEP)
    return sizes


def _corners(sizes: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    # Left and top of each: down on the left, then up again on the right.
    turn = _turn(sizes)
    y = FRAME
    for _, height in sizes[:turn]:
        yield FRAME, y
        y += height + LEVEL_GAP
    y -= LEVEL_GAP
    for width, height in sizes[turn:]:
        yield FRAME + sizes[0][0] - width, y - height
        y -= height + LEVEL_GAP


def _turn(sizes: list[tuple[int, int]]) -> int:
    # The first level on the right: it fits beside the last on the left, which reaches down half of what is left.
    if not sizes:
        return 0
    width, height = sizes[0]
    total = sum(each + LEVEL_GAP for _, each in sizes) - 2 * LEVEL_GAP
    reached, before = 0, 0
    for number, (columns, rows) in enumerate(sizes):
        if columns <= width - before - LEVEL_GAP and (reached - height) * 2 >= total - height:
            return number
        reached, before = reached + rows + LEVEL_GAP, columns
    return len(sizes)
