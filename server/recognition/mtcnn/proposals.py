"""Propose where faces may be: P-Net over every level of a pyramid."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from server.recognition.engines import Network
from server.recognition.mtcnn.boxes import Boxes, corrected
from server.recognition.mtcnn.levels import STRIDE_PX, WINDOW_PX, CellMaps, Floats, Spread, peaks, search
from server.recognition.reductions import Reductions

# The finest level's window over min_face_px: a face whose box is 30 px wide in dlib's sense is 39 px high in MTCNN's,
# in the median of 183 portraits, and P-Net sees it on levels where that is 10 to 14 px (measured 2026-11-30).
WINDOW_OF_FACE: Final = 1.1
# From level to level: half the area (detect_face.m of the authors' code).
FACTOR: Final = 0.709
# Black pixels around every level: faces that the picture's edge cuts, or that fill it, lie in windows beyond it.
MARGIN_PX: Final = 6
# Of the windows of a level that share more of their union only the surest goes on (detect_face.m).
MOST_SHARED: Final = 0.5
# Most windows that go on, the surest; a picture of 300 faces has about 4000, one of noise any number.
MOST_CANDIDATES: Final = 6_000


@dataclass(frozen=True, slots=True)
class Candidates:
    """Boxes, see boxes.py, in pixels of the picture, and the score of each."""

    boxes: Boxes
    scores: Floats


def propose(picture: Reductions, network: Network, spread: Spread, min_face_px: int, least_score: float) -> Candidates:
    """What P-Net takes for a face on any level, corrected by its regression."""
    levels = list(shapes(*picture.size, min_face_px))
    maps = search([_with_margin(picture.scaled(*shape)) for shape in levels], network, spread)
    found = [_of_level(picture.size, shape, each, least_score) for shape, each in zip(levels, maps, strict=True)]
    boxes = np.concatenate([np.empty((0, 4), np.float32), *(each.boxes for each in found)])
    scores = np.concatenate([np.empty(0, np.float32), *(each.scores for each in found)])
    best = np.argsort(-scores, kind="stable")[:MOST_CANDIDATES]
    return Candidates(boxes[best], scores[best])


def shapes(height: int, width: int, min_face_px: int) -> Iterator[tuple[int, int]]:
    """Rows and columns of each level without its margin, the finest first; a window is up to twice the last one."""
    scale = WINDOW_PX / (WINDOW_OF_FACE * min_face_px)
    while min(height, width) * scale >= WINDOW_PX / 2:
        yield round(height * scale), round(width * scale)
        scale *= FACTOR


def _of_level(size: tuple[int, int], shape: tuple[int, int], maps: CellMaps, least_score: float) -> Candidates:
    cells = peaks(maps.scores, least_score, MOST_SHARED)
    rows, columns = cells.T
    corners = STRIDE_PX * cells[:, ::-1] - MARGIN_PX
    to_picture = np.array([size[1] / shape[1], size[0] / shape[0]] * 2, np.float32)
    windows = np.hstack([corners, corners + WINDOW_PX]).astype(np.float32) * to_picture
    return Candidates(corrected(windows, maps.regression[:, rows, columns].T), maps.scores[rows, columns])


def _with_margin(level: NDArray[np.uint8]) -> NDArray[np.uint8]:
    # The level in its margin, of even sides.
    height, width, _ = level.shape
    below, right = MARGIN_PX + height % 2, MARGIN_PX + width % 2
    return np.asarray(cv2.copyMakeBorder(level, MARGIN_PX, below, MARGIN_PX, right, cv2.BORDER_CONSTANT), np.uint8)
