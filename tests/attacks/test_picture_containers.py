"""Pictures whose files consist of countless parts, or unpack to more than they say: taken or refused in linear time."""

import contextlib
import io
import struct
import time
import tracemalloc
import zlib

import numpy as np
import pytest
from PIL import Image

from server.errors import BadImage, TooLarge
from server.recognition import decode_image
from tests.server.recognition.image_files import corners, encoded, png_chunk

# Of processor time. A decoder that is quadratic in the parts takes half a minute and more for these.
MOST_S = 2.0
FILE_BYTES = 3_000_000


def gif_parts() -> tuple[bytes, bytes]:
    """A GIF up to its picture, and from there on."""
    whole = encoded(Image.fromarray(corners()).quantize(16), "GIF")
    picture = whole.index(b"\x2c\0\0\0\0")
    return whole[:picture], whole[picture:]


def in_blocks(content: bytes, length: int) -> bytes:
    parts = (content[at : at + length] for at in range(0, len(content), length))
    return b"".join(bytes((len(part),)) + part for part in parts) + b"\0"


def gif_with_comment_in_bytes() -> bytes:
    begins, picture = gif_parts()
    return begins + b"\x21\xfe" + in_blocks(bytes(FILE_BYTES // 2), 1) + picture


def gif_with_countless_comments() -> bytes:
    begins, picture = gif_parts()
    return begins + b"\x21\xfe\x01x\0" * (FILE_BYTES // 5) + picture


def gif_with_empty_extensions() -> bytes:
    begins, picture = gif_parts()
    return begins + b"\x21\x01\0" * (FILE_BYTES // 3) + picture


def gif_with_application_in_bytes() -> bytes:
    begins, picture = gif_parts()
    return begins + b"\x21\xff" + in_blocks(bytes(FILE_BYTES // 2), 1) + picture


def gif_with_pixels_in_bytes() -> bytes:
    noise = np.random.default_rng(1).integers(0, 256, (1000, 1400), np.uint8)
    whole = encoded(Image.fromarray(noise), "GIF")
    begins = whole.index(b"\x2c\0\0\0\0")
    begins += 11 + (3 << (whole[begins + 9] & 7) + 1 if whole[begins + 9] & 0x80 else 0)
    pixels, at = b"", begins
    blocks = []
    while whole[at]:
        blocks.append(whole[at + 1 : at + 1 + whole[at]])
        at += 1 + whole[at]
    pixels = b"".join(blocks)
    return whole[:begins] + in_blocks(pixels, 1) + b"\x3b"


def gif_with_countless_pictures() -> bytes:
    begins, picture = gif_parts()
    return begins + picture.removesuffix(b"\x3b") * (FILE_BYTES // len(picture)) + b"\x3b"


def gif_without_a_picture() -> bytes:
    begins, _ = gif_parts()
    return begins + b"\x21\xfe" + in_blocks(bytes(FILE_BYTES // 2), 1) + b"\x3b"


def png_with_pixels_in_bytes() -> bytes:
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", 500, 500, 8, 2, 0, 0, 0))
    rows = zlib.compress(np.random.default_rng(1).integers(0, 256, (500, 1501), np.uint8).tobytes())
    chunks = b"".join(png_chunk(b"IDAT", rows[at : at + 1]) for at in range(FILE_BYTES // 13))
    return b"\x89PNG\r\n\x1a\n" + header + chunks + png_chunk(b"IEND", b"")


def png_with_countless_chunks() -> bytes:
    whole = encoded(corners(), "PNG")
    return whole[:33] + png_chunk(b"tEXt", b"") * (FILE_BYTES // 12) + whole[33:]


def png_with_countless_palettes() -> bytes:
    whole = encoded(Image.fromarray(corners()).quantize(16), "PNG")
    return whole[:33] + png_chunk(b"tRNS", b"\0") * (FILE_BYTES // 13) + whole[33:]


def webp_with(chunk: bytes) -> bytes:
    whole = encoded(corners(), "WebP", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0")
    body = whole[8:30] + chunk * (FILE_BYTES // len(chunk)) + whole[30:]
    return b"RIFF" + struct.pack("<I", len(body)) + body


def webp_with_countless_pictures() -> bytes:
    first, second = Image.fromarray(corners()), Image.fromarray(corners()[::-1].copy())
    whole = encoded(first, "WebP", save_all=True, append_images=[second], duration=40)
    frame = whole[whole.index(b"ANMF") :]
    body = whole[8:] + frame * (FILE_BYTES // len(frame))
    return b"RIFF" + struct.pack("<I", len(body)) + body


def jpeg_with(segment: bytes) -> bytes:
    whole = encoded(corners(), "JPEG")
    return whole[:2] + segment * (FILE_BYTES // len(segment)) + whole[2:]


def bmp_of_run_lengths() -> bytes:
    width, height = 5_000, 5_000
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 1, 0, 0, 0, 256, 0)
    rows = b"\x01\0" * (FILE_BYTES // 2)
    return b"BM" + struct.pack("<IHHI", 54 + 1024 + len(rows), 0, 0, 54 + 1024) + header + bytes(1024) + rows


FILES = {
    "gif comment in bytes": gif_with_comment_in_bytes,
    "gif countless comments": gif_with_countless_comments,
    "gif empty extensions": gif_with_empty_extensions,
    "gif application in bytes": gif_with_application_in_bytes,
    "gif pixels in bytes": gif_with_pixels_in_bytes,
    "gif countless pictures": gif_with_countless_pictures,
    "gif without a picture": gif_without_a_picture,
    "png pixels in bytes": png_with_pixels_in_bytes,
    "png countless chunks": png_with_countless_chunks,
    "png countless palettes": png_with_countless_palettes,
    "webp empty chunks": lambda: webp_with(b"xxxx\0\0\0\0"),
    "webp countless exif": lambda: webp_with(b"EXIF\x02\0\0\0II"),
    "webp countless pictures": webp_with_countless_pictures,
    "jpeg empty comments": lambda: jpeg_with(b"\xff\xfe\0\x02"),
    "jpeg fill bytes": lambda: jpeg_with(b"\xff"),
    "jpeg countless tables": lambda: jpeg_with(b"\xff\xdd\0\x04\0\0"),
    "bmp run lengths": bmp_of_run_lengths,
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_countless_parts_is_read_or_refused_in_a_moment(name: str) -> None:
    data = FILES[name]()
    began = time.process_time()
    with contextlib.suppress(BadImage):
        assert decode_image(data).ndim == 3
    assert time.process_time() - began < MOST_S


@pytest.mark.parametrize("name", ["gif countless pictures", "webp countless pictures", "jpeg fill bytes"])
def test_the_first_picture_of_such_a_file_is_still_a_picture(name: str) -> None:
    assert decode_image(FILES[name]()).shape == (32, 48, 3)


@pytest.mark.parametrize("name", ["JPEG", "PNG", "GIF", "WebP", "BMP"])
def test_what_stands_behind_the_picture_reaches_no_decoder(name: str) -> None:
    data = encoded(corners(), name)
    assert np.array_equal(decode_image(data + bytes(100_000)), decode_image(data))


def test_a_pixel_in_sixteen_bits_and_four_channels_takes_no_more_memory_than_another() -> None:
    width = height = 1_000
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, 6, 0, 0, 0))
    rows = png_chunk(b"IDAT", zlib.compress((b"\0" + bytes(range(200)) * 40) * height))
    data = b"\x89PNG\r\n\x1a\n" + header + rows + png_chunk(b"IEND", b"")
    decode_image(data)  # what is loaded once is not counted
    tracemalloc.start()
    decode_image(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5 * width * height, "three bytes a pixel, and a strip; sixteen before"


@pytest.mark.parametrize("sides", [(60_000, 60_000), (2**31 - 1, 2**31 - 1), (-(2**31), 4)])
def test_a_bmp_that_says_it_is_huge_is_refused_by_its_header(sides: tuple[int, int]) -> None:
    header = struct.pack("<IiiHHIIiiII", 40, *sides, 1, 24, 0, 0, 0, 0, 0, 0)
    with pytest.raises((BadImage, TooLarge)):
        decode_image(b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + header + bytes(100))


def test_a_gif_keeps_its_transparency_and_its_own_colours() -> None:
    rgba = np.zeros((8, 8, 4), np.uint8)
    rgba[:, 4:] = (200, 100, 0, 255)
    buffer = io.BytesIO()
    Image.fromarray(rgba).save(buffer, "GIF", comment=b"x" * 1000)
    pixels = decode_image(buffer.getvalue())
    assert pixels[0, 0].tolist() == [255, 255, 255]
    assert abs(pixels[0, 7].astype(int) - (200, 100, 0)).max() < 8
