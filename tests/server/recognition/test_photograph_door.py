"""Photographs to enrol may be what phones and large cameras write; what is wrong with one is a sentence."""

import base64
import struct
import subprocess
import time

import numpy as np
import pytest
from PIL import Image

from server.errors import BadImage, TooLarge
from server.recognition import PhotographDecoder, decode_image
from server.recognition.images import photographs
from server.recognition.images.brands import HEIC_BRANDS, media_kind, media_size
from tests.server.recognition.image_files import BLUE, GREEN, RED, WHITE, corner_colours, corners, encoded, exif

UPRIGHT = [RED, GREEN, BLUE, WHITE]
# Our four corners in 64 x 64 pixels; nothing that is installed here writes HEIC.
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAVZtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAACJpbG9jAA"
    "AAAERAAAEAAQAAAAABegABAAAAAAAAAEEAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRtAAAAAAABAAAA1mlwcnAA"
    "AAC3aXBjbwAAAHhodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQArQgEBA3AAAAMAkA"
    "AAAwAAAwAeoCCBBZbqSSmubgIaDAgAAAMAyAAAAwAIQGIAAQAHRAHBcrAiQAAAABNjb2xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAABAAAAA"
    "QAAAABBwaXhpAAAAAAMICAgAAAAXaXBtYQAAAAAAAAABAAEEgQIDBAAAAEltZGF0AAAAPSgBrwngIzaiP//678n/+wv+h/qjB9Kcf4rnH/9Erv"
    "/+6yM0T//YUiA/sHH7/6F+ZFnX8u6Xn8dFtX5lEcA="
)
SIZE = struct.pack(">II", 64, 64)
decode = PhotographDecoder()


def branded(data: bytes, major: bytes) -> bytes:
    return data[:8] + major + data[12:]


def noise(width: int, height: int) -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (height, width, 3), dtype=np.uint8)


def test_heic_is_read() -> None:
    assert decode(HEIC).shape == (64, 64, 3)
    assert corner_colours(decode(HEIC)) == UPRIGHT


@pytest.mark.parametrize("major", sorted(HEIC_BRANDS))
def test_heic_is_known_whatever_it_calls_itself_first(major: bytes) -> None:
    assert media_kind(branded(HEIC, major)) == "HEIC"


@pytest.mark.parametrize("major", [b"heix", b"mif1", b"msf1", b"heim"])
def test_heic_of_another_brand_is_read(major: bytes) -> None:
    assert corner_colours(decode(branded(HEIC, major))) == UPRIGHT


@pytest.mark.parametrize("major", [b"avif", b"mif1", b"miaf"])
def test_avif_is_read(major: bytes) -> None:
    data = branded(encoded(corners(64, 48), "AVIF"), major)
    assert decode(data).shape == (48, 64, 3)
    assert corner_colours(decode(data)) == UPRIGHT


def test_avif_is_turned_as_it_says_and_laid_on_white() -> None:
    lying = np.ascontiguousarray(np.rot90(corners(64, 48)))
    assert corner_colours(decode(encoded(lying, "AVIF", exif=exif(6)))) == UPRIGHT
    clear = np.zeros((16, 16, 4), np.uint8)
    assert decode(encoded(clear, "AVIF")).min() > 250


def test_of_an_avif_sequence_the_first_picture_is_taken() -> None:
    first, second = Image.fromarray(corners(64, 48)), Image.fromarray(corners(64, 48)[::-1].copy())
    assert corner_colours(decode(encoded(first, "AVIF", save_all=True, append_images=[second]))) == UPRIGHT


@pytest.mark.parametrize("size", [(30_000, 30_000), (2**32 - 1, 2**32 - 1), (8000, 10)])
def test_the_size_is_read_before_anything_is_decoded(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", lambda *_args, **_more: pytest.fail("a decoder was started"))
    data = HEIC.replace(SIZE, struct.pack(">II", *size))
    assert media_size(data) == size
    with pytest.raises(TooLarge, match=f"{size[0]} x {size[1]}"):
        decode(data)


@pytest.mark.parametrize("data", [HEIC[:100], HEIC[:-30], HEIC.replace(SIZE, bytes(8)), HEIC[:12] + bytes(400)])
def test_what_is_cut_or_damaged_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(BadImage, match=r"HEIC.*\.$"):
        decode(data)


def test_a_decoder_that_takes_more_memory_than_it_may_ends_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photographs, "MOST_BYTES", 60 * 1024 * 1024)
    with pytest.raises(BadImage, match="damaged"):
        decode(encoded(noise(2000, 2000), "AVIF", speed=10))


def test_boxes_without_end_are_walked_in_linear_time() -> None:
    began = time.process_time()
    for data in (HEIC[:28] + b"\0\0\0\x08free" * 500_000, HEIC[:28] + (b"\0\0\0\x0cmeta\0\0\0\0" * 300_000)):
        assert media_size(data) is None
    assert time.process_time() - began < 2


def test_a_snapshot_of_a_kind_for_enrolment_is_refused_by_name() -> None:
    for major, kind in ((b"heim", "HEIC"), (b"msf1", "HEIC")):
        with pytest.raises(BadImage, match=f"a {kind} file"):
            decode_image(branded(HEIC, major))


class TestJpegsWithoutAnEnd:
    @pytest.mark.parametrize("progressive", [False, True])
    @pytest.mark.parametrize("missing", [1, 2])
    def test_are_read_where_nothing_but_the_marker_is_missing(self, missing: int, progressive: bool) -> None:
        whole = encoded(noise(80, 64), "JPEG", progressive=progressive)
        assert np.array_equal(decode(whole[:-missing]), decode_image(whole))

    @pytest.mark.parametrize("progressive", [False, True])
    @pytest.mark.parametrize("missing", [4, 30, 500, 2500])
    def test_are_refused_where_more_is_missing(self, missing: int, progressive: bool) -> None:
        whole = encoded(noise(80, 64), "JPEG", progressive=progressive)
        with pytest.raises(BadImage, match="truncated"):
            decode(whole[:-missing])

    def test_are_refused_where_the_last_scans_are_missing(self) -> None:
        whole = encoded(noise(80, 64), "JPEG", progressive=True)
        last = whole.rindex(b"\xff\xda")
        with pytest.raises(BadImage, match="truncated"):
            decode(whole[:last])

    def test_are_refused_as_snapshots(self) -> None:
        with pytest.raises(BadImage, match="truncated"):
            decode_image(encoded(noise(80, 64), "JPEG")[:-2])


class TestReducedJpegs:
    @pytest.mark.parametrize("by", [2, 4, 8])
    def test_have_the_sides_divided(self, by: int) -> None:
        small = PhotographDecoder(max_pixels=100_000)
        found = small.reduced(encoded(corners(330, 250), "JPEG"), by)
        assert found is not None
        assert found.shape == (-(-250 // by), -(-330 // by), 3)
        assert corner_colours(found) == UPRIGHT

    def test_are_turned_upright(self) -> None:
        lying = np.ascontiguousarray(np.rot90(corners(64, 48)))
        found = decode.reduced(encoded(lying, "JPEG", exif=exif(6)), 2)
        assert found is not None
        assert corner_colours(found) == UPRIGHT

    def test_are_none_where_they_are_still_too_large_or_no_jpegs(self) -> None:
        small = PhotographDecoder(max_pixels=1000)
        assert small.reduced(encoded(corners(330, 250), "JPEG"), 8) is None
        assert decode.reduced(encoded(corners(), "PNG"), 8) is None
        huge = encoded(corners(330, 250), "JPEG").replace(
            struct.pack(">HH", 250, 330), struct.pack(">HH", 20_000, 30_000)
        )
        assert decode.reduced(huge, 8) is None
