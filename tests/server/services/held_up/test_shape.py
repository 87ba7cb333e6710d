"""A flat pattern is told from a head by five landmarks in many pictures."""

import numpy as np
import pytest
from numpy.typing import NDArray

from server.services.held_up.shape import shape_of

# Eyes, nose and corners of the mouth, in pixels: x, y and how far the nose stands out.
FACE = np.array([[-30, -30, 0], [30, -30, 0], [0, 5, 25], [-24, 40, 0], [24, 40, 0]], np.float64)


def turned(yaw: float, pitch: float, *, nose: float = 1.0) -> NDArray[np.float32]:
    """As a far camera sees it, angles in degrees."""
    a, b = np.deg2rad([yaw, pitch])
    about_y = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    seen = (FACE * [1, 1, nose]) @ (about_x @ about_y).T
    return (seen[:, :2] + 500).astype(np.float32)


def pictures(spread: float, *, nose: float) -> NDArray[np.float32]:
    chance = np.random.default_rng(1)
    return np.stack([turned(*chance.normal(0, spread, 2), nose=nose) for _ in range(30)])


def test_a_tilted_print_is_flat_and_not_stiff() -> None:
    shape = shape_of(pictures(15, nose=0))
    assert shape.flat < 1e-4
    assert shape.stiff > 0.02


def test_a_head_that_turns_is_neither() -> None:
    shape = shape_of(pictures(10, nose=1))
    assert shape.flat > 0.05
    assert shape.stiff < 1.2 * shape.flat


def test_a_print_that_only_moves_is_both_wherever_it_is_and_however_large() -> None:
    shown = [turned(12, 5) * size + 7 * size for size in np.linspace(0.5, 2, 30)]
    shape = shape_of(np.stack(shown).astype(np.float32))
    assert shape.flat < 1e-4
    assert shape.stiff < 1e-4


@pytest.mark.parametrize("count", [12, 60])
def test_what_landmarks_err_is_what_is_left_however_many_pictures_there_are(count: int) -> None:
    chance = np.random.default_rng(2)
    noisy = np.stack([turned(0, 0) + chance.normal(0, 1, (5, 2)) for _ in range(count)]).astype(np.float32)
    radius = float(np.sqrt(np.square(turned(0, 0) - turned(0, 0).mean(axis=0)).sum(axis=1).mean()))
    shape = shape_of(noisy)
    assert shape.flat == pytest.approx(1 / radius, rel=0.2)
    assert shape.stiff == pytest.approx(1 / radius, rel=0.2)
