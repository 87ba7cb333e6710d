"""Find the faces that dlib's MMOD network sees, whatever engine runs it."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from server.recognition.detection import PYRAMID_STEP, WINDOW_PX, Detection
from server.recognition.dlib_detectors.pyramid import Level, Sheet, levels_of
from server.recognition.dlib_detectors.score_cells import SURROUNDINGS, Cells, centres, nearest_cells
from server.recognition.dlib_detectors.score_geometry import score_map_size
from server.recognition.dlib_detectors.score_maps import of_windows, whole
from server.recognition.dlib_detectors.suppression import suppressed
from server.recognition.engines import DetectorSession

# Width on the largest level of the smallest face: half a step under the window, where the network is as sure.
FIRST_WINDOW_PX: Final = WINDOW_PX * PYRAMID_STEP**0.5
# Smallest faces for which the pyramid is dlib's own, of 0, 1 or 2 up-samplings.
LIKE_DLIB: Final = frozenset({WINDOW_PX, WINDOW_PX // 2, WINDOW_PX // 4})
# A score over this is a face: dlib's own threshold.
THRESHOLD: Final = 0.0
# A score over this makes the levels beside worth a look: a face scores 1.0 on its level, what is none under -1.0.
HINT: Final = -0.8
# Side of the windows that are looked at again: what a face and its neighbourhood take.
CORE_CELLS: Final = 12
# Cells around a hint that are looked at again, since a face's best cell moves from level to level.
NEIGHBOURHOOD: Final = 2
# Windows of more than this share of a level's area: the whole level is cheaper than overlapping surroundings.
WHOLE_SHARE: Final = 0.6
# A sheet up to this size is searched as a whole: each level's surroundings would cost more than levels left out save
# (568x455: 38 ms at once, 44 ms for every second level with its surroundings; November 2026).
MAX_AT_ONCE_PIXELS: Final = 2_000_000


# A level and its score map.
Searched: TypeAlias = tuple[Level, NDArray[np.float32]]


class MmodDetector:
    """dlib's MMOD detector by pyramid, tiles and batches. Any number of threads may use it; nothing in it changes.

    exhaustive: search every level whole, as dlib does; the reference for what the default leaves out.
    """

    def __init__(self, session: DetectorSession, *, exhaustive: bool = False) -> None:
        self._session = session
        self._exhaustive = exhaustive

    def find(self, image: NDArray[np.uint8], min_face_px: int) -> list[Detection]:
        """See Detector. A min_face_px of 80, 40 or 20 searches the picture as dlib does with 0, 1 or 2 up-samplings."""
        found = list(self._search(image, _first_scale(min_face_px)))
        return suppressed(np.concatenate(found)) if found else []

    def _search(self, image: NDArray[np.uint8], first_scale: float) -> Iterator[NDArray[np.float64]]:
        # What every level shows, level by level; at most two of them are kept at a time.
        levels = levels_of(image, first_scale)
        first = next(levels, None)
        if first is None:
            return
        height, width = first.sheet.size
        if first.neighbours and (self._exhaustive or height * width <= MAX_AT_ONCE_PIXELS):
            yield from self._at_once(first.sheet, [first, *levels])
        else:
            yield from self._by_level(chain([first], levels))

    def _at_once(self, sheet: Sheet, levels: Sequence[Level]) -> Iterator[NDArray[np.float64]]:
        # What every level of one sheet shows, of the sheet's scores as a whole.
        scores = whole(sheet, Cells(0, 0, *score_map_size(*sheet.size)), self._session)
        for level in levels:
            yield _found(level, level.cells, level.cells.of(scores))

    def _by_level(self, levels: Iterable[Level]) -> Iterator[NDArray[np.float64]]:
        before: list[Searched] = []
        between: Level | None = None
        for level in levels:
            if level.place.number % 2 and not self._exhaustive:
                between = level
                continue
            searched = level, whole(level.sheet, level.cells, self._session)
            yield _found(level, level.cells, searched[1])
            if between is not None:
                yield from self._look_again(between, [*before, searched])
            before, between = [searched], None
        if between is not None:
            yield from self._look_again(between, before)

    def _look_again(self, level: Level, neighbours: Sequence[Searched]) -> Iterator[NDArray[np.float64]]:
        # What a level shows where a level beside it had a hint.
        wanted = np.zeros(level.cells.shape, np.uint8)
        for neighbour, scores in neighbours:
            _mark(wanted, level, neighbour, scores)
        windows = list(_windows(wanted, level.cells))
        if len(windows) * (CORE_CELLS + 2 * SURROUNDINGS) ** 2 > WHOLE_SHARE * wanted.size:
            yield _found(level, level.cells, whole(level.sheet, level.cells, self._session))
            return
        for window, scores in zip(windows, of_windows(level.sheet, windows, self._session), strict=True):
            yield _found(level, window, scores)


def _first_scale(min_face_px: int) -> float:
    # How much the largest level is larger than the picture: dlib's own 1, 2 or 4, or what the smallest face needs.
    if min_face_px in LIKE_DLIB:
        return WINDOW_PX / min_face_px
    return float(FIRST_WINDOW_PX / min_face_px)


def _mark(wanted: NDArray[np.uint8], level: Level, other: Level, scores: NDArray[np.float32]) -> None:
    # Marks the cells around those that correspond to another level's hints.
    hints = centres(np.argwhere(scores > HINT) + np.array([other.cells.top, other.cells.left]))
    in_picture = (hints - (other.place.top, other.place.left)) / (other.place.height, other.place.width)
    pixels = in_picture * (level.place.height, level.place.width) + (level.place.top, level.place.left)
    cells = nearest_cells(pixels) - (level.cells.top, level.cells.left)
    rows, columns = np.clip(cells, 0, np.array(wanted.shape) - 1).T
    hit = np.zeros_like(wanted)
    hit[rows, columns] = 1
    side = 2 * NEIGHBOURHOOD + 1
    wanted[cv2.dilate(hit, np.ones((side, side), np.uint8)) > 0] = 1


def _windows(wanted: NDArray[np.uint8], within: Cells) -> Iterator[Cells]:
    # Windows of CORE_CELLS that cover every marked cell; wanted: of the cells `within`.
    _, _, boxes, _ = cv2.connectedComponentsWithStats(wanted, connectivity=8)
    for left, top, width, height, _ in (boxes[1:] + np.array([within.left, within.top, 0, 0, 0])).tolist():
        for row in range(top, top + height, CORE_CELLS):
            for column in range(left, left + width, CORE_CELLS):
                first_row = max(min(row, within.bottom - CORE_CELLS), within.top)
                first_column = max(min(column, within.right - CORE_CELLS), within.left)
                yield Cells(
                    first_row,
                    first_column,
                    min(first_row + CORE_CELLS, within.bottom),
                    min(first_column + CORE_CELLS, within.right),
                )


def _found(level: Level, at: Cells, scores: NDArray[np.float32]) -> NDArray[np.float64]:
    # Rows of left, top, right, bottom (in pixels of the picture) and score, float64 (n, 5), of what is a face.
    cells = np.argwhere(scores > THRESHOLD)
    if not len(cells):
        return np.empty((0, 5))
    middles = centres(cells + np.array([at.top, at.left]))[:, ::-1]
    half = (WINDOW_PX - 1) / 2
    found = np.hstack(
        [
            level.to_picture(middles - half),
            level.to_picture(middles + half),
            scores[cells[:, 0], cells[:, 1], None].astype(np.float64),
        ]
    )
    return found[level.owns(middles)]
