"""Find where an image ends by its structure, while its bytes still arrive; no pixel is decoded."""

import re
import struct
from collections.abc import Callable, Generator
from typing import Final

# Yields how many bytes it wants to see, is resumed when they are there, and returns the image's length; None where the
# structure is not what its format says, so that only silence can tell the end.
Scan = Generator[int, None, int | None]
Scanner = Callable[[bytearray], Scan]

SIGNATURE_BYTES: Final = 12  # enough to know the format; eight for all but WebP

# 0xFF before anything but a stuffed zero, a restart marker or another 0xFF: ITU-T T.81, B.1.1.2 and B.1.1.5.
_MARKER_IN_SCAN: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_NO_FILL: Final = re.compile(rb"[^\xff]")
_START_OF_SCAN: Final = 0xDA
_END_OF_IMAGE: Final = 0xD9
_WITHOUT_LENGTH: Final = frozenset({0x00, 0x01, *range(0xD0, 0xD9)})


class ImageEnd:
    """Follows one image as it arrives; work is linear in its bytes, however small the pieces."""

    def __init__(self, data: bytearray, max_bytes: int) -> None:
        """data: grows while the image arrives. max_bytes: of an image that claims more no end is found."""
        scanner = _scanner(bytes(data[:SIGNATURE_BYTES]))
        self._data = data
        self._max_bytes = max_bytes
        self._scan = scanner(data) if scanner else None
        self._wanted = 0

    def find(self) -> int | None:
        """The image's length once all of it is there."""
        while self._scan is not None and self._wanted <= len(self._data):
            try:
                self._wanted = next(self._scan)
            except StopIteration as end:
                self._scan = None
                return None if end.value is None else int(end.value)
            if self._wanted > self._max_bytes:
                self._scan = None
        return None


def is_image(start: bytes) -> bool:
    """Whether a JPEG, PNG, BMP, GIF or WebP begins so; SIGNATURE_BYTES are enough."""
    return _scanner(start) is not None


def _scanner(start: bytes) -> Scanner | None:
    for signature, scanner in _SIGNATURES:
        if signature.match(start):
            return scanner
    return None


def _jpeg_end(data: bytearray) -> Scan:
    at = 2
    while True:
        yield at + 2
        if data[at] != 0xFF:
            return None
        while (code := _NO_FILL.search(data, at)) is None:
            at = len(data)
            yield at + 1
        at, marker = code.end(), data[code.start()]
        if marker == _END_OF_IMAGE:
            return at
        if marker in _WITHOUT_LENGTH:
            return None
        yield at + 2
        at += int.from_bytes(data[at : at + 2], "big")
        if marker == _START_OF_SCAN:
            yield at
            at = yield from _jpeg_scan_end(data, at)


def _jpeg_scan_end(data: bytearray, at: int) -> Generator[int, None, int]:
    while (marker := _MARKER_IN_SCAN.search(data, at)) is None:
        at = max(at, len(data) - 1)
        yield len(data) + 1
    return marker.start()


def _png_end(data: bytearray) -> Scan:
    at = 8
    while True:
        yield at + 8
        length, kind = struct.unpack_from(">I4s", data, at)
        at += 12 + length
        if kind == b"IEND":
            yield at
            return int(at)
        if not kind.isalpha():
            return None


def _bmp_end(data: bytearray) -> Scan:
    yield 34
    size, offset, dib, width, height, bits = struct.unpack_from("<2xI4xIIii2xH", data)
    # Some writers leave the size of the file wrong: it must at least reach behind the pixels of an uncompressed one.
    rows = (abs(width) * bits + 31) // 32 * 4 * abs(height) if dib >= 40 and data[30:34] == bytes(4) else 0
    if size < max(34, offset + rows):
        return None
    yield size
    return int(size)


def _gif_end(data: bytearray) -> Scan:
    yield 13
    at = 13 + _colour_table_bytes(data[10])
    while True:
        yield at + 1
        if data[at] == 0x3B:
            return at + 1
        if data[at] == 0x21:
            at += 2
        elif data[at] == 0x2C:
            yield at + 10
            at += 11 + _colour_table_bytes(data[at + 9])
        else:
            return None
        while True:
            if at >= len(data):
                yield at + 1
            length = data[at]
            at += 1 + length
            if not length:
                break


def _colour_table_bytes(flags: int) -> int:
    return int(3 << ((flags & 7) + 1)) if flags & 0x80 else 0


def _webp_end(data: bytearray) -> Scan:
    end = 8 + int.from_bytes(data[4:8], "little")
    yield end
    return end


_SIGNATURES: Final[tuple[tuple[re.Pattern[bytes], Scanner], ...]] = (
    (re.compile(rb"\xff\xd8\xff"), _jpeg_end),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), _png_end),
    (re.compile(rb"BM.{4}\0\0", re.DOTALL), _bmp_end),
    (re.compile(rb"GIF8[79]a"), _gif_end),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), _webp_end),
)
