"""Read the header of a PNG file, and make the file anew of its pixels alone."""

import struct
import zlib
from collections.abc import Iterator
from typing import Final

from server.recognition.images.header import ImageHeader, too_many_parts, truncated
from server.recognition.images.orientation import orientation

PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
# What the pixels need beside their data, once each.
PIXEL_CHUNKS: Final = (b"IHDR", b"PLTE", b"tRNS")
# What XMP in a PNG is called (XMP, part 3, 1.1.5), and that it is not compressed.
XMP_KEYWORD: Final = b"XML:com.adobe.xmp\0\0"
# libpng writes data in chunks of 8 KiB, so a file of 32 MiB has 4096; other chunks are few.
MAX_CHUNKS: Final = 65_536


def read_png(data: bytes) -> ImageHeader:
    """All data in one chunk: decoders take Python's time for each. Raises BadImage; struct.error for a cut header."""
    width, height = struct.unpack_from(">II", data, 16)
    first: dict[bytes, bytes] = {}
    pixels: list[memoryview] = []
    whole = memoryview(data)
    for kind, start, end in _chunks(data):
        if kind == b"IDAT":
            pixels.append(whole[start + 8 : end - 4])
        elif kind in PIXEL_CHUNKS:
            first.setdefault(kind, data[start:end])
        elif kind == b"eXIf" or (kind == b"iTXt" and data.startswith(XMP_KEYWORD, start + 8)):
            first[kind] = data[start + 8 : end - 4]
    turned = orientation(first.get(b"eXIf", b""), first.get(b"iTXt", b""))
    kept = [first[kind] for kind in PIXEL_CHUNKS if kind in first]
    stream = b"".join([PNG_SIGNATURE, *kept, _chunk(b"IDAT", b"".join(pixels)), _chunk(b"IEND", b"")])
    return ImageHeader("PNG", width, height, turned, stream)


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    # Kind, start and end of each chunk; a file without its last chunk was cut.
    at, kind = len(PNG_SIGNATURE), b""
    for _ in range(MAX_CHUNKS):
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data):
            raise truncated("PNG", len(data))
        yield kind, at, end
        if kind == b"IEND":
            return
        at = end
    raise too_many_parts("PNG", MAX_CHUNKS)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return b"".join(
        (struct.pack(">I4s", len(content), kind), content, struct.pack(">I", zlib.crc32(content, zlib.crc32(kind))))
    )
