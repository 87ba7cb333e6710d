"""Boxes of MTCNN's stages: rows of left, top, right and bottom edge in pixels, right and bottom outside."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

# (n, 4); edges may lie between pixels and beyond the picture.
Boxes = NDArray[np.float32]


def sides(boxes: Boxes) -> Boxes:
    """Widths and heights, (n, 2)."""
    return boxes[:, 2:] - boxes[:, :2]


def corrected(boxes: Boxes, regression: NDArray[np.float32]) -> Boxes:
    """The boxes with each edge moved by its share of the width or height."""
    return boxes + regression * np.tile(sides(boxes), 2)


def squared(boxes: Boxes) -> Boxes:
    """Squares with the same centres and the longer sides."""
    half = sides(boxes).max(axis=1, keepdims=True) / 2
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    return np.hstack([centres - half, centres + half])


def surest(
    boxes: Boxes, scores: NDArray[np.float32], most_shared: float, of: Literal["union", "smaller"] = "union"
) -> NDArray[np.intp]:
    """Indices, surest first, of the boxes that share at most most_shared of their area with any surer one kept.

    of: whether that is a share of both boxes' union or of the smaller one.
    """
    order = np.argsort(-scores, kind="stable")
    ranked = boxes[order]
    pairs = _neighbours(ranked, most_shared if of == "union" else 0.5)
    alike = pairs[:, _overlap(ranked[pairs[0]], ranked[pairs[1]], of) > most_shared]
    return order[_kept(len(order), surer=alike.min(axis=0), weaker=alike.max(axis=0))]


def shares(boxes: Boxes, others: Boxes, share: float) -> NDArray[np.bool_]:
    """Which boxes share more than that of their union with any of the others."""
    pairs = np.indices((len(boxes), len(others))).reshape(2, -1)
    alike = _overlap(boxes[pairs[0]], others[pairs[1]], "union") > share
    return np.asarray(alike.reshape(len(boxes), len(others)).any(axis=1), np.bool_)


def _neighbours(boxes: Boxes, least_shared: float) -> NDArray[np.intp]:
    # Pairs of indices, (2, pairs), of all boxes that may share that much; most others are left out. What shares more
    # than s of the union with a box of width w begins less than w * (1 - s) / s beside it.
    by_left = np.argsort(boxes[:, 0])
    left, top = boxes[by_left, 0], boxes[by_left, 1]
    across, down = (sides(boxes)[by_left] * np.float32((1 - least_shared) / least_shared)).T
    count = np.searchsorted(left, left + across, "right") - np.arange(len(left)) - 1
    first = np.repeat(np.arange(len(left)), count)
    second = np.arange(len(first)) - np.repeat(np.cumsum(count) - count, count) + first + 1
    near = np.abs(top[first] - top[second]) <= np.maximum(down[first], down[second])
    return np.stack([by_left[first[near]], by_left[second[near]]])


def _kept(count: int, surer: NDArray[np.intp], weaker: NDArray[np.intp]) -> NDArray[np.bool_]:
    # Which boxes remain when of each pair the weaker goes, unless the surer one went itself. All are decided at once,
    # again and again until nothing changes: Cluster-NMS (Zheng et al. 2020, arXiv 2005.03572), which ends in what
    # deciding one after the other gives, after as many rounds as a chain of such pairs is long.
    kept = np.ones(count, bool)
    while True:
        now = np.ones(count, bool)
        now[weaker[kept[surer]]] = False
        if np.array_equal(now, kept):
            return kept
        kept = now


def _overlap(one: Boxes, other: Boxes, of: Literal["union", "smaller"]) -> NDArray[np.float32]:
    # Shared area of each pair over the area of their union or of the smaller box.
    shared = np.prod(np.maximum(np.minimum(one[:, 2:], other[:, 2:]) - np.maximum(one[:, :2], other[:, :2]), 0), axis=1)
    areas = np.prod(sides(one), axis=1), np.prod(sides(other), axis=1)
    whole = areas[0] + areas[1] - shared if of == "union" else np.minimum(*areas)
    return np.asarray(shared / np.maximum(whole, np.finfo(np.float32).tiny), np.float32)
