"""Cutting a multipart body into pictures, however it arrives and however a camera writes it."""

import time

import cv2
import numpy as np
import pytest

from cameras.errors import BadPicture
from cameras.mjpeg import MAX_PART_HEADER_BYTES, MjpegParts, boundary_of
from cameras.picture import MAX_PICTURE_BYTES, decode_streamed
from tests.cameras.camera_servers import jpeg

PICTURES = [b"\xff\xd8one\r\n\r\nwith lines\xff\xd9", b"\xff\xd8two\xff\xd9"]
WITH_LENGTHS = b"".join(
    b"--b\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%b\r\n" % (len(each), each) for each in PICTURES
)
WITHOUT = b"".join(b"--b\r\nContent-Type: image/jpeg\r\n\r\n%b\r\n" % each for each in PICTURES) + b"--b\r\n"
BARE_LINES = b"".join(b"--b\ncontent-length: %d\n\n%b\n" % (len(each), each) for each in PICTURES)


@pytest.mark.parametrize("size", [1, 2, 7, 10_000])
@pytest.mark.parametrize("body", [WITH_LENGTHS, WITHOUT, BARE_LINES], ids=["lengths", "no lengths", "bare lines"])
def test_pictures_come_out_whole_in_whatever_pieces_they_arrive(body: bytes, size: int) -> None:
    parts = MjpegParts(b"b")
    whole = [each for at in range(0, len(body), size) for each in parts.receive(body[at : at + size])]
    assert [each.removesuffix(b"\r\n") for each in whole] == PICTURES


@pytest.mark.parametrize(
    ("kind", "boundary"),
    [
        ("multipart/x-mixed-replace; boundary=frame", b"frame"),
        ('multipart/x-mixed-replace;boundary="--my frame"', b"my frame"),
        ("Multipart/X-Mixed-Replace; charset=x; BOUNDARY=--b", b"b"),
    ],
)
def test_the_boundary_is_read_with_or_without_its_hyphens(kind: str, boundary: bytes) -> None:
    assert boundary_of(kind) == boundary


@pytest.mark.parametrize("kind", ["multipart/x-mixed-replace", "multipart/x; boundary=", "multipart/x; boundary=--"])
def test_a_stream_without_a_boundary_is_refused(kind: str) -> None:
    with pytest.raises(BadPicture, match="does not say what parts"):
        boundary_of(kind)


def test_what_never_becomes_a_part_is_refused() -> None:
    with pytest.raises(BadPicture, match="no MJPEG stream"):
        MjpegParts(b"b").receive(b"x" * (MAX_PART_HEADER_BYTES + 1))


@pytest.mark.parametrize(
    "body", [b"--b\r\nContent-Length: 999999999\r\n\r\n", b"--b\r\n\r\n" + bytes(MAX_PICTURE_BYTES + 1)]
)
def test_a_part_larger_than_any_picture_is_refused(body: bytes) -> None:
    with pytest.raises(BadPicture, match="more than 16777216 bytes"):
        MjpegParts(b"b").receive(body)


GREYS = (40, 120, 200)
REAL = [jpeg(grey, 320, 240) for grey in GREYS]
# As cameras write them: what stands before each picture, and what behind it.
WRITTEN = {
    "no boundary at all": (b"", b""),
    "no first boundary": (b"Content-Type: image/jpeg\r\n\r\n", b"\r\n--b\r\n"),
    "lengths that are too small": (b"--b\r\nContent-Length: 10\r\n\r\n", b"\r\n"),
    "lengths that are too large": (b"--b\r\nContent-Length: 99999\r\n\r\n", b"\r\n"),
    "lengths of nothing": (b"--b\r\nContent-Length: 0\r\n\r\n", b"\r\n"),
    "another boundary than is said": (b"--other\r\nContent-Type: image/jpeg\r\n\r\n", b"\r\n"),
    "parts without a header": (b"--b\r\n", b"\r\n"),
    "an empty line too many": (b"--b\r\nContent-Type: image/jpeg\r\n\r\n\r\n", b"\r\n"),
    "filled up with zeros": (b"--b\r\n\r\n", bytes(512)),
    "with a thumbnail inside": (b"--b\r\n\r\n", b"\r\n"),
}


def with_thumbnail(picture: bytes) -> bytes:
    """The picture with a whole JPEG in a segment before its own data."""
    inside = jpeg(7, 16, 16)
    return picture[:2] + b"\xff\xe2" + (len(inside) + 2).to_bytes(2, "big") + inside + picture[2:]


@pytest.mark.parametrize("size", [1, 1000, 1_000_000])
@pytest.mark.parametrize("said", [b"b", b""], ids=["boundary said", "not said"])
@pytest.mark.parametrize("written", WRITTEN)
def test_a_jpeg_is_cut_by_its_own_structure(written: str, said: bytes, size: int) -> None:
    before, behind = WRITTEN[written]
    pictures = [with_thumbnail(each) for each in REAL] if written == "with a thumbnail inside" else REAL
    body = b"".join(before + each + behind for each in pictures)
    parts = MjpegParts(said)
    assert [each for at in range(0, len(body), size) for each in parts.receive(body[at : at + size])] == pictures


@pytest.mark.parametrize("written", WRITTEN)
def test_of_a_jpeg_the_end_marker_may_be_missing(written: str) -> None:
    before, behind = WRITTEN[written]
    body = b"".join(before + each.removesuffix(b"\xff\xd9") + behind for each in REAL) + before + REAL[0]
    pictures = MjpegParts(b"b").receive(body)
    assert [round(decode_streamed(each).mean()) for each in pictures] == pytest.approx([*GREYS, GREYS[0]], abs=2)


@pytest.mark.parametrize("missing", [30, 200, 800])
def test_of_a_jpeg_nothing_else_may_be_missing(missing: int) -> None:
    noise = np.random.default_rng(2).integers(0, 256, (240, 320, 3), dtype=np.uint8)
    whole = cv2.imencode(".jpg", noise)[1].tobytes()
    (picture,) = MjpegParts(b"b").receive(b"--b\r\n\r\n" + whole[:-missing] + b"\r\n--b\r\n\r\n" + whole[:9])
    with pytest.raises(BadPicture, match="it is cut"):
        decode_streamed(picture)


def test_work_is_linear_in_the_bytes_however_small_they_come() -> None:
    body = b"--b\r\n\r\n\xff\xd8\xff\xda\0\x02" + bytes(2_000_000)
    parts, began = MjpegParts(b"b"), time.process_time()
    for at in range(0, len(body), 100):
        parts.receive(body[at : at + 100])
    assert time.process_time() - began < 2
