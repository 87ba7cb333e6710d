"""A JPEG is decoded only if its scans are as many, and as long, as a picture of its size has."""

import struct
from typing import Any

import cv2
import numpy as np
import pytest

from server.errors import BadImage, TooLarge
from server.recognition import decode_image
from tests.server.recognition.image_files import corner_colours, corners, encoded

GREY = np.full((40, 40), 100, np.uint8)


def scans(data: bytes) -> int:
    return data.count(b"\xff\xda")


def with_scans(data: bytes, more: int) -> bytes:
    """The file with the header of its last scan repeated: a scan without coded data each."""
    last = data.rindex(b"\xff\xda")
    header = data[last : last + 2 + struct.unpack_from(">H", data, last + 2)[0]]
    return data[:-2] + header * more + data[-2:]


def with_size(data: bytes, width: int, height: int) -> bytes:
    """The file with another size in its frame."""
    at = next(data.index(marker) for marker in (b"\xff\xc0", b"\xff\xc2") if marker in data)
    return data[: at + 5] + struct.pack(">HH", height, width) + data[at + 9 :]


def test_sixty_four_scans_are_read_and_one_more_is_refused() -> None:
    progressive = encoded(GREY, "JPEG", progressive=True)
    most = with_scans(progressive, 64 - scans(progressive))
    assert decode_image(most).shape == (40, 40, 3)
    with pytest.raises(BadImage, match="more than 64 scans"):
        decode_image(with_scans(most, 1))


def test_a_file_of_headers_is_refused() -> None:
    comment = b"\xff\xfe\0\2"
    plain = encoded(corners(), "JPEG")
    assert corner_colours(decode_image(plain[:2] + comment * 1000 + plain[2:]))
    with pytest.raises(BadImage, match="more than 4096 segments"):
        decode_image(plain[:2] + comment * 5000 + plain[2:])


def test_fill_bytes_before_a_marker_are_skipped_and_nothing_but_them_is_refused() -> None:
    plain = encoded(corners(), "JPEG")
    at = plain.index(b"\xff\xc0")
    assert np.array_equal(decode_image(plain[:at] + b"\xff" * 9 + plain[at:]), decode_image(plain))
    with pytest.raises(BadImage, match="truncated"):
        decode_image(plain[:at] + b"\xff" * 9)


def test_a_large_picture_has_fewer_scans_than_a_small_one() -> None:
    data = with_scans(encoded(GREY, "JPEG", progressive=True), 30)
    assert decode_image(data, max_pixels=4_000).shape == (40, 40, 3)
    with pytest.raises(TooLarge, match="40 x 40 pixels in 36 scans"):
        decode_image(data, max_pixels=2_000)


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_rows": 1}])
def test_a_size_that_the_data_cannot_fill_is_refused(options: dict[str, Any]) -> None:
    data = encoded(np.zeros((64, 64, 3), np.uint8), "JPEG", **options)
    with pytest.raises(BadImage, match="truncated: its data is too short for 5000 x 5000"):
        decode_image(with_size(data, 5_000, 5_000))


@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("quality", [1, 50, 95])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"optimize": True},
        {"progressive": True},
        {"restart_marker_blocks": 1},
        {"restart_marker_rows": 3},
    ],
)
def test_an_empty_picture_is_read_however_few_its_bytes(
    options: dict[str, Any], quality: int, subsampling: int
) -> None:
    for size in ((1, 1), (9, 7), (17, 33), (801, 603)):
        for colour in (0, 128, 255):
            blank = np.full((*size, 3), colour, np.uint8)
            data = encoded(blank, "JPEG", quality=quality, subsampling=subsampling, **options)
            assert decode_image(data).shape == (*size, 3)
            assert decode_image(encoded(blank[:, :, 0], "JPEG", quality=quality, **options)).shape == (*size, 3)


@pytest.mark.parametrize("progressive", [0, 1])
def test_an_empty_picture_of_opencv_is_read(progressive: int) -> None:
    options = [cv2.IMWRITE_JPEG_PROGRESSIVE, progressive, cv2.IMWRITE_JPEG_OPTIMIZE, 1, cv2.IMWRITE_JPEG_QUALITY, 1]
    _, data = cv2.imencode(".jpg", np.full((3_000, 2_000, 3), 255, np.uint8), options)
    assert decode_image(data.tobytes()).shape == (3_000, 2_000, 3)


def test_of_two_pictures_in_a_file_the_first_is_taken() -> None:
    data = encoded(corners(), "JPEG") + encoded(corners()[::-1].copy(), "JPEG")
    assert corner_colours(decode_image(data)) == corner_colours(corners())


def test_arithmetic_coding_is_refused_by_name() -> None:
    data = encoded(corners(), "JPEG").replace(b"\xff\xc0", b"\xff\xc9", 1)
    with pytest.raises(BadImage, match="coded arithmetically"):
        decode_image(data)
