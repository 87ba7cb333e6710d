"""Where one detector finds nobody the next is asked; what dlib's find gets boxes and landmarks like MTCNN's."""

import numpy as np
import pytest
from numpy.typing import NDArray

from server.recognition.box_maps import DLIB_AS_MTCNN
from server.recognition.detection import Detection, Detector
from server.recognition.dlib_detectors.hog import HogDetector
from server.recognition.other_detectors import AskedInTurn, LandmarkedDetector, MappedDetector, PaddedDetector
from tests.server.recognition.photographs import mtcnn, portraits

PICTURE = np.zeros((100, 100, 3), np.uint8)


class Scripted:
    """A detector that finds what it was told to, wherever it looks."""

    def __init__(self, *boxes: tuple[int, int, int, int]) -> None:
        self.boxes = boxes

    def find(self, image: NDArray[np.uint8], min_face_px: int) -> list[Detection]:
        return [Detection(box, 1.0) for box in self.boxes]


def test_the_first_detector_that_finds_a_face_answers() -> None:
    in_turn = AskedInTurn([Scripted, lambda: Scripted((1, 2, 3, 4)), lambda: Scripted((5, 6, 7, 8))])
    assert [each.box for each in in_turn.find(PICTURE, 30)] == [(1, 2, 3, 4)]


def test_a_detector_is_opened_when_it_is_asked_and_once() -> None:
    opened: list[str] = []

    def opener(name: str, *boxes: tuple[int, int, int, int]) -> Detector:
        opened.append(name)
        return Scripted(*boxes)

    in_turn = AskedInTurn([lambda: opener("first", (0, 0, 9, 9)), lambda: opener("second")])
    assert opened == []
    in_turn.find(PICTURE, 30)
    in_turn.find(PICTURE, 30)
    assert opened == ["first"]


def test_where_nobody_finds_a_face_there_is_none() -> None:
    assert AskedInTurn([Scripted, Scripted]).find(PICTURE, 30) == []
    assert AskedInTurn([]).find(PICTURE, 30) == []


def test_dlibs_boxes_become_mtcnns() -> None:
    for portrait in portraits():
        (own,) = mtcnn().find(portrait.image, 80)
        as_mtcnn = MappedDetector(HogDetector(), DLIB_AS_MTCNN)
        (mapped,) = LandmarkedDetector(as_mtcnn, mtcnn()).find(portrait.image, 80)
        assert mapped.box != own.box
        size = own.box[2] - own.box[0]
        assert np.abs(np.array(mapped.box) - own.box).max() < 0.3 * size
        assert mapped.landmarks is not None
        assert np.abs(mapped.landmarks - own.landmarks).max() < 0.1 * size


@pytest.mark.parametrize("box", [(10, 10, 60, 60), (-500, -500, -400, -400), (0, 0, 0, 0)])
def test_what_another_takes_for_a_face_and_o_net_does_not_is_none(box: tuple[int, int, int, int]) -> None:
    assert LandmarkedDetector(Scripted(box), mtcnn()).find(PICTURE, 30) == []


def test_a_padded_look_gives_boxes_and_landmarks_of_the_picture_itself() -> None:
    for portrait in portraits():
        (plain,) = mtcnn().find(portrait.image, 80)
        (padded,) = PaddedDetector(mtcnn()).find(portrait.image, 80)
        assert np.abs(np.array(padded.box) - plain.box).max() < 0.1 * (plain.box[2] - plain.box[0])
        assert padded.landmarks is not None
        assert np.abs(padded.landmarks - plain.landmarks).max() < 0.05 * (plain.box[2] - plain.box[0])
