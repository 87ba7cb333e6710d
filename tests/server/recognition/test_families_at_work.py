"""Every family on real faces: the same promises, its own vectors and landmarks, whichever detector found the box."""

import numpy as np
import pytest
from numpy.typing import NDArray

from server.errors import SetupProblem
from server.faces import Box, Face
from server.families import FAMILIES, Family
from server.gallery.constants import family_constants
from server.recognition import decode_image, open_recogniser
from tests.server.recognition.photographs import class_picture, fetched, recogniser
from tests.weights import need

FAMILY_NAMES = list(FAMILIES)


def picture() -> NDArray[np.uint8]:
    return decode_image(class_picture().jpeg)


def apart(one: Face, other: Face) -> float:
    return float(np.linalg.norm(one.embedding - other.embedding))


@pytest.fixture(params=FAMILY_NAMES)
def family(request: pytest.FixtureRequest) -> str:
    need(request.param)
    return str(request.param)


class TestEveryFamily:
    def test_finds_the_faces_of_a_class_with_embeddings_of_its_length(self, family: str) -> None:
        opened = recogniser(family=family)
        faces = opened.faces(picture())
        assert len(faces) == 12
        assert opened.dimensions == FAMILIES[family].dimensions
        for face in faces:
            assert (face.embedding.dtype, face.embedding.shape) == (np.float32, (opened.dimensions,))
            assert (face.landmarks.dtype, face.landmarks.shape) == (np.float32, (5, 2))
            assert all(type(side) is int for side in face.box)

    def test_says_what_it_is(self, family: str) -> None:
        opened = recogniser(family=family)
        assert (opened.family, opened.detector) == (family, FAMILIES[family].detectors[0])
        assert opened.model_id == FAMILIES[family].model_id()
        assert opened.min_face_px == FAMILIES[family].min_face_px

    def test_tells_one_person_from_another(self, family: str) -> None:
        one, again, another = (
            recogniser(family=family).faces(fetched(name), max_faces=1)[0]
            for name in ("obama.jpg", "obama2.jpg", "biden.jpg")
        )
        assert apart(one, again) < 0.55 * apart(one, another)

    def test_gives_the_same_face_where_its_box_is_known(self, family: str) -> None:
        opened, image = recogniser(family=family), picture()
        faces = opened.faces(image)
        for face, again in zip(faces, opened.at_boxes(image, [each.box for each in faces]), strict=True):
            assert again.box == face.box
            assert np.array_equal(again.landmarks, face.landmarks)
            assert np.abs(again.embedding - face.embedding).max() < 1e-5

    def test_has_its_own_landmarks_whichever_detector_found_the_box(self, family: str) -> None:
        image = fetched("obama.jpg")
        hog = "hog" in FAMILIES[family].detectors
        opened = recogniser(family=family, detector="hog" if hog else "mtcnn")
        (face,) = opened.faces(image, min_face_px=80)
        (own,) = recogniser(family=family).faces(image, min_face_px=80)
        assert opened.model_id == recogniser(family=family).model_id
        assert np.abs(face.landmarks - own.landmarks).max() < 0.08 * face.width
        assert apart(face, own) < 0.35

    def test_of_a_picture_without_faces_gives_none(self, family: str) -> None:
        for shape in ((1, 1, 3), (400, 1, 3), (1, 400, 3), (120, 160, 3)):
            assert recogniser(family=family).faces(np.full(shape, 77, np.uint8)) == []

    def test_takes_boxes_that_reach_beyond_the_picture(self, family: str) -> None:
        image = fetched("obama.jpg")[:300]
        boxes: list[Box] = [(-40, -40, 60, 80), (700, 250, 1000, 400), (10, 10, 10, 10)]
        faces = recogniser(family=family).at_boxes(image, boxes)
        assert [face.box for face in faces] == boxes
        assert all(np.isfinite(face.embedding).all() for face in faces)

    def test_without_mirror_is_another_model(self, family: str) -> None:
        single = recogniser(family=family, mirror=False)
        assert single.model_id == FAMILIES[family].model_id(mirror=False)
        assert not single.looks_twice


class TestFirstLook:
    def test_of_a_family_that_looks_once_is_all_there_is(self) -> None:
        opened, image = recogniser(family="dlib"), picture()
        assert not opened.looks_twice
        for first, face in zip(opened.look(image), opened.faces(image), strict=True):
            assert np.array_equal(first.embedding, face.embedding)

    def test_embeds_one_side_and_lies_within_the_doubt_of_the_whole(self) -> None:
        need("khuface")
        opened, single = recogniser(family="khuface"), recogniser(family="khuface", mirror=False)
        names = ("obama.jpg", "obama2.jpg", "obama3.jpg", "biden.jpg")
        images = [fetched(name) for name in names]
        whole = [opened.faces(image, max_faces=1)[0] for image in images]
        looks = [opened.look(image)[0] for image in images]
        assert opened.looks_twice
        for image, look in zip(images, looks, strict=True):
            assert np.abs(single.at_boxes(image, [look.box])[0].embedding - look.embedding).max() < 1e-5
        for look, face in zip(looks, whole, strict=True):
            assert look.box == face.box
            moved = [abs(apart(look, other) - apart(face, other)) for other in whole if other is not face]
            assert 0 < max(moved) < 0.05


@pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda each: each.name)
def test_photographs_are_reduced_where_the_decision_asks_for_it(family: Family) -> None:
    assert family.decision is not None
    assert family.reduced == family_constants(family.decision).visibility.reduced


def test_khufaces_vectors_have_the_length_one() -> None:
    need("khuface")
    for face in recogniser(family="khuface").faces(picture()):
        assert np.linalg.norm(face.embedding) == pytest.approx(1, abs=1e-5)


def test_a_fused_vector_is_dlibs_and_then_khufaces() -> None:
    need("fused")
    image = fetched("obama.jpg")
    (fused,) = recogniser(family="fused").faces(image, min_face_px=80)
    (khuface,) = recogniser(family="khuface").faces(image, min_face_px=80)
    (dlib,) = recogniser(family="dlib").faces(image, min_face_px=80)
    weight = FAMILIES["fused"].embedders[1].weight
    assert np.abs(fused.embedding[128:] - weight * khuface.embedding).max() < 1e-5
    assert np.linalg.norm(fused.embedding[:128] - dlib.embedding) < 0.2, "the box is a map of MTCNN's, not dlib's own"
    assert np.array_equal(fused.landmarks, khuface.landmarks)


@pytest.mark.parametrize("family", ["khuface", "fused"])
def test_dlibs_engine_runs_no_networks_but_dlibs(family: str) -> None:
    need(family)
    with pytest.raises(SetupProblem, match="dlib's own networks"):
        open_recogniser(family, engine="dlib")


def test_a_detector_that_a_family_does_not_have_is_refused_with_those_it_has() -> None:
    with pytest.raises(SetupProblem, match="family fused has no detector called 'mmod'; it is one of mtcnn, yunet"):
        open_recogniser("fused", detector="mmod")
