"""ArcFace's chips show landmarks where the template has them, whatever size, turn and place the face has."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from server.recognition.arcface_alignment import CHIP_PX, TEMPLATE, arcface_chips, similarities

Points = NDArray[np.float32]


def moved(scale: float, degrees: float, shift: tuple[float, float]) -> Points:
    """The template's points, turned, scaled and moved, (1, 5, 2)."""
    angle = np.radians(degrees)
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return (TEMPLATE @ turn.T + shift).astype(np.float32)[None]


def umeyama(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The similarity from the template to the points as Umeyama (1991) writes it, by singular values."""
    source, target = TEMPLATE.astype(np.float64), points
    from_centre, to_centre = source - source.mean(0), target - target.mean(0)
    left, values, right = np.linalg.svd(to_centre.T @ from_centre / len(source))
    signs = np.array([1, np.sign(np.linalg.det(left) * np.linalg.det(right))])
    turn = left @ np.diag(signs) @ right
    scale = (values * signs).sum() / np.square(from_centre).sum(1).mean()
    return np.hstack([scale * turn, (target.mean(0) - scale * turn @ source.mean(0))[:, None]])


def test_the_fit_is_umeyamas_for_every_face_of_a_batch() -> None:
    chance = np.random.default_rng(2)
    points = np.concatenate([moved(0.4, 30, (50, 20)), moved(3, -120, (9, 9)), moved(1, 0, (0, 0))])
    points += chance.normal(0, 2, points.shape).astype(np.float32)
    expected = [umeyama(each.astype(np.float64)) for each in points]
    assert np.allclose(similarities(points), expected, atol=1e-3)


def dotted(points: Points, size: float) -> NDArray[np.uint8]:
    """A picture of 900x900 with a soft spot at each landmark."""
    rows, columns = np.mgrid[:900, :900]
    spots = [np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * size**2)) for x, y in points[0].tolist()]
    return np.repeat((np.sum(spots, axis=0) * 255).clip(0, 255).astype(np.uint8)[:, :, None], 3, axis=2)


@pytest.mark.parametrize("degrees", [0, 25, -70])
@pytest.mark.parametrize("scale", [0.3, 0.9, 1.5, 2.6, 5.0])
def test_a_chip_shows_each_landmark_where_the_template_has_it(scale: float, degrees: float) -> None:
    centre = np.float32([400, 450]) - moved(scale, degrees, (0, 0))[0].mean(0)
    points = moved(scale, degrees, (float(centre[0]), float(centre[1])))
    chip = arcface_chips(dotted(points, 3 * max(scale, 0.5)), points)[0, :, :, 0].astype(float)
    for x, y in TEMPLATE.tolist():
        left, top = round(x) - 8, round(y) - 8
        part = chip[top : top + 17, left : left + 17]
        rows, columns = np.indices(part.shape)
        middle = left + (columns * part).sum() / part.sum(), top + (rows * part).sum() / part.sum()
        assert np.hypot(middle[0] - x, middle[1] - y) < 0.35


def test_a_face_beyond_the_edge_has_black_where_there_is_no_picture() -> None:
    chip = arcface_chips(np.full((60, 60, 3), 200, np.uint8), moved(0.5, 0, (-30, 0)))[0]
    assert chip[20, 20].tolist() == [0, 0, 0]
    assert chip[50, 100].tolist() == [200, 200, 200]


@pytest.mark.parametrize("shift", [(-5_000, 0), (0, 5_000), (10_000, 10_000)])
@pytest.mark.parametrize("scale", [0.2, 1.0, 9.0])
def test_a_face_outside_the_picture_is_a_black_chip(scale: float, shift: tuple[float, float]) -> None:
    chips = arcface_chips(np.full((40, 50, 3), 255, np.uint8), moved(scale, 0, shift))
    assert chips.shape == (1, CHIP_PX, CHIP_PX, 3)
    assert not chips.any()


def test_no_faces_have_no_chips() -> None:
    assert arcface_chips(np.zeros((9, 9, 3), np.uint8), np.empty((0, 5, 2), np.float32)).shape == (0, 112, 112, 3)


def test_a_fine_pattern_does_not_alias_in_a_large_face() -> None:
    stripes = np.zeros((900, 900, 3), np.uint8)
    stripes[:, ::2] = 255
    chip = arcface_chips(stripes, moved(6, 0, (100, 100)))[0]
    assert np.ptp(chip[10:-10, 10:-10].astype(int)) <= 4


def test_chips_of_a_turned_picture_are_the_same() -> None:
    noise = cv2.GaussianBlur(np.random.default_rng(3).integers(0, 256, (300, 300, 3), np.uint8), (0, 0), 3)
    points = moved(1.3, 10, (60, 70))
    turned = np.ascontiguousarray(np.rot90(noise))
    points_there = np.stack([points[..., 1], 299 - points[..., 0]], axis=-1)
    one, other = arcface_chips(np.asarray(noise, np.uint8), points), arcface_chips(turned, points_there)
    assert np.abs(one.astype(int) - other).max() <= 3
