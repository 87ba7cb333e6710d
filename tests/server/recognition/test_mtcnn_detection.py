"""MTCNN finds the faces of groups and rooms, at edges, very large and very many, and nothing where nobody is."""

from functools import cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from bench.classroom import compose, found_seats
from server.recognition import decode_image
from server.recognition.mtcnn.levels import OVERLAP_PX, STRIDE_PX, TILE_PX, WINDOW_PX, peaks, search
from server.recognition.mtcnn.proposals import shapes
from tests.server.recognition.photographs import (
    class_picture,
    fetched,
    mtcnn,
    mtcnn_networks,
    noses,
    portraits,
    shared,
)

Pixels = NDArray[np.uint8]


def inside(box: tuple[int, int, int, int], point: tuple[float, float]) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


@cache
def room() -> Pixels:
    return decode_image(class_picture().jpeg)


def enlarged(number: int, face_px: int) -> Pixels:
    """A portrait, its face that wide and with as much around it."""
    portrait = portraits()[number]
    left, top, right, bottom = portrait.box
    around = (right - left) * 2 // 3
    cut = portrait.image[max(top - around, 0) : bottom + around, max(left - around, 0) : right + around]
    scale = face_px / (right - left + 1)
    return np.asarray(cv2.resize(cut, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.uint8)


def test_every_face_of_a_composed_room_is_found_once_with_its_landmarks_in_its_box() -> None:
    found = mtcnn().find(room(), 30)
    seats, nobody = found_seats(class_picture(), [each.box for each in found])
    assert (len(seats), len(nobody), len(found)) == (12, 0, 12)
    for each in found:
        assert each.landmarks is not None
        assert each.landmarks.dtype == np.float32
        assert all(inside(each.box, (x, y)) for x, y in each.landmarks.tolist())
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)


@pytest.mark.parametrize("size", [20, 25])
def test_faces_of_20_px_are_found_where_they_are_asked_for(size: int) -> None:
    picture = compose(portraits(), [size] * 12, width=640, height=360, seed=size)
    boxes = [each.box for each in mtcnn().find(decode_image(picture.jpeg), 20)]
    seats, nobody = found_seats(picture, boxes)
    assert (len(seats), len(nobody)) == (12, 0)


def test_every_annotated_nose_of_the_groups_is_in_a_box_of_its_own() -> None:
    group = shared("compreface")
    by_file = noses(group)
    for file in sorted(group.glob("*.jpg")):
        boxes = [each.box for each in mtcnn().find(decode_image(file.read_bytes()), 30)]
        assert len(boxes) == len(by_file[file.name]), file.name
        assert all(any(inside(box, nose) for box in boxes) for nose in by_file[file.name]), file.name


def test_two_threads_find_what_one_finds() -> None:
    one, two = mtcnn().find(room(), 30), mtcnn(workers=2).find(room(), 30)
    assert one == two
    assert all(np.allclose(a.landmarks, b.landmarks, atol=1e-3) for a, b in zip(one, two, strict=True))


def test_landmarks_asked_for_by_box_are_those_that_were_found_with_it() -> None:
    found = mtcnn().find(room(), 30)
    landmarks, scores = mtcnn().landmarks(room(), [each.box for each in found])
    assert np.allclose(landmarks, [each.landmarks for each in found], atol=1e-3)
    assert np.allclose(scores, [each.score for each in found], atol=1e-5)


def test_no_boxes_have_no_landmarks() -> None:
    landmarks, scores = mtcnn().landmarks(room(), [])
    assert landmarks.shape == (0, 5, 2)
    assert scores.shape == (0,)


def test_landmarks_of_the_mirror_image_are_the_mirrored_landmarks() -> None:
    image = fetched("obama.jpg")
    mirrored = np.ascontiguousarray(image[:, ::-1])
    one, other = mtcnn().find(image, 80)[0], mtcnn().find(mirrored, 80)[0]
    assert one.landmarks is not None
    assert other.landmarks is not None
    turned_back = other.landmarks[[1, 0, 2, 4, 3]] * np.float32([-1, 1]) + np.float32([image.shape[1] - 1, 0])
    assert np.abs(turned_back - one.landmarks).max() < 0.04 * (one.box[2] - one.box[0])


@pytest.mark.parametrize("edge", ["left", "top", "right", "bottom"])
def test_a_face_that_an_edge_cuts_is_found(edge: str) -> None:
    portrait = portraits()[0]
    left, top, right, bottom = portrait.box
    off = (right - left) * 15 // 100
    cut = {
        "left": portrait.image[:, left + off :],
        "top": portrait.image[top + off :],
        "right": portrait.image[:, : right - off],
        "bottom": portrait.image[: bottom - off],
    }[edge]
    assert len(mtcnn().find(np.ascontiguousarray(cut), 60)) == 1


@pytest.mark.parametrize("margin", [0.0, 0.2])
def test_a_face_that_fills_the_picture_is_found(margin: float) -> None:
    for portrait in portraits():
        left, top, right, bottom = portrait.box
        more = round((right - left) * margin)
        crop = portrait.image[max(top - more, 0) : bottom + more, max(left - more, 0) : right + more]
        assert len(mtcnn().find(np.ascontiguousarray(crop), 80)) == 1


def test_a_face_of_2000_px_is_found_once() -> None:
    found = mtcnn().find(enlarged(0, 2000), 30)
    assert len(found) == 1
    assert found[0].box[2] - found[0].box[0] > 1500


@pytest.mark.slow
def test_every_face_of_a_picture_of_300_is_found() -> None:
    picture = compose(portraits(), [28] * 300, width=2560, height=1440, seed=3)
    seats, nobody = found_seats(picture, [each.box for each in mtcnn(workers=2).find(decode_image(picture.jpeg), 20)])
    assert (len(seats), len(nobody)) == (300, 0)


def checkerboard(side: int) -> Pixels:
    rows, columns = np.indices((540, 960)) // side
    return np.repeat(((rows + columns) % 2 * 255).astype(np.uint8)[:, :, None], 3, axis=2)


def noise() -> Pixels:
    return np.random.default_rng(1).integers(0, 256, (540, 960, 3), np.uint8)


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((540, 960, 3), np.uint8),
        np.full((540, 960, 3), 255, np.uint8),
        noise(),
        np.asarray(cv2.GaussianBlur(noise(), (0, 0), 3), np.uint8),
        checkerboard(4),
        checkerboard(16),
        checkerboard(40),
    ],
    ids=["black", "white", "noise", "soft noise", "checks of 4", "checks of 16", "checks of 40"],
)
def test_nothing_is_found_where_nobody_is(picture: Pixels) -> None:
    assert mtcnn().find(picture, 20) == []


def test_small_groups_show_nobody_who_is_not_there() -> None:
    group = shared("compreface")
    for name, points in noses(group).items():
        image = decode_image((group / name).read_bytes())
        small = np.asarray(cv2.resize(image, None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA), np.uint8)
        for box in [each.box for each in mtcnn().find(small, 20)]:
            with_profile = (box[0] - 4, box[1], box[2] + 4, box[3])  # a nose in profile is beside its box
            assert any(inside(with_profile, (0.4 * x, 0.4 * y)) for x, y in points), name


def test_a_photograph_of_things_has_no_face() -> None:
    assert mtcnn().find(decode_image(shared("compreface/017_0.jpg").read_bytes()), 20) == []


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (11, 11), (12, 12), (13, 40)])
def test_pictures_of_few_pixels_have_no_face(shape: tuple[int, int]) -> None:
    assert mtcnn().find(np.zeros((*shape, 3), np.uint8), 20) == []


def test_a_level_in_tiles_is_answered_as_the_whole_level() -> None:
    level = np.ascontiguousarray(room()[: 2 * TILE_PX[0] - 6, : TILE_PX[1] + 38])
    network = mtcnn_networks().proposal
    levels = [level, np.ascontiguousarray(level[:40, :52])]
    for each, maps in zip(levels, search(levels, network, lambda put, tiles: list(map(put, tiles))), strict=True):
        whole = network.outputs(each[None])
        assert maps.scores.shape == tuple((side - OVERLAP_PX) // STRIDE_PX for side in each.shape[:2])
        assert np.allclose(maps.scores, whole["scores"][0], atol=1e-5)
        assert np.allclose(maps.regression, whole["regression"][0], atol=1e-4)


def test_peaks_are_what_suppression_in_turn_keeps() -> None:
    scores = np.random.default_rng(4).uniform(0, 1, (23, 31)).astype(np.float32)
    kept: list[tuple[int, int]] = []
    for at in np.argsort(-scores, axis=None).tolist():
        row, column = divmod(at, scores.shape[1])
        if scores[row, column] > 0.6 and all(_window_share((row, column), other) <= 0.5 for other in kept):
            kept.append((row, column))
    assert {tuple(cell) for cell in peaks(scores, 0.6, 0.5).tolist()} == set(kept)


def _window_share(one: tuple[int, int], other: tuple[int, int]) -> float:
    down, across = (max(WINDOW_PX - STRIDE_PX * abs(a - b), 0) for a, b in zip(one, other, strict=True))
    return down * across / (2 * WINDOW_PX**2 - down * across)


def test_the_pyramid_begins_where_the_smallest_face_asks_for() -> None:
    assert next(shapes(1080, 1920, 30)) == (393, 698)
    assert next(shapes(1080, 1920, 60)) == (196, 349)
    assert len(list(shapes(1080, 1920, 60))) == len(list(shapes(1080, 1920, 30))) - 2
