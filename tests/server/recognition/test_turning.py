"""How a photograph lies is told by its largest face, and left alone where nothing is sure."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from bench.classroom import compose
from server.recognition import decode_image
from server.recognition.dlib_detectors.hog import HogDetector
from server.recognition.mtcnn import UPRIGHT
from server.recognition.turning import Sureness, quarter_turns, sure_by_hog, sure_by_output_network
from tests.server.recognition.photographs import mtcnn, portraits

SURENESS = [lambda: sure_by_output_network(mtcnn()), lambda: sure_by_hog(HogDetector())]


@pytest.mark.parametrize("sureness", SURENESS, ids=["O-Net", "HOG"])
@pytest.mark.parametrize("lies", [0, 1, 2, 3])
def test_a_portrait_is_turned_back_by_as_many_quarters_as_it_was_turned(
    lies: int, sureness: Callable[[], Sureness]
) -> None:
    for portrait in portraits():
        lying = np.ascontiguousarray(np.rot90(portrait.image, -lies))
        assert quarter_turns(lying, 60, sureness()) == lies


@pytest.mark.parametrize("sureness", SURENESS, ids=["O-Net", "HOG"])
def test_a_picture_of_nobody_is_left_as_it_is(sureness: Callable[[], Sureness]) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (200, 300, 3), np.uint8)
    assert quarter_turns(noise, 60, sureness()) == 0


@pytest.mark.parametrize("lies", [0, 1, 2, 3])
def test_a_room_of_small_faces_is_told_from_one_that_lies(lies: int) -> None:
    room = decode_image(compose(portraits(), [30] * 4 + [24] * 4, width=480, height=270, seed=1).jpeg)
    lying = np.ascontiguousarray(np.rot90(room, -lies))
    assert quarter_turns(lying, 24, sure_by_output_network(mtcnn())) == lies


def test_an_upright_picture_is_looked_at_once() -> None:
    looks: list[tuple[int, ...]] = []

    def sureness(image: NDArray[np.uint8], least_px: int) -> float:
        looks.append(image.shape)
        return 1.0

    assert quarter_turns(np.zeros((4, 6, 3), np.uint8), 60, sureness) == 0
    assert looks == [(4, 6, 3)]


def test_o_net_is_sure_of_an_upright_face_and_not_of_one_that_lies() -> None:
    for portrait in portraits():
        found = mtcnn().find(portrait.image, 80)
        assert mtcnn().certainty(portrait.image, [found[0].box])[0] > UPRIGHT
        side = portrait.image.shape[0] - 1
        left, top, right, bottom = found[0].box
        on_its_head = np.ascontiguousarray(portrait.image[::-1])
        assert mtcnn().certainty(on_its_head, [(left, side - bottom, right, side - top)])[0] < UPRIGHT


def test_no_boxes_have_no_certainty() -> None:
    assert mtcnn().certainty(portraits()[0].image, []).shape == (0,)
