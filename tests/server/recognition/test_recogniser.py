"""A picture in, faces with embeddings out: dlib's landmarks and vectors, largest first, the same every time."""

import threading
from collections import Counter

import dlib
import numpy as np
import pytest
from numpy.typing import NDArray

from server.errors import SetupProblem
from server.faces import Face, area, found_in
from server.recognition import decode_image, open_recogniser
from server.recognition.alignment import Aligner
from server.recognition.detection import Detection
from server.recognition.lighting import DARK
from server.recognition.recogniser import FamilyRecogniser, Part, drawn_from_strips
from tests.converter.network_files import files
from tests.server.recognition.photographs import class_picture, fetched, head, recogniser


def picture_of_a_class() -> NDArray[np.uint8]:
    return decode_image(class_picture().jpeg)


def distance(one: Face, other: Face) -> float:
    return float(np.linalg.norm(one.embedding - other.embedding))


@pytest.fixture(scope="module")
def faces() -> list[Face]:
    return recogniser().faces(picture_of_a_class())


class TestFaces:
    def test_have_the_promised_shapes_and_types(self, faces: list[Face]) -> None:
        assert len(faces) == 12
        for face in faces:
            assert all(type(side) is int for side in face.box)
            assert (face.embedding.dtype, face.embedding.shape) == (np.float32, (128,))
            assert (face.landmarks.dtype, face.landmarks.shape) == (np.float32, (5, 2))
            assert type(face.score) is float
            assert face.score > 0
            assert face.width == face.box[2] - face.box[0] + 1

    def test_come_largest_first(self, faces: list[Face]) -> None:
        assert [area(face.box) for face in faces] == sorted((area(face.box) for face in faces), reverse=True)

    def test_have_dlibs_landmarks_for_exactly_their_box(self, faces: list[Face]) -> None:
        predictor, image = dlib.shape_predictor(str(files().landmarks)), picture_of_a_class()
        for face in faces:
            points = predictor(image, dlib.rectangle(*face.box)).parts()
            assert face.landmarks.tolist() == [[point.x, point.y] for point in points]

    def test_without_mirror_have_dlibs_own_embedding(self) -> None:
        image = picture_of_a_class()
        predictor = dlib.shape_predictor(str(files().landmarks))
        network = dlib.face_recognition_model_v1(str(files().embedder))
        for face in recogniser(mirror=False).faces(image)[::3]:
            shape = predictor(image, dlib.rectangle(*face.box))
            dlibs = np.array(network.compute_face_descriptor(image, shape))
            assert np.abs(face.embedding - dlibs).max() < 1e-5

    def test_with_mirror_have_the_mean_of_both_sides(self, faces: list[Face]) -> None:
        image = picture_of_a_class()
        predictor = dlib.shape_predictor(str(files().landmarks))
        network = dlib.face_recognition_model_v1(str(files().embedder))
        chip = dlib.get_face_chip(image, predictor(image, dlib.rectangle(*faces[0].box)), 150, 0.25)
        both = [np.array(network.compute_face_descriptor(np.ascontiguousarray(side))) for side in (chip, chip[:, ::-1])]
        assert np.abs(faces[0].embedding - np.mean(both, axis=0)).max() < 1e-5

    def test_of_one_person_are_nearer_than_of_two(self) -> None:
        one, again, another = (
            recogniser().faces(fetched(name), max_faces=1)[0] for name in ("obama.jpg", "obama2.jpg", "biden.jpg")
        )
        assert distance(one, again) < 0.5 < distance(one, another)

    def test_are_the_same_every_time(self, faces: list[Face]) -> None:
        for face, again in zip(faces, recogniser().faces(picture_of_a_class()), strict=True):
            assert face.box == again.box
            assert np.array_equal(face.embedding, again.embedding)

    def test_are_the_same_when_several_threads_ask_at_once(self, faces: list[Face]) -> None:
        results: list[list[Face]] = []
        threads = [
            threading.Thread(target=lambda: results.append(recogniser().faces(picture_of_a_class()))) for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(results) == 3
        for result in results:
            assert [face.box for face in result] == [face.box for face in faces]
            assert (
                max(np.abs(one.embedding - other.embedding).max() for one, other in zip(result, faces, strict=True))
                < 1e-6
            )

    def test_of_a_picture_whose_rows_are_not_contiguous_are_the_same(self, faces: list[Face]) -> None:
        turned = np.asfortranarray(picture_of_a_class())
        assert [face.box for face in recogniser().faces(turned)] == [face.box for face in faces]

    def test_are_no_more_than_asked_for_and_then_the_largest(self, faces: list[Face]) -> None:
        assert [face.box for face in recogniser().faces(picture_of_a_class(), max_faces=5)] == [
            face.box for face in faces[:5]
        ]

    def test_smaller_than_asked_for_are_left_out(self, faces: list[Face]) -> None:
        found = recogniser().faces(picture_of_a_class(), min_face_px=60)
        assert 0 < len(found) < len(faces)
        assert all(face.width >= 60 for face in found)

    def test_by_hog_are_of_the_same_people(self, faces: list[Face]) -> None:
        found = recogniser(detector="hog").faces(picture_of_a_class())
        assert len(found) >= 6
        assert all(min(distance(face, other) for other in faces) < 0.4 for face in found)


class TestPicturesWithoutFaces:
    @pytest.mark.parametrize("detector", ["mmod", "hog"])
    @pytest.mark.parametrize("shape", [(1, 1, 3), (400, 1, 3), (1, 400, 3), (120, 160, 3)])
    def test_give_an_empty_list(self, shape: tuple[int, ...], detector: str) -> None:
        assert recogniser(detector=detector).faces(np.full(shape, 77, np.uint8)) == []

    @pytest.mark.parametrize(
        "array",
        [
            np.zeros((20, 20), np.uint8),
            np.zeros((20, 20, 4), np.uint8),
            np.zeros((20, 20, 3), np.float32),
            np.zeros((0, 20, 3), np.uint8),
        ],
    )
    def test_that_are_no_pictures_are_refused(self, array: NDArray[np.uint8]) -> None:
        with pytest.raises(ValueError, match="must be uint8"):
            recogniser().faces(array)


class FoundAThousand:
    """A detector that sees a face everywhere."""

    def find(self, image: NDArray[np.uint8], min_face_px: int) -> list[Detection]:
        side = min_face_px
        return [Detection((x, y, x + side, y + side), 1.0) for y in range(0, 300, 12) for x in range(0, 480, 12)]


def test_of_a_thousand_faces_the_limit_is_taken() -> None:
    class Zero:
        def embed(self, chips: NDArray[np.uint8]) -> NDArray[np.float32]:
            return np.zeros((len(chips), 128), np.float32)

    crowd = FamilyRecogniser(
        FoundAThousand(),
        [Part(Aligner(files().landmarks), Zero())],
        dimensions=128,
        family="dlib",
        model_id="none",
        engine="none",
        detector_name="none",
        min_face_px=30,
        mirror=True,
        max_faces=200,
    )
    picture = np.zeros((400, 600, 3), np.uint8)
    assert len(crowd.faces(picture)) == len(crowd.look(picture)) == 200
    assert found_in(crowd.faces(picture)) == found_in(crowd.look(picture)) == 1000


def test_a_dark_picture_is_recognised_as_in_the_light_of_a_room() -> None:
    image = fetched("obama.jpg")
    (lit,) = recogniser(family="khuface").faces(image, max_faces=1)
    (dark,) = recogniser(family="khuface").faces((image * 0.07).astype(np.uint8), max_faces=1)
    (other,) = recogniser(family="khuface").faces(fetched("biden.jpg"), max_faces=1)
    assert distance(lit, dark) < 0.6 * distance(lit, other)


def test_a_face_before_a_dark_wall_stays_as_it_is_and_one_in_the_dark_beside_it_is_brought_into_light() -> None:
    one, other = (fetched(name) for name in ("obama.jpg", "biden.jpg"))
    height, width = (3 * side for side in one.shape[:2])
    hall = np.zeros((height, width, 3), np.uint8)
    hall[: one.shape[0], : one.shape[1]] = one
    below = hall[-other.shape[0] :, -other.shape[1] :]
    below[:] = (other[: below.shape[0], : below.shape[1]] * 0.07).astype(np.uint8)
    assert hall.mean() < DARK
    found = recogniser(family="khuface").faces(hall, min_face_px=60)
    by_light = sorted(found, key=lambda each: each.box[0])
    expected = [recogniser(family="khuface").faces(each, max_faces=1)[0] for each in (one, other)]
    apart = distance(*expected)
    assert len(by_light) == 2
    assert distance(by_light[0], expected[0]) < 0.2 * apart, "as it is, not overexposed"
    assert distance(by_light[1], expected[1]) < 0.6 * apart
    again = recogniser(family="khuface").at_boxes(hall, [each.box for each in found])
    assert all(distance(a, b) < 1e-4 for a, b in zip(found, again, strict=True))


def hall(rows: int, across: int) -> list[Detection]:
    """Faces of a lecture hall seen from the front, from 20 px in the last row to 90 px in the first."""
    found = []
    for row in range(rows):
        px, top = 20 + 70 * row // (rows - 1), 100 + 50 * row
        found += [Detection((100 * seat, top, 100 * seat + px, top + px), 1.0) for seat in range(across)]
    return found


def test_of_too_many_faces_those_taken_are_of_every_row() -> None:
    taken = drawn_from_strips(hall(15, 15), 200)
    by_row = Counter(each.box[1] for each in taken)
    assert len(taken) == 200
    assert len(by_row) == 15
    assert min(by_row.values()) >= 13
    widths = [each.box[2] - each.box[0] for each in taken]
    assert widths == sorted(widths, reverse=True)


@pytest.mark.parametrize("most", [1, 7, 16, 224])
def test_as_many_are_taken_as_may_be(most: int) -> None:
    taken = drawn_from_strips(hall(15, 15), most)
    assert len(taken) == len({each.box for each in taken}) == most


def test_what_are_not_too_many_are_all_taken_the_largest_first() -> None:
    assert drawn_from_strips(hall(3, 2), 6) == sorted(
        hall(3, 2), key=lambda each: (-each.box[2] + each.box[0], each.box)
    )


@pytest.mark.slow
def test_a_real_crowd_gives_as_many_faces_as_the_limit() -> None:
    crowd = np.tile(head(2, 45)[10:80, 10:80], (14, 16, 1))
    assert len(recogniser().faces(crowd)) == 200
    assert len(recogniser().faces(crowd, max_faces=1000)) == 14 * 16


class TestOpening:
    def test_says_what_it_opened(self) -> None:
        opened = recogniser()
        assert (opened.family, opened.engine, opened.detector, opened.min_face_px) == ("dlib", "onnx", "mmod", 30)
        assert opened.dimensions == 128

    def test_the_model_id_depends_on_the_mirror_and_not_on_the_detector(self) -> None:
        assert recogniser().model_id != recogniser(mirror=False).model_id
        assert recogniser().model_id == recogniser(detector="hog").model_id
        assert len(recogniser().model_id) <= 64

    def test_dlib_runs_its_own_networks_and_gives_the_same_vectors(self) -> None:
        reference = open_recogniser("dlib", engine="dlib", detector="mmod", min_face_px=80)
        assert reference.engine == "dlib"
        assert reference.model_id == recogniser().model_id
        picture = head(0, 130)
        (one,), (other,) = reference.faces(picture), recogniser().faces(picture, min_face_px=80)
        assert one.box == other.box
        assert np.abs(one.embedding - other.embedding).max() < 1e-5

    @pytest.mark.parametrize(
        "options",
        [
            {"family": "eigenfaces"},
            {"engine": "abacus"},
            {"detector": "haar"},
            {"min_face_px": 0},
            {"max_faces": 0},
        ],
    )
    def test_settings_that_cannot_be_are_refused_with_a_sentence(self, options: dict[str, object]) -> None:
        with pytest.raises(SetupProblem) as caught:
            open_recogniser(**{"family": "dlib", **options})
        assert caught.value.text.endswith(".")
