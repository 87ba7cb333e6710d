"""Look for a straight frame around a face: the edges of a sheet of paper, or of a screen that is held up."""

from collections.abc import Sequence
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from server.faces import Box

# What is looked at: so many widths of the face, in so many points.
WIDTHS: Final = 4.5
POINTS: Final = 90
# How a sheet may lean, in degrees; between them a straight line stays within three points.
LEANS: Final = (-6.0, 0.0, 6.0)
# Where a frame's sides may be, in points from the edge of what is looked at: outside of the face, which has 20.
OUTER: Final = 4
INNER: Final = 33
# Lines along which left and right sides must go: those of the face.
BESIDE: Final = slice(31, 61)
# Least difference of grey values across an edge, and how much more it is than is usual around the face.
LEAST: Final = 20
STANDS_OUT: Final = 3.0
# What Sobel's operator counts a difference as.
SOBEL: Final = 4
_TURNS: Final = [
    cv2.getRotationMatrix2D(((POINTS - 1) / 2, (POINTS - 1) / 2), lean, 1) if lean else None for lean in LEANS
]
_ACROSS: Final = np.ones((1, 3), np.uint8)

Grey = NDArray[np.uint8]


def frames_around(image: NDArray[np.uint8], boxes: Sequence[Box]) -> list[float]:
    """For each face, 0 to 1: the share of the weakest of four sides along which there is a straight edge."""
    if not boxes:
        return []
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)
    return [_frame(_around(grey, box)) for box in boxes]


def _around(grey: Grey, box: Box) -> Grey:
    # Beyond the picture its edge goes on.
    height, width = grey.shape
    half = max(round((box[2] - box[0] + 1) * WIDTHS / 2), 1)
    x, y = (box[0] + box[2]) // 2, (box[1] + box[3]) // 2
    top, left = max(-(y - half), 0), max(-(x - half), 0)
    part = grey[max(y - half, 0) : max(y + half, 0), max(x - half, 0) : max(x + half, 0)]
    if not part.size:
        return np.zeros((POINTS, POINTS), np.uint8)
    if part.shape != (2 * half, 2 * half):
        below, right = max(y + half - height, 0), max(x + half - width, 0)
        part = np.asarray(cv2.copyMakeBorder(part, top, below, left, right, cv2.BORDER_REPLICATE), np.uint8)
    return np.asarray(cv2.resize(part, (POINTS, POINTS), interpolation=cv2.INTER_AREA), np.uint8)


def _frame(part: Grey) -> float:
    best = 0.0
    for turn in _TURNS:
        turned = part if turn is None else cv2.warpAffine(part, turn, part.shape, borderMode=cv2.BORDER_REPLICATE)
        across, along = (_edges(turned, *which) for which in ((1, 0), (0, 1)))
        upright, level = _lines(across, along), _lines(along, across)
        sides = _covered(upright[BESIDE])
        left, right = OUTER + int(sides[OUTER:INNER].argmax()), POINTS - INNER + int(sides[-INNER:-OUTER].argmax())
        share = min(sides[left], sides[right])
        if share > best:
            ends = _covered(np.ascontiguousarray(level[:, left + 1 : right].T))
            best = max(best, float(min(share, ends[OUTER:INNER].max(), ends[-INNER:-OUTER].max())))
    return best


def _edges(part: NDArray[Any], x: int, y: int) -> Grey:
    # By how much grey values differ, in that direction.
    return np.asarray(cv2.convertScaleAbs(cv2.Sobel(part, cv2.CV_16S, x, y), alpha=1 / SOBEL), np.uint8)


def _lines(across: Grey, along: Grey) -> Grey:
    # 1 where there is an edge of that direction.
    least = max(LEAST, STANDS_OUT * float(np.median(across[::3, ::3])))
    return ((across > least) & (across > along)).view(np.uint8)


def _covered(edges: NDArray[np.uint8]) -> NDArray[np.float64]:
    # Of each column, or one beside it, the share of lines with an edge.
    found: NDArray[np.float64] = cv2.dilate(edges, _ACROSS).mean(axis=0)
    return found
