"""Photographs that are larger than is read, lie on their side or come from phones: enrolled, and told what was done."""

from functools import cache

import numpy as np
import pytest
from PIL import Image

from server.faces import Recogniser
from server.recognition import PhotographDecoder, decode_image, open_recogniser
from server.services.enrolment.portrait import ENOUGH_FACE_PX, MIN_ENROLMENT_FACE_PX, Unfit, embed
from tests.photographs import fetched, jpeg, small
from tests.server.recognition.photographs import shared
from tests.weights import need


@cache
def recogniser() -> Recogniser:
    need("khuface")
    return open_recogniser("khuface", threads=2)


def enlarged(times: float) -> Image.Image:
    with Image.open(fetched("obama.jpg")) as image:
        return image.convert("RGB").resize((round(image.width * times), round(image.height * times)))


def face_px(image: Image.Image) -> int:
    return recogniser().faces(np.array(image), min_face_px=MIN_ENROLMENT_FACE_PX)[0].width


@pytest.mark.parametrize(("times", "most_pixels", "by"), [(1, 400_000, 2), (3, 1_000_000, 4), (6, 2_000_000, 8)])
def test_a_jpeg_that_is_too_large_is_read_at_the_smallest_size_that_leaves_the_face_large_enough(
    times: int, most_pixels: int, by: int
) -> None:
    image = enlarged(times)
    portrait = embed(jpeg(image), recogniser(), PhotographDecoder(most_pixels))
    assert f"was read at 1/{by} of its sides ({-(-image.width // by)} x " in portrait.remark
    smaller = image.width // (2 * by), image.height // (2 * by)
    assert by == 8 or face_px(image.resize(smaller)) < ENOUGH_FACE_PX
    whole = embed(jpeg(enlarged(1)), recogniser(), decode_image)
    assert np.linalg.norm(portrait.embedding - whole.embedding) < 0.3 * np.linalg.norm(whole.embedding)


def test_what_can_not_be_reduced_is_refused_with_its_size() -> None:
    with pytest.raises(Unfit, match=r"910 x 1137 pixels; at most 1000 pixels"):
        embed(jpeg(enlarged(1)), recogniser(), PhotographDecoder(1000))


def test_a_snapshots_decoder_reduces_nothing() -> None:
    with pytest.raises(Unfit, match="at most 400000 pixels"):
        embed(jpeg(enlarged(1)), recogniser(), lambda data: decode_image(data, max_pixels=400_000))


@pytest.mark.parametrize(
    ("turn", "says"),
    [
        (Image.Transpose.ROTATE_90, "it lay on its side and was turned to the right"),
        (Image.Transpose.ROTATE_270, "it lay on its side and was turned to the left"),
        (Image.Transpose.ROTATE_180, "it stood on its head and was turned upright"),
    ],
)
def test_a_portrait_that_lies_on_its_side_is_taken_turned_and_told(turn: Image.Transpose, says: str) -> None:
    upright = small("obama.jpg", 675)
    portrait = embed(jpeg(upright.transpose(turn)), recogniser(), PhotographDecoder())
    assert portrait.remark == says
    straight = embed(jpeg(upright), recogniser(), PhotographDecoder())
    assert np.linalg.norm(portrait.embedding - straight.embedding) < 0.1 * np.linalg.norm(straight.embedding)


def test_the_portrait_on_its_side_of_the_cases_is_the_first_of_the_class() -> None:
    folder = shared(".").parent / "cases" / "photographs"
    if not folder.is_dir():
        pytest.skip("there is no folder of cases beside the test photographs")
    portrait = embed((folder / "202600017_on_its_side.jpg").read_bytes(), recogniser(), PhotographDecoder())
    assert portrait.remark == "it lay on its side and was turned to the right"
    faces = recogniser().faces(decode_image((folder / "class.jpg").read_bytes()))
    assert len(faces) == 24
    nearest = min(faces, key=lambda face: float(np.linalg.norm(face.embedding - portrait.embedding)))
    assert max(nearest.box[:2]) < 210, "the first of the first row"
    with pytest.raises(Unfit, match=r"several faces \(24"):
        embed((folder / "class.jpg").read_bytes(), recogniser(), PhotographDecoder())
