"""A picture and the smallest face in; the faces that dlib's MMOD network sees in it out, whatever engine runs it.

Every second level of dlib's pyramid is searched whole. The levels between are searched only where one of their
neighbours saw something: the network answers to a face on about three levels, so no face is lost by it.
"""

from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from server.recognition.convert.mmod import CELL_OFFSET, CELL_STRIDE
from server.recognition.detection import PYRAMID_STEP, WINDOW_PX, Detection
from server.recognition.engines import DetectorSession
from server.recognition.pyramid import Level, levels_of
from server.recognition.score_maps import SURROUNDINGS, Cells, map_size, of_windows, whole
from server.recognition.suppression import suppressed

FIRST_WINDOW_PX: Final = WINDOW_PX * PYRAMID_STEP**0.5
"""Width on the largest level of the smallest face: half a step under the window, where the network is as sure."""
LIKE_DLIB: Final = frozenset({WINDOW_PX, WINDOW_PX // 2, WINDOW_PX // 4})
"""Smallest faces for which the pyramid is dlib's own, of 0, 1 or 2 up-samplings."""
THRESHOLD: Final = 0.0
"""A score over this is a face: dlib's own threshold."""
HINT: Final = -0.8
"""A score over this makes the levels beside worth a look: a face scores 1.0 on its level, what is none under -1.0."""
CORE_CELLS: Final = 12
"""Side of the windows that are looked at again: what a face and its neighbourhood take."""
NEIGHBOURHOOD: Final = 2
"""Cells around a hint that are looked at again, since a face's best cell moves from level to level."""
WHOLE_SHARE: Final = 0.6
"""Windows of more than this share of a level's area: the whole level is cheaper than overlapping surroundings."""


WHOLE_MAP: Final = Cells(0, 0, 0, 0)
Searched: TypeAlias = tuple[Level, NDArray[np.float32]]
"""A level and its score map."""


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
        """What every level shows, level by level; at most two of them are kept at a time."""
        before: list[Searched] = []
        between: Level | None = None
        for level in levels_of(image, first_scale):
            if level.number % 2 and not self._exhaustive:
                between = level
                continue
            searched = level, whole(level, self._session)
            yield _found(level, WHOLE_MAP, searched[1])
            if between is not None:
                yield from self._look_again(between, [*before, searched])
            before, between = [searched], None
        if between is not None:
            yield from self._look_again(between, before)

    def _look_again(self, level: Level, neighbours: Sequence[Searched]) -> Iterator[NDArray[np.float64]]:
        """What a level shows where a level beside it had a hint."""
        wanted = np.zeros(map_size(level), np.uint8)
        for neighbour, scores in neighbours:
            _mark(wanted, level, neighbour, scores)
        windows = list(_windows(wanted))
        if len(windows) * (CORE_CELLS + 2 * SURROUNDINGS) ** 2 > WHOLE_SHARE * wanted.size:
            yield _found(level, WHOLE_MAP, whole(level, self._session))
            return
        for window, scores in zip(windows, of_windows(level, windows, self._session), strict=True):
            yield _found(level, window, scores)


def _first_scale(min_face_px: int) -> float:
    """How much the largest level is larger than the picture: dlib's own 1, 2 or 4, or what the smallest face needs."""
    if min_face_px in LIKE_DLIB:
        return WINDOW_PX / min_face_px
    return float(FIRST_WINDOW_PX / min_face_px)


def _mark(wanted: NDArray[np.uint8], level: Level, other: Level, scores: NDArray[np.float32]) -> None:
    """Marks the cells around those that correspond to another level's hints."""
    hints = np.argwhere(scores > HINT) * CELL_STRIDE + CELL_OFFSET - (other.top, other.left)
    pixels = hints * (level.height / other.height, level.width / other.width) + (level.top, level.left)
    cells = np.rint((pixels - CELL_OFFSET) / CELL_STRIDE).astype(int)
    rows, columns = np.clip(cells, 0, np.array(wanted.shape) - 1).T
    hit = np.zeros_like(wanted)
    hit[rows, columns] = 1
    side = 2 * NEIGHBOURHOOD + 1
    wanted[cv2.dilate(hit, np.ones((side, side), np.uint8)) > 0] = 1


def _windows(wanted: NDArray[np.uint8]) -> Iterator[Cells]:
    """Windows of CORE_CELLS that cover every marked cell."""
    _, _, boxes, _ = cv2.connectedComponentsWithStats(wanted, connectivity=8)
    rows, columns = wanted.shape
    for left, top, width, height, _ in boxes[1:].tolist():
        for row in range(top, top + height, CORE_CELLS):
            for column in range(left, left + width, CORE_CELLS):
                row, column = min(row, max(rows - CORE_CELLS, 0)), min(column, max(columns - CORE_CELLS, 0))
                yield Cells(row, column, min(row + CORE_CELLS, rows), min(column + CORE_CELLS, columns))


def _found(level: Level, at: Cells, scores: NDArray[np.float32]) -> NDArray[np.float64]:
    """Rows of left, top, right, bottom (in pixels of the picture) and score, float64 (n, 5), of what is over 0."""
    rows, columns = np.nonzero(scores > THRESHOLD)
    centres = np.stack([columns + at.left, rows + at.top], axis=1) * CELL_STRIDE + CELL_OFFSET
    half = (WINDOW_PX - 1) / 2
    return np.hstack([level.to_picture(centres - half), level.to_picture(centres + half),
                      scores[rows, columns, None].astype(np.float64)])
