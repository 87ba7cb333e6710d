"""Read the header of a WebP file, and make the file anew of its first picture alone."""

# RFC 9649. Profiles, EXIF, XMP, chunks of others and the further pictures of an animation are left out.

import struct
from collections.abc import Callable, Iterator
from typing import Final

from server.errors import BadImage
from server.recognition.images.header import ImageHeader, too_many_parts, truncated
from server.recognition.images.jpeg_segments import EXIF_PREFIX
from server.recognition.images.orientation import orientation

SIDE_BITS: Final = 0x3FFF
# A picture has six at most, an animation one more for each of its pictures.
MAX_CHUNKS: Final = 65_536
# In the order in which they must stand; of each the first counts.
PIXEL_CHUNKS: Final = (b"VP8X", b"ANIM", b"ANMF", b"ALPH", b"VP8 ", b"VP8L")
# Of VP8X's flags those of what is left: alpha and animation.
KEPT_FLAGS: Final = 0x12


def read_webp(data: bytes) -> ImageHeader:
    """Raises BadImage; struct.error and IndexError where the file ends in the middle."""
    if 8 + struct.unpack_from("<I", data, 4)[0] > len(data):
        raise truncated("WebP", len(data))
    first: dict[bytes, bytes] = {}
    for kind, start, end in _chunks(data):
        if kind in PIXEL_CHUNKS or kind in {b"EXIF", b"XMP "}:
            first.setdefault(kind, data[start + 8 : end])
    sizes = [SIZES[kind](first[kind]) for kind in SIZES if kind in first]
    if not sizes:
        raise BadImage("The WebP image has no picture in it.")
    turned = orientation(first.get(b"EXIF", b"").removeprefix(EXIF_PREFIX), first.get(b"XMP ", b""))
    return ImageHeader("WebP", *sizes[0], turned, _stream(first))


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    at, whole = 12, 8 + struct.unpack_from("<I", data, 4)[0]
    for _ in range(MAX_CHUNKS):
        if at + 8 > whole:
            return
        kind, length = struct.unpack_from("<4sI", data, at)
        yield kind, at, at + 8 + length
        at += 8 + length + length % 2
    raise too_many_parts("WebP", MAX_CHUNKS)


def _stream(first: dict[bytes, bytes]) -> bytes:
    if canvas := first.get(b"VP8X"):
        first = {**first, b"VP8X": bytes((canvas[0] & KEPT_FLAGS,)) + canvas[1:]}
    body = b"WEBP" + b"".join(_chunk(kind, first[kind]) for kind in PIXEL_CHUNKS if kind in first)
    return struct.pack("<4sI", b"RIFF", len(body)) + body


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack("<4sI", kind, len(content)) + content + bytes(len(content) % 2)


def _canvas(chunk: bytes) -> tuple[int, int]:
    # VP8X: both sides less one, 24 bits each.
    return 1 + int.from_bytes(chunk[4:7], "little"), 1 + int.from_bytes(chunk[7:10], "little")


def _lossy(chunk: bytes) -> tuple[int, int]:
    # VP8 (RFC 6386, 9.1): two sides of 14 bits after the start code.
    width, height = struct.unpack_from("<HH", chunk, 6)
    return width & SIDE_BITS, height & SIDE_BITS


def _lossless(chunk: bytes) -> tuple[int, int]:
    # VP8L: both sides less one, 14 bits each, after one byte.
    bits = struct.unpack_from("<I", chunk, 1)[0]
    return 1 + (bits & SIDE_BITS), 1 + (bits >> 14 & SIDE_BITS)


# Of a picture with a canvas that is the size.
SIZES: Final[dict[bytes, Callable[[bytes], tuple[int, int]]]] = {
    b"VP8X": _canvas,
    b"VP8 ": _lossy,
    b"VP8L": _lossless,
}
