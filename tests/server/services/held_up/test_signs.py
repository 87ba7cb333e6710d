"""Which faces of an hour are told as photographs held up, and why."""

from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from server.domain.evidence import Sign
from server.families import DEFAULT, FAMILIES
from server.services.held_up.signs import FEWEST_OF_SHAPE, FEWEST_PICTURES, HourSigns, odd_sizes
from server.store import FacePoints, RecordedPicture, Sighting
from tests.server.services.held_up.test_shape import turned
from tests.server.store.store_values import COURSE, DAY, NOW

MODEL = DEFAULT.model_id()
WIDTH = 80
Pose = Callable[[np.random.Generator], NDArray[np.float32]]


def head(chance: np.random.Generator) -> NDArray[np.float32]:
    return turned(*chance.normal(0, 10, 2))


def still(chance: np.random.Generator) -> NDArray[np.float32]:
    return turned(8, 0) + chance.normal(0, 0.2, (5, 2))


def tilted(chance: np.random.Generator) -> NDArray[np.float32]:
    return turned(*chance.normal(0, 15, 2), nose=0) + chance.normal(0, 0.3, (5, 2))


def nobody(_: str) -> NDArray[np.float32]:
    return np.empty((0, 192), np.float32)


def told(
    pose: Pose,
    pictures: int = 40,
    *,
    framed: float | None = None,
    unlike: float = 0.02,
    verdict: str = "sure",
    model: str = MODEL,
    width: int = WIDTH,
    enrolled: Callable[[str], NDArray[np.float32]] = nobody,
) -> tuple[Sign, ...]:
    """What is told of one student's face. unlike: by how much its embeddings differ."""
    chance, hour = np.random.default_rng(3), HourSigns(MODEL, enrolled)
    for number in range(pictures):
        embedding = (one() + unlike * chance.normal(0, 1, 192) / np.sqrt(192)).astype(np.float32)
        points = FacePoints(pose(chance).astype(np.float32), framed)
        box = (400, 400, 399 + width, 500)
        seen = Sighting("1", verdict, 0.9, (), box, embedding, model, points)  # type: ignore[arg-type]
        hour.add(RecordedPicture(COURSE, DAY, 1, NOW + timedelta(minutes=number), "cam", 1, 1920, 1080), [seen])
    return hour.signs().get("1", ())


def one() -> NDArray[np.float32]:
    return np.eye(192, dtype=np.float32)[0]


def test_a_print_is_told_whether_it_stands_still_or_is_tilted_and_a_head_is_not() -> None:
    assert told(still) == (Sign.RIGID,)
    assert told(tilted) == (Sign.RIGID,)
    assert told(head) == ()


def test_a_face_that_stands_still_and_looks_different_is_no_print() -> None:
    assert told(still, unlike=0.4) == ()
    assert told(tilted, unlike=0.4) == (Sign.RIGID,), "a tilted print looks different too"


def test_for_a_while_anybody_sits_still() -> None:
    assert told(still, FEWEST_OF_SHAPE - 1) == ()
    assert told(still, FEWEST_OF_SHAPE) == (Sign.RIGID,)


@pytest.mark.parametrize("how", [{"verdict": "unknown"}, {"model": FAMILIES["dlib"].model_id()}])
def test_what_is_not_surely_theirs_or_of_other_networks_says_nothing(how: dict[str, str]) -> None:
    assert told(still, **how) == ()  # type: ignore[arg-type]


def test_the_shape_of_other_landmarks_is_not_judged() -> None:
    hour = HourSigns(FAMILIES["dlib"].model_id(), nobody)
    assert not hour._by_shape
    assert HourSigns(FAMILIES["fused"].model_id(), nobody)._by_shape


def test_a_frame_counts_where_most_pictures_show_it() -> None:
    assert told(head, FEWEST_PICTURES, framed=0.97) == (Sign.FRAMED,)
    assert told(head, FEWEST_PICTURES - 1, framed=0.97) == ()
    assert told(head, framed=0.8) == ()
    assert told(head, framed=None) == ()


def test_the_enrolled_photograph_is_named_only_beside_another_sign() -> None:
    def enrolled(_: str) -> NDArray[np.float32]:
        return np.stack([-one(), one()])

    assert told(tilted, enrolled=enrolled) == (Sign.RIGID, Sign.ENROLMENT)
    assert told(head, enrolled=enrolled) == (), "who is enrolled by a photograph of today looks like it"
    assert told(tilted, enrolled=enrolled, width=40) == (Sign.RIGID,), "small faces are too vague for it"
    assert told(tilted, enrolled=lambda _: -one()[None]) == (Sign.RIGID,)


def test_a_face_of_the_wrong_size_for_its_place_is_told() -> None:
    rows = {f"{row}-{seat}": (200.0 + 100 * row, 20.0 + 10 * row) for row in range(4) for seat in range(4)}
    assert odd_sizes(rows) == set()
    assert odd_sizes({**rows, "phone": (450.0, 28.0)}) == {"phone"}
    assert odd_sizes({**rows, "near": (250.0, 40.0)}) == {"near"}
    few = dict(list(rows.items())[:6])
    assert odd_sizes({**few, "phone": (450.0, 20.0)}) == set(), "a few faces do not say how large one is to be"


def test_faces_of_one_row_have_one_size() -> None:
    row = {str(seat): (300.0, 40.0) for seat in range(9)}
    assert odd_sizes({**row, "phone": (300.0, 25.0)}) == {"phone"}
