"""A picture in; the levels of dlib's pyramid out, one after the other, and any window of one. Knows no network."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from server.recognition.convert.mmod import CELL_STRIDE, FRAME
from server.recognition.detection import PYRAMID_STEP

FRAME_COLOUR: Final = (123, 117, 104)
"""dlib frames a level with the mean colour that its networks subtract, 122.782, 117.001, 104.298."""
LEVEL_GAP: Final = 10
"""Pixels between two levels in the picture of all levels that dlib searches (input_rgb_image_pyramid)."""
LEVEL_SHIFT: Final = 0.3
"""dlib takes pixel p of a level for pixel 6/5 p + 0.3 of the one before (pyramid_down<6>::point_up)."""
LEAST_SIDE: Final = 7
"""Framed, a smaller level has no score: the first three convolutions see 29 px."""
MAX_DRAWN_PIXELS: Final = 32_000_000
"""Larger levels are drawn a window at a time: of a picture of 50 megapixels the largest would take a gigabyte."""

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Enlargement:
    """How dlib's pyramid_up maps pixels: by `factor`, about a point that lies outside the picture for two and four.

    A pixel p of the enlarged picture is p / factor - pivot * (1 - 1 / factor) of the picture. dlib's own doubling has
    a pivot of (2.5, 1.5) and makes the picture that much larger; for other factors pixel centres stay where they are.
    """

    factor: float

    @property
    def _like_dlib(self) -> bool:
        return self.factor in (2, 4)

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Width and height of a picture of that size once it is enlarged."""
        more = (2, 1) if self._like_dlib else (0, 0)
        return (round(width * self.factor + more[0] * (self.factor - 1)),
                round(height * self.factor + more[1] * (self.factor - 1)))

    def to_picture(self, points: NDArray[Any]) -> NDArray[np.float64]:
        """Where pixels (n, 2), x and y, of the enlarged picture are in the picture."""
        pivot = np.array((2.5, 1.5) if self._like_dlib else (0.5, 0.5))
        return points / self.factor - pivot * (1 - 1 / self.factor)


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """The picture at one size, in a frame. number: from 0, the largest. source: its pixels, or those of the picture.

    left, top: width of the frame there. dlib searches all levels in one picture; the network moves over that in steps
    of eight pixels, so the frame makes each level begin where in those steps it begins in dlib.
    """

    number: int
    source: Pixels
    width: int
    height: int
    left: int
    top: int
    enlargement: Enlargement

    @property
    def framed_size(self) -> tuple[int, int]:
        """Height and width with the frame."""
        return self.top + self.height + FRAME, self.left + self.width + FRAME

    def window(self, top: int, left: int, height: int, width: int) -> Pixels:
        """Pixels uint8 (height, width, 3) of the framed level, from row `top` and column `left` of its frame."""
        above, before = max(self.top - top, 0), max(self.left - left, 0)
        below = max(top + height - self.top - self.height, 0)
        behind = max(left + width - self.left - self.width, 0)
        inside = self._inside(max(top - self.top, 0), max(left - self.left, 0), height - above - below,
                              width - before - behind)
        if not (above or below or before or behind):
            return inside
        framed = cv2.copyMakeBorder(inside, above, below, before, behind, cv2.BORDER_CONSTANT, value=FRAME_COLOUR)
        return cast(Pixels, framed)

    def _inside(self, top: int, left: int, height: int, width: int) -> Pixels:
        """A window of the level without its frame, drawn from its source as cv2.resize would."""
        rows, columns = self.source.shape[:2]
        if (rows, columns) == (self.height, self.width):
            return self.source[top : top + height, left : left + width]
        down, across = rows / self.height, columns / self.width
        y, x = (top + 0.5) * down - 0.5, (left + 0.5) * across - 0.5
        first_row, first_column = max(int(y), 0), max(int(x), 0)
        part = self.source[first_row : int(y + height * down) + 2, first_column : int(x + width * across) + 2]
        back = np.array([[across, 0, x - first_column], [0, down, y - first_row]])
        drawn = cv2.warpAffine(part, back, (width, height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                               borderMode=cv2.BORDER_REPLICATE)
        return cast(Pixels, drawn)

    def to_picture(self, points: NDArray[Any]) -> NDArray[np.float64]:
        """Where pixels (n, 2), x and y, of the framed level are in the picture."""
        points = points - (self.left, self.top)
        for _ in range(self.number):
            points = points / PYRAMID_STEP + LEVEL_SHIFT
        return self.enlargement.to_picture(points)


def levels_of(image: Pixels, first_scale: float) -> Iterator[Level]:
    """Levels of a picture uint8 (h, w, 3) RGB, largest first, each 5/6 of the one before and drawn from it, as in dlib.

    first_scale: of the largest. Who wants little memory keeps few of them.
    """
    enlargement = Enlargement(first_scale)
    sizes = _sizes(*enlargement.size(image.shape[1], image.shape[0]))
    source = image
    for number, ((width, height), (left, top)) in enumerate(zip(sizes, _corners(sizes), strict=True)):
        if width * height <= MAX_DRAWN_PIXELS:
            source = _resized(source, width, height, smoothly=number == 0)
        yield Level(number, source, width, height, _frame(left), _frame(top), enlargement)


def _resized(source: Pixels, width: int, height: int, *, smoothly: bool) -> Pixels:
    """Bilinear as in dlib; smoothly: where a picture shrinks by any factor, each of its pixels counts."""
    if source.shape[:2] == (height, width):
        return source
    how = cv2.INTER_AREA if smoothly and width < source.shape[1] else cv2.INTER_LINEAR
    return cast(Pixels, cv2.resize(source, (width, height), interpolation=how))


def _frame(corner: int) -> int:
    """The least frame with which a level begins where it begins in dlib's picture, in steps of the network's cells."""
    return FRAME + (corner - FRAME) % CELL_STRIDE


def _sizes(width: int, height: int) -> list[tuple[int, int]]:
    """Widths and heights of all levels that are worth searching, rounded down as in dlib."""
    sizes = []
    while min(width, height) >= LEAST_SIDE:
        sizes.append((width, height))
        width, height = int(width * PYRAMID_STEP), int(height * PYRAMID_STEP)
    return sizes


def _corners(sizes: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Left and top of each level in dlib's picture of all of them: down on the left, then up again on the right.

    After compute_tiled_image_pyramid_details, but without leaving out what dlib has no room for.
    """
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
    """The first level on the right: it fits beside the last on the left, which reaches down half of what is left."""
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
