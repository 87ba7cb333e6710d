"""MMOD on a fast engine sees what dlib sees; what it leaves out for speed changes nothing; no face is found twice."""

import numpy as np
import pytest
from numpy.typing import NDArray

from bench.classroom import found_seats
from server.faces import Box
from server.recognition import decode_image
from server.recognition.detection import Detection
from server.recognition.dlib_detectors.dlib_reference import DlibMmodDetector
from server.recognition.dlib_detectors.mmod import MmodDetector
from server.recognition.engines.dlib_engine import DlibDetector
from tests.converter.network_files import files
from tests.server.recognition.photographs import class_picture, detector_session, head, noses, shared

DETECTOR = MmodDetector(detector_session())
EXHAUSTIVE = MmodDetector(detector_session(), exhaustive=True)


def overlap(one: Box, other: Box) -> float:
    """Intersection over union."""
    inner = [
        max(min(one[2], other[2]) - max(one[0], other[0]) + 1, 0),
        max(min(one[3], other[3]) - max(one[1], other[1]) + 1, 0),
    ]
    areas = [(box[2] - box[0] + 1) * (box[3] - box[1] + 1) for box in (one, other)]
    return inner[0] * inner[1] / (sum(areas) - inner[0] * inner[1])


def assert_equal_to_dlib(picture: NDArray[np.uint8], min_face_px: int) -> int:
    dlibs = DlibMmodDetector(DlibDetector(str(files().detector))).find(picture, min_face_px)
    ours = DETECTOR.find(picture, min_face_px)
    assert len(ours) == len(dlibs)
    for each in dlibs:
        nearest = max(ours, key=lambda one: overlap(one.box, each.box))
        assert nearest.score == pytest.approx(each.score, abs=0.05)
        assert overlap(nearest.box, each.box) >= 0.9
    return len(dlibs)


@pytest.mark.parametrize("face_px", [90, 130, 170])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_boxes_and_scores_are_dlibs(number: int, face_px: int) -> None:
    assert assert_equal_to_dlib(head(number, face_px), 80) == 1


@pytest.mark.slow
@pytest.mark.parametrize("number", [0, 2])
def test_boxes_and_scores_are_dlibs_after_doubling(number: int) -> None:
    assert assert_equal_to_dlib(head(number, 60), 40) == 1


@pytest.mark.slow
def test_boxes_and_scores_of_a_group_are_dlibs() -> None:
    picture = decode_image(shared("compreface/011_3.jpg").read_bytes())
    assert assert_equal_to_dlib(picture, 80) == 3


def test_searching_every_second_level_finds_what_searching_all_of_them_finds() -> None:
    picture = decode_image(class_picture().jpeg)
    for min_face_px in (30, 40):
        quick, thorough = DETECTOR.find(picture, min_face_px), EXHAUSTIVE.find(picture, min_face_px)
        assert {each.box for each in quick} == {each.box for each in thorough}
        assert [each.score for each in quick] == pytest.approx([each.score for each in thorough], abs=1e-4)


def test_every_face_of_a_class_is_found_where_it_sits_and_none_twice() -> None:
    picture = class_picture()
    found = DETECTOR.find(decode_image(picture.jpeg), 30)
    seats, ghosts = found_seats(picture, [each.box for each in found])
    assert len(seats) == len(picture.seats) == len(found)
    assert ghosts == []


@pytest.mark.slow
def test_every_face_of_the_groups_is_found_and_nothing_else() -> None:
    group = shared("compreface")
    places = noses(group)
    assert sum(map(len, places.values())) >= 30
    for file in sorted(group.glob("*.jpg")):
        found = DETECTOR.find(decode_image(file.read_bytes()), 30)
        hits = [[each for each in found if inside(each, nose)] for nose in places[file.name]]
        assert all(hits), f"a face of {file.name} was not found"
        assert len(found) == len(places[file.name]), f"something in {file.name} is no face"


def inside(found: Detection, point: tuple[float, float]) -> bool:
    left, top, right, bottom = found.box
    return left <= point[0] <= right and top <= point[1] <= bottom


def test_the_smallest_face_is_the_one_setting() -> None:
    picture = class_picture()
    small = {seat.box for seat in picture.seats if seat.face_px <= 36}
    found = DETECTOR.find(decode_image(picture.jpeg), 60)
    seats, _ = found_seats(picture, [each.box for each in found])
    assert {seat.face_px for seat in seats} >= {80, 64}
    assert not small & {seat.box for seat in seats}


def test_the_same_face_is_found_at_any_place_in_the_picture() -> None:
    face = head(2, 60)
    for left, top in ((0, 0), (3, 5), (333, 177), (600 - face.shape[1], 400 - face.shape[0])):
        picture = np.full((400, 600, 3), 90, np.uint8)
        picture[top : top + face.shape[0], left : left + face.shape[1]] = face
        (found,) = DETECTOR.find(picture, 40)
        assert left <= found.box[0]
        assert found.box[2] < left + face.shape[1]
        assert found.score > 0.9


def test_a_face_cut_by_the_edge_keeps_its_whole_box() -> None:
    face = head(2, 160)
    (box,) = (each.box for each in DETECTOR.find(face, 80))
    cut = np.ascontiguousarray(face[:, (box[0] * 3 + box[2]) // 4 :])
    (found,) = DETECTOR.find(cut, 80)
    assert found.box[0] < 0


def test_a_crowd_does_not_hide_its_faces_from_each_other() -> None:
    face = head(2, 45)[10:80, 10:80]
    found = DETECTOR.find(np.tile(face, (6, 10, 1)), 40)
    assert len(found) == 6 * 10
    assert max(overlap(one.box, other.box) for one in found for other in found if one is not other) < 0.5


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((1, 1, 3), np.uint8),
        np.zeros((3000, 1, 3), np.uint8),
        np.zeros((1, 3000, 3), np.uint8),
        np.full((200, 300, 3), 128, np.uint8),
        np.random.default_rng(1).integers(0, 256, (200, 300, 3), dtype=np.uint8),
    ],
)
def test_where_there_is_no_face_none_is_found(picture: NDArray[np.uint8]) -> None:
    assert DETECTOR.find(picture, 30) == []
