"""MTCNN's suppression gives what deciding one box after the other gives; squares and corrections are exact."""

from typing import Literal

import numpy as np
import pytest
from numpy.typing import NDArray

from server.recognition.mtcnn.boxes import corrected, shares, squared, surest

Boxes = NDArray[np.float32]


def drawn_boxes(count: int, seed: int) -> tuple[Boxes, NDArray[np.float32]]:
    """Boxes in heaps of five, of five sizes, and a score of each."""
    chance = np.random.default_rng(seed)
    centres = chance.uniform(0, 300, (count // 5 + 1, 2)).repeat(5, axis=0)[:count] + chance.normal(0, 3, (count, 2))
    sizes = chance.choice([30, 42, 60, 85, 120], (count, 1)) * chance.uniform(0.8, 1.2, (count, 2))
    boxes = np.hstack([centres - sizes / 2, centres + sizes / 2]).astype(np.float32)
    return boxes, chance.uniform(0.6, 1, count).astype(np.float32)


def share(one: NDArray[np.float32], other: NDArray[np.float32], of: str) -> float:
    across = max(min(one[2], other[2]) - max(one[0], other[0]), 0)
    down = max(min(one[3], other[3]) - max(one[1], other[1]), 0)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return float(across * down / (min(areas) if of == "smaller" else sum(areas) - across * down))


def one_after_the_other(boxes: Boxes, scores: NDArray[np.float32], most: float, of: str) -> list[int]:
    kept: list[int] = []
    for at in np.argsort(-scores, kind="stable").tolist():
        if all(share(boxes[at], boxes[other], of) <= most for other in kept):
            kept.append(at)
    return kept


@pytest.mark.parametrize("count", [0, 1, 2, 40, 400])
@pytest.mark.parametrize(("most", "of"), [(0.7, "union"), (0.5, "union"), (0.4, "union"), (0.7, "smaller")])
def test_the_boxes_kept_are_those_that_deciding_in_turn_keeps(
    count: int, most: float, of: Literal["union", "smaller"]
) -> None:
    boxes, scores = drawn_boxes(count, seed=count)
    assert surest(boxes, scores, most, of).tolist() == one_after_the_other(boxes, scores, most, of)


def test_of_two_boxes_alike_the_first_of_equal_score_is_kept() -> None:
    boxes = np.array([[0, 0, 10, 10], [1, 0, 11, 10], [40, 40, 50, 50]], np.float32)
    assert surest(boxes, np.float32([0.8, 0.8, 0.9]), 0.5).tolist() == [2, 0]


def test_a_box_that_only_shares_with_a_suppressed_one_is_kept() -> None:
    chain = np.array([[0, 0, 10, 10], [4, 0, 14, 10], [8, 0, 18, 10]], np.float32)
    assert surest(chain, np.float32([0.9, 0.8, 0.7]), 0.4).tolist() == [0, 2]


def test_boxes_without_area_share_nothing_and_fail_nothing() -> None:
    boxes = np.array([[5, 5, 5, 5], [5, 5, 5, 5], [0, 0, 10, 10]], np.float32)
    assert sorted(surest(boxes, np.float32([0.9, 0.8, 0.7]), 0.5).tolist()) == [0, 1, 2]


def test_a_square_has_the_longer_side_and_the_same_centre() -> None:
    assert squared(np.array([[10, 20, 30, 60]], np.float32)).tolist() == [[0, 20, 40, 60]]


def test_a_correction_is_a_share_of_width_and_height() -> None:
    boxes = np.array([[10, 20, 30, 60]], np.float32)
    assert corrected(boxes, np.float32([[0.1, -0.1, 0.5, 0.25]])).tolist() == [[12, 16, 40, 70]]


def test_boxes_that_share_with_any_of_others_are_told() -> None:
    boxes = np.array([[0, 0, 10, 10], [100, 0, 110, 10]], np.float32)
    assert shares(boxes, np.array([[1, 0, 11, 10]], np.float32), 0.5).tolist() == [True, False]
    assert shares(boxes, np.empty((0, 4), np.float32), 0.5).tolist() == [False, False]
