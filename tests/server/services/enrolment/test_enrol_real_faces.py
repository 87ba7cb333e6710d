"""Enrolment of real photographs with the real recogniser: what set-up has fetched, and pictures composed of it."""

import io
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from PIL import Image

from server.faces import Recogniser
from server.recognition import decode_image, open_recogniser
from server.services.enrolment.portrait import Unfit, embed
from tests.photographs import fetched, side_by_side
from tests.weights import need


@cache
def recogniser() -> Recogniser:
    return open_recogniser("dlib", engine="dlib", detector="hog")


@cache
def portrait(name: str) -> Image.Image:
    """The photograph cut to head and shoulders, its face 200 px wide."""
    with Image.open(fetched(name)) as opened:
        image = opened.convert("RGB")
    image.thumbnail((900, 900))
    left, top, right, bottom = recogniser().faces(np.array(image), min_face_px=80)[0].box
    side = right - left
    cut = image.crop((left - side // 2, top - side // 2, right + side // 2, bottom + side // 2))
    return cut.resize((400, 400), Image.Resampling.LANCZOS)


def scaled(name: str, factor: float) -> Image.Image:
    side = round(400 * factor)
    return portrait(name).resize((side, side), Image.Resampling.LANCZOS)


def file_of(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def reason(data: bytes) -> str:
    with pytest.raises(Unfit) as caught:
        embed(data, recogniser(), decode_image)
    return caught.value.reason


def distance(one: bytes, other: bytes) -> float:
    first, second = (embed(data, recogniser(), decode_image).embedding for data in (one, other))
    return float(np.linalg.norm(first - second))


def test_a_portrait_gives_an_embedding_near_to_another_of_the_same_person_only() -> None:
    obama, obama2, biden = (file_of(portrait(name)) for name in ("obama.jpg", "obama2.jpg", "biden.jpg"))
    assert distance(obama, obama2) < 0.45 < distance(obama, biden)


def test_a_portrait_is_kept_as_it_is_seen_from_afar_too() -> None:
    kept = embed(file_of(portrait("obama.jpg")), recogniser(), decode_image)
    assert len(kept.reduced) >= 4
    apart = {px: float(np.linalg.norm(kept.embedding - small)) for px, small in kept.reduced.items()}
    assert all(0 < each < 0.6 for each in apart.values()), "the same person, seen less well"
    assert apart[min(apart)] > apart[max(apart)], "the smaller the worse"


@cache
def khuface() -> Recogniser:
    need("khuface")
    return open_recogniser("khuface", threads=2)


@pytest.mark.parametrize(
    ("turns", "remark"),
    [
        (0, ""),
        (1, "it lay on its side and was turned to the left"),
        (2, "it stood on its head and was turned upright"),
        (3, "it lay on its side and was turned to the right"),
    ],
)
@pytest.mark.parametrize("family", [recogniser, khuface], ids=["dlib", "khuface"])
def test_a_photograph_that_lies_is_turned_upright_and_that_is_said(
    family: Callable[[], Recogniser], turns: int, remark: str
) -> None:
    lying = portrait("obama.jpg").rotate(-90 * turns, expand=True)
    upright = embed(file_of(portrait("obama.jpg")), family(), decode_image)
    turned = embed(file_of(lying), family(), decode_image)
    assert turned.remark == remark
    assert np.abs(turned.embedding - upright.embedding).max() < 1e-5


def test_two_people_are_several_faces() -> None:
    text = reason(file_of(side_by_side(portrait("obama.jpg"), portrait("biden.jpg"))))
    assert text.startswith("several faces (2, of ")


def test_a_small_face_beside_a_large_one_does_no_harm() -> None:
    with_poster = file_of(side_by_side(portrait("biden.jpg"), scaled("obama.jpg", 0.28)))
    assert distance(with_poster, file_of(portrait("biden.jpg"))) < 0.2


def test_a_face_of_fifty_pixels_is_too_small_and_its_size_is_said() -> None:
    text = reason(file_of(scaled("obama.jpg", 0.27)))
    assert text.startswith("face too small (")
    assert 40 <= int(text.split("(")[1].split(" ")[0]) < 80


def test_a_picture_without_a_face_has_none() -> None:
    gradient = np.tile(np.arange(256, dtype=np.uint8), (256, 1))
    assert reason(file_of(Image.fromarray(gradient))).startswith("no face")


def test_half_a_photograph_is_no_image_that_can_be_used() -> None:
    data = fetched("obama2.jpg").read_bytes()
    assert reason(data[: len(data) // 2]).startswith("no image that can be used")
