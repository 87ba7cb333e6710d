"""Landmarks that cannot be a face's are told, and how far a face leans."""

import numpy as np
import pytest
from numpy.typing import NDArray

from server.recognition.arcface_alignment import TEMPLATE
from server.recognition.landmarks import could_be_faces, rolls
from tests.server.recognition.photographs import mtcnn, portraits

UPRIGHT = TEMPLATE[None]


def turned(degrees: float) -> NDArray[np.float32]:
    """The upright landmarks, turned clockwise as a picture is seen."""
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return (UPRIGHT @ turn.T).astype(np.float32)


@pytest.mark.parametrize("degrees", [-170, -90, -30, 0, 12, 60, 90, 179])
def test_the_roll_is_how_far_the_crown_leans_to_the_pictures_right(degrees: float) -> None:
    assert rolls(turned(degrees))[0] == pytest.approx(degrees, abs=1)


@pytest.mark.parametrize(
    ("degrees", "could"), [(0, True), (60, True), (-60, True), (90, False), (-90, False), (180, False)]
)
def test_a_face_that_lies_on_its_side_or_stands_on_its_head_is_none(degrees: float, could: bool) -> None:
    assert could_be_faces(turned(degrees)).tolist() == [could]


def swapped(one: int, other: int) -> NDArray[np.float32]:
    landmarks = UPRIGHT.copy()
    landmarks[0, [one, other]] = landmarks[0, [other, one]]
    return landmarks


@pytest.mark.parametrize(
    ("one", "other"), [(0, 1), (3, 4), (0, 3), (1, 4), (0, 4)], ids=["eyes", "mouth", "left", "right", "across"]
)
def test_landmarks_in_another_order_are_no_faces(one: int, other: int) -> None:
    assert could_be_faces(swapped(one, other)).tolist() == [False]


@pytest.mark.parametrize("nose", [(56.0, 20.0), (56.0, 120.0)], ids=["above the eyes", "under the mouth"])
def test_a_nose_that_is_not_between_eyes_and_mouth_is_no_faces(nose: tuple[float, float]) -> None:
    landmarks = UPRIGHT.copy()
    landmarks[0, 2] = nose
    assert could_be_faces(landmarks).tolist() == [False]


def test_a_nose_beside_the_outline_may_be_a_profile() -> None:
    landmarks = UPRIGHT.copy()
    landmarks[0, 2] = (20, 71)
    assert could_be_faces(landmarks).tolist() == [True]


def test_landmarks_in_one_point_or_on_a_line_are_no_faces() -> None:
    line = np.stack([np.arange(5), np.arange(5)], axis=1)[None].astype(np.float32)
    assert could_be_faces(np.concatenate([np.zeros((1, 5, 2), np.float32), line])).tolist() == [False, False]


def test_landmarks_of_portraits_could_be_faces() -> None:
    for portrait in portraits():
        landmarks, scores = mtcnn().landmarks(portrait.image, [portrait.box])
        assert could_be_faces(landmarks).tolist() == [True]
        assert scores[0] > 0.9


def test_no_landmarks_have_no_judgement() -> None:
    assert could_be_faces(np.empty((0, 5, 2), np.float32)).shape == (0,)
    assert rolls(np.empty((0, 5, 2), np.float32)).shape == (0,)
