"""Cutting a multipart body into pictures, however it arrives and however a camera writes it."""

import pytest

from cameras.errors import BadPicture
from cameras.mjpeg import MAX_PART_HEADER_BYTES, MjpegParts, boundary_of
from cameras.picture import MAX_PICTURE_BYTES

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
