"""Faces are sorted into rows by their places, and what is foretold of them follows what was measured."""

import msgspec
import pytest

from server.errors import SetupProblem
from server.gallery.constants import VisibleSizes, family_constants
from server.services.rooms.face_map import MappedFace, in_columns, in_rows, most_at_once
from server.services.rooms.prediction import SurePrediction


def face(x: int, y: int, size: int, picture: int = 0) -> MappedFace:
    return MappedFace(picture, (x, y, x + size - 1, y + size - 1), 120.0)


def test_rows_are_counted_from_the_front_whoever_sits_a_little_higher() -> None:
    front = [face(100 * at, 500 + 8 * (at % 3), 60) for at in range(5)]
    back = [face(100 * at, 400 + 5 * (at % 2), 40) for at in range(6)]
    assert [len(row) for row in in_rows([*back, *front])] == [5, 6]
    assert in_rows([]) == []


def test_one_person_in_many_pictures_is_one_at_once() -> None:
    faces = [face(100, 100, 40, picture) for picture in range(5)] + [face(300, 100, 40, 2)]
    assert most_at_once(faces) == 2
    assert most_at_once([]) == 0


def test_columns_are_thirds_and_a_face_beyond_the_edge_is_in_the_last() -> None:
    faces = [face(-10, 0, 20), face(150, 0, 20), face(299, 0, 40)]
    assert [len(each) for each in in_columns(faces, 300)] == [1, 1, 1]


def test_larger_faces_are_never_foretold_worse_and_too_small_ones_not_at_all() -> None:
    prediction = SurePrediction(family_constants("khuface"))
    shares = [prediction.sure(px, px) for px in range(10, 200)]
    assert shares == sorted(shares)
    assert prediction.sure(prediction.smallest_px - 1, prediction.smallest_px - 1) == 0
    assert prediction.sure(prediction.smallest_px, prediction.smallest_px) > 0.6
    assert 21 < prediction.size_for(0.9) < 40
    assert prediction.size_for(1.0) == float("inf")


def test_constants_without_misses_by_size_say_what_to_do() -> None:
    constants = family_constants("khuface")
    bare = msgspec.structs.replace(constants.visibility, sizes_px=(), missed=())
    with pytest.raises(SetupProblem, match="fit DIR"):
        SurePrediction(msgspec.structs.replace(constants, visibility=bare))


@pytest.mark.parametrize(("sizes", "missed"), [((20, 30), (0.1, 0.2)), ((30, 20), (0.1, 0.2, 0.3))])
def test_misses_that_do_not_fit_their_sizes_are_refused(sizes: tuple[int, ...], missed: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="sizes_px"):
        VisibleSizes(21, 21, False, sizes, missed)
