"""Draw the levels of dlib's pyramid."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Protocol, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from server.recognition.detection import PYRAMID_STEP
from server.recognition.dlib_detectors.pyramid_layout import Placed, layout
from server.recognition.dlib_detectors.score_cells import Cells, nearest_cells
from server.recognition.dlib_detectors.score_geometry import CELL_STRIDE, FRAME, score_map_size

# dlib frames a level with the mean colour that its networks subtract, 122.782, 117.001, 104.298.
FRAME_COLOUR: Final = (123, 117, 104)
# dlib takes pixel p of a level for pixel 6/5 p + 0.3 of the one before (pyramid_down<6>::point_up).
LEVEL_SHIFT: Final = 0.3
# Larger levels are drawn a window at a time: of a picture of 25 megapixels the largest would take 440 MB.
MAX_DRAWN_PIXELS: Final = 32_000_000

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Enlargement:
    """How pixels of the largest level map to the picture: p / factor - pivot * (1 - 1 / factor)."""

    # dlib's own doubling (pyramid_up) has its pivot outside the picture and makes it a little larger than twice; for
    # other factors the centres of pixels stay where they are.
    factor: float

    @property
    def like_dlib(self) -> bool:
        """Whether dlib could have made it, by 0, 1 or 2 up-samplings."""
        return self.factor in (1, 2, 4)

    def size(self, width: int, height: int) -> tuple[int, int]:
        more = (2, 1) if self.like_dlib else (0, 0)
        return (
            round(width * self.factor + more[0] * (self.factor - 1)),
            round(height * self.factor + more[1] * (self.factor - 1)),
        )

    def to_picture(self, points: NDArray[Any]) -> NDArray[np.float64]:
        """Where pixels (n, 2), x and y, of the enlarged picture are in the picture."""
        pivot = np.array((2.5, 1.5) if self.like_dlib else (0.5, 0.5))
        return points / self.factor - pivot * (1 - 1 / self.factor)


class Sheet(Protocol):
    """A level in its frame, or all levels beside each other."""

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        ...

    def window(self, top: int, left: int, height: int, width: int) -> Pixels:
        """Pixels uint8 (height, width, 3) from that row and column on."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """The picture at one size, somewhere on a sheet. cells: the sheet's scores that are this level's, or nearly."""

    place: Placed
    sheet: Sheet
    cells: Cells
    enlargement: Enlargement
    neighbours: tuple[Placed, ...] = ()

    def to_picture(self, points: NDArray[Any]) -> NDArray[np.float64]:
        """Where pixels (n, 2), x and y, of the sheet are in the picture, if they are this level's."""
        points = points - (self.place.left, self.place.top)
        for _ in range(self.place.number):
            points = points / PYRAMID_STEP + LEVEL_SHIFT
        return self.enlargement.to_picture(points)

    def owns(self, points: NDArray[Any]) -> NDArray[np.bool_]:
        """Which pixels (n, 2), x and y, of the sheet are nearest to this level of all that are on it."""
        own = self.place.distance(points)
        nearest = np.ones(len(points), np.bool_)
        for other in self.neighbours:
            nearest &= own <= other.distance(points)
        return nearest


def levels_of(image: Pixels, first_scale: float) -> Iterator[Level]:
    """Largest first, each 5/6 of the one before and drawn from it, as in dlib. first_scale: of the largest."""
    # Where dlib could have made the pyramid too, all levels share a sheet as they do there, unless that would be too
    # large: what a level borders on has its part in the scores.
    enlargement = Enlargement(first_scale)
    places, height, width = layout(*enlargement.size(image.shape[1], image.shape[0]))
    if enlargement.like_dlib and height * width <= MAX_DRAWN_PIXELS:
        return _on_one_sheet(image, enlargement, places, (height, width))
    return _framed(image, enlargement, places)


def _framed(image: Pixels, enlargement: Enlargement, places: list[Placed]) -> Iterator[Level]:
    # Each on a sheet of its own; the largest are not even drawn as a whole.
    source = image
    for each in places:
        if each.width * each.height <= MAX_DRAWN_PIXELS:
            source = _resized(source, each.width, each.height)
        place = Placed(each.number, each.width, each.height, _frame(each.left), _frame(each.top))
        sheet = FramedSheet(source, place)
        yield Level(place, sheet, Cells(0, 0, *score_map_size(*sheet.size)), enlargement)


def _on_one_sheet(
    image: Pixels, enlargement: Enlargement, places: list[Placed], size: tuple[int, int]
) -> Iterator[Level]:
    # All on the picture that dlib would search.
    pixels = np.empty((*size, 3), np.uint8)
    pixels[:] = np.tile(np.array(FRAME_COLOUR, np.uint8), (size[1], 1))  # by rows: 0.05 ms, by pixels: 4 ms
    level = image
    for place in places:
        level = _aligned(level, place.width, place.height)
        pixels[place.top : place.top + place.height, place.left : place.left + place.width] = level
    sheet = DrawnSheet(pixels)
    for place in places:
        cells = _cells_about(place).grown(0, *score_map_size(*size))
        yield Level(place, sheet, cells, enlargement, tuple(other for other in places if other is not place))


def _cells_about(place: Placed) -> Cells:
    # The cells of a sheet whose centres lie on a level or on the frame around it.
    first = nearest_cells(np.array([[place.top - FRAME, place.left - FRAME]], float))[0]
    last = nearest_cells(np.array([[place.top + place.height + FRAME, place.left + place.width + FRAME]], float))[0]
    return Cells(int(first[0]), int(first[1]), int(last[0]) + 1, int(last[1]) + 1)


@dataclass(frozen=True, slots=True, eq=False)
class DrawnSheet:
    """Pixels as they are."""

    pixels: Pixels

    @property
    def size(self) -> tuple[int, int]:
        return self.pixels.shape[0], self.pixels.shape[1]

    def window(self, top: int, left: int, height: int, width: int) -> Pixels:
        return self.pixels[top : top + height, left : left + width]


@dataclass(frozen=True, slots=True, eq=False)
class FramedSheet:
    """One level in its frame. source: its pixels, or the picture of which it is an enlargement."""

    source: Pixels
    place: Placed

    @property
    def size(self) -> tuple[int, int]:
        return self.place.top + self.place.height + FRAME, self.place.left + self.place.width + FRAME

    def window(self, top: int, left: int, height: int, width: int) -> Pixels:
        place = self.place
        above, before = max(place.top - top, 0), max(place.left - left, 0)
        below = max(top + height - place.top - place.height, 0)
        behind = max(left + width - place.left - place.width, 0)
        inside = self._inside(
            max(top - place.top, 0), max(left - place.left, 0), height - above - below, width - before - behind
        )
        if not (above or below or before or behind):
            return inside
        framed = cv2.copyMakeBorder(inside, above, below, before, behind, cv2.BORDER_CONSTANT, value=FRAME_COLOUR)
        return cast(Pixels, framed)

    def _inside(self, top: int, left: int, height: int, width: int) -> Pixels:
        # A window of the level without its frame, drawn from its source as cv2.resize would.
        rows, columns = self.source.shape[:2]
        if (rows, columns) == (self.place.height, self.place.width):
            return self.source[top : top + height, left : left + width]
        down, across = rows / self.place.height, columns / self.place.width
        y, x = (top + 0.5) * down - 0.5, (left + 0.5) * across - 0.5
        row, column = max(int(y), 0), max(int(x), 0)
        part = self.source[row : int(y + height * down) + 2, column : int(x + width * across) + 2]
        return _warped(part, np.array([[across, 0, x - column], [0, down, y - row]]), width, height)


def _frame(corner: int) -> int:
    # The least frame with which a level begins where it begins in dlib, counted in the network's steps of 8 px.
    return FRAME + (corner - FRAME) % CELL_STRIDE


def _resized(source: Pixels, width: int, height: int) -> Pixels:
    # Bilinear, but where a picture shrinks by more than dlib ever does at once, each of its pixels counts.
    if source.shape[:2] == (height, width):
        return source
    how = cv2.INTER_AREA if width < source.shape[1] * 0.8 else cv2.INTER_LINEAR
    return cast(Pixels, cv2.resize(source, (width, height), interpolation=how))


def _aligned(source: Pixels, width: int, height: int) -> Pixels:
    # Bilinear with corner pixels on corner pixels, dlib's resize_image; four times slower than cv2.resize.
    if source.shape[:2] == (height, width):
        return source
    across = (source.shape[1] - 1) / max(width - 1, 1)
    down = (source.shape[0] - 1) / max(height - 1, 1)
    return _warped(source, np.array([[across, 0, 0], [0, down, 0]]), width, height)


def _warped(source: Pixels, back: NDArray[np.float64], width: int, height: int) -> Pixels:
    # back: from pixels of the result to pixels of the source.
    return cast(
        Pixels,
        cv2.warpAffine(
            source,
            back,
            (width, height),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        ),
    )
