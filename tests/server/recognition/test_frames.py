"""A straight frame around a face is seen, and other edges are not taken for one."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from server.recognition.frames import frames_around

BOX = (480, 480, 519, 531)


def wall(seed: int = 0) -> NDArray[np.uint8]:
    """Textured, as walls are."""
    chance = np.random.default_rng(seed)
    grain = cv2.resize(chance.normal(0, 9, (130, 130)).astype(np.float32), (1000, 1000), interpolation=cv2.INTER_CUBIC)
    return np.clip(grain[:, :, None] + (140, 150, 130) + chance.normal(0, 3, (1000, 1000, 3)), 0, 255).astype(np.uint8)


def oval(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """With a head at BOX."""
    cv2.ellipse(image, (500, 505), (26, 36), 0, 0, 360, (90, 70, 60), -1)
    return image


def sheet(image: NDArray[np.uint8], lean_deg: float, *, size: tuple[int, int] = (90, 130)) -> NDArray[np.uint8]:
    """A light sheet with the head on it, held with that lean."""
    corners = cv2.boxPoints(((500, 515), size, lean_deg))
    cv2.fillPoly(image, [np.rint(corners).astype(np.int32)], (225, 225, 220))
    return oval(image)


@pytest.mark.parametrize("lean", [-8, -3, 0, 5, 8])
def test_a_sheet_is_seen_however_it_leans_a_little(lean: float) -> None:
    assert frames_around(sheet(wall(), lean), [BOX])[0] > 0.92


def test_a_head_before_a_wall_has_none() -> None:
    for seed in range(5):
        assert frames_around(oval(wall(seed)), [BOX])[0] < 0.85


def test_a_head_before_a_large_board_has_none() -> None:
    assert frames_around(sheet(wall(), 0, size=(400, 300)), [BOX])[0] < 0.85


def test_faces_at_the_edge_of_a_picture_and_beyond_are_looked_at() -> None:
    shares = frames_around(wall(), [(0, 0, 30, 40), (980, 985, 1010, 1020), (2000, 2000, 2030, 2030), (5, 5, 5, 5)])
    assert len(shares) == 4
    assert all(0 <= each <= 1 for each in shares)
    assert frames_around(wall(), []) == []
