"""Rooms that show more than a class: posters, wallpaper of a class, a mirror, a television, glass, nobody at all."""

from collections.abc import Sequence
from functools import partial

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from bench.classroom import Portrait, cut_out, room_wall
from server.gallery.constants import family_constants
from server.recognition import decode_image
from server.services.rooms.prediction import SurePrediction
from server.services.rooms.room_check import RoomCheck, check_room
from server.services.rooms.verdict import advice, verdict
from tests.server.recognition.photographs import portraits, recogniser

WIDTH, HIGH = 640, 360
SEATED, WALL_SEAT = (420, 230), (420, 90)


def wall() -> NDArray[np.uint8]:
    return np.clip(room_wall(WIDTH, HIGH, np.random.default_rng(8)), 0, 255).astype(np.uint8)


def put(
    image: NDArray[np.uint8], portrait: Portrait, size: int, at: tuple[int, int], *, mirrored: bool = False
) -> None:
    """A head whose face is `size` wide; at: where the face begins."""
    cut, inside = cut_out(portrait, size)
    cut = cut[:, ::-1] if mirrored else cut
    left, top = at[0] - inside[0], at[1] - inside[1]
    target = image[max(top, 0) : top + cut.shape[0], left : left + cut.shape[1]]
    target[:] = np.clip(cut[: target.shape[0], : target.shape[1]], 0, 255).astype(np.uint8)


def checked(pictures: Sequence[NDArray[np.uint8]]) -> RoomCheck:
    """As a camera sends them: noisy, as JPEG."""
    encoded = []
    for number, each in enumerate(pictures):
        noisy = np.clip(each + np.random.default_rng(number).normal(0, 2, each.shape), 0, 255).astype(np.uint8)
        encoded.append(cv2.imencode(".jpg", noisy[:, :, ::-1])[1].tobytes())
    prediction = SurePrediction(family_constants("khuface"))
    return check_room(
        [partial(bytes, each) for each in encoded], recogniser(family="khuface"), decode_image, prediction
    )


def seated(number: int) -> NDArray[np.uint8]:
    """One person who moves a little from picture to picture."""
    image = wall()
    put(image, portraits()[2], 70, (SEATED[0] + 9 * number, SEATED[1] + 5 * (number % 2)))
    return image


def told(check: RoomCheck) -> str:
    return " ".join(each.english for each in (verdict(check), *advice(check)))


def test_an_empty_room_says_that_nothing_can_be_said() -> None:
    check = checked([wall()] * 3)
    assert (check.heads, check.rows) == (0, ())
    assert "No living face is seen" in told(check)


def test_a_wall_of_posters_is_not_counted_and_told() -> None:
    pictures = []
    for number in range(3):
        image = seated(number)
        for place in range(3):
            put(image, portraits()[0], 60, (100 + 130 * place, 120))
        pictures.append(image)
    check = checked(pictures)
    assert (check.heads, check.still_faces) == (1, 3)
    assert "on a wall and not counted: 3" in told(check)


def test_a_photograph_of_a_class_as_wallpaper_leaves_those_who_move() -> None:
    pictures = [seated(number) for number in range(4)]
    for image in pictures:
        for place in range(8):
            put(image, portraits()[place % 2], 32, (60 + 75 * place, 60))
    check = checked(pictures)
    assert check.heads == 1
    assert check.still_faces >= 6


def test_a_mirror_shows_somebody_twice_and_it_is_told() -> None:
    pictures = []
    for number in range(3):
        image = seated(number)
        put(image, portraits()[2], 55, (WALL_SEAT[0] - 9 * number, WALL_SEAT[1]), mirrored=True)
        pictures.append(image)
    check = checked(pictures)
    assert (check.heads, check.twice) == (2, 1)
    assert "in a mirror or on a screen, are counted twice: 1" in told(check)


@pytest.mark.parametrize("what", ["television", "glass"])
def test_whoever_moves_on_a_television_or_behind_glass_is_counted_and_the_remedy_told(what: str) -> None:
    pictures = []
    for number in range(3):
        image = seated(number)
        shift = 3 * number if what == "television" else 60 * number
        put(image, portraits()[0], 50, (WALL_SEAT[0] - 200 + shift, WALL_SEAT[1]))
        pictures.append(image)
    check = checked(pictures)
    assert check.heads >= 2
    assert check.twice == 0
    assert "on a television and behind glass are counted" in told(check)


def test_a_camera_that_lies_says_how_to_turn_it() -> None:
    check = checked([np.ascontiguousarray(np.rot90(seated(0)))])
    assert check.heads == 0
    assert f"turn its picture by {check.turned_deg} degrees" in told(check)
    assert check.turned_deg == 270


def test_another_room_is_told_by_what_is_kept() -> None:
    other = np.clip(room_wall(WIDTH, HIGH, np.random.default_rng(9)), 0, 255).astype(np.uint8)
    put(other, portraits()[2], 70, SEATED)
    assert checked([seated(0)]).scene.changed(checked([other]).scene) == "moved"
    assert checked([seated(0)]).scene.changed(checked([seated(3)]).scene) == ""
