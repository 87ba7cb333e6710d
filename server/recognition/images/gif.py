"""Read the header of a GIF file, and make the file anew of its first picture alone."""

# GIF89a, sections 15 to 27. Comments, applications' extensions and further pictures are left out, and the data comes in
# blocks of full length: some decoders take quadratic time for a comment in blocks of one byte.

import struct
from typing import Final

from server.errors import BadImage
from server.recognition.images.header import ImageHeader, too_many_parts

EXTENSION, CONTROL, PICTURE, TRAILER = 0x21, 0xF9, 0x2C, b"\x3b"
# Data in blocks of 64 bytes and more, as every program writes it (255), fills 16 MiB with so many.
MAX_BLOCKS: Final = 262_144
BLOCK_BYTES: Final = 255


def read_gif(data: bytes) -> ImageHeader:
    """Raises BadImage; IndexError and struct.error where the file ends in the middle.

    The size is that of the first picture, or of the screen where that is larger: decoders make room for both.
    """
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    at = screen_end = 13 + _table_bytes(flags)
    control, blocks = b"", 0
    while data[at] == EXTENSION:
        end, blocks = _after_blocks(data, at + 2, blocks)
        if data[at + 1] == CONTROL and data[at + 2] == 4:
            control = data[at : at + 7] + b"\0"
        at = end
    if data[at] != PICTURE:
        raise BadImage("The GIF image has no picture in it.")
    left, top, frame_width, frame_height, flags = struct.unpack_from("<HHHHB", data, at + 1)
    begins = at + 11 + _table_bytes(flags)  # behind the smallest code's length
    pixels = _joined(data, begins, blocks)
    stream = b"".join([data[:screen_end], control, data[at:begins], _in_full_blocks(pixels or b""), TRAILER])
    sides = max(width, left + frame_width), max(height, top + frame_height)
    return ImageHeader("GIF", *sides, 1, stream, complete=pixels is not None)


def _table_bytes(flags: int) -> int:
    return int(3 << (flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(data: bytes, at: int, blocks: int) -> tuple[int, int]:
    # Where a chain of blocks ends, each of which says its length and the last has none; and how many there were.
    while length := data[at]:
        at += 1 + length
        blocks += 1
        if blocks > MAX_BLOCKS:
            raise too_many_parts("GIF", MAX_BLOCKS)
    return at + 1, blocks


def _joined(data: bytes, at: int, blocks: int) -> bytes | None:
    # What is in a chain of blocks; None: it is cut.
    content = bytearray()
    while at < len(data):
        length = data[at]
        if not length:
            return bytes(content)
        content += data[at + 1 : at + 1 + length]
        at += 1 + length
        blocks += 1
        if blocks > MAX_BLOCKS:
            raise too_many_parts("GIF", MAX_BLOCKS)
    return None


def _in_full_blocks(content: bytes) -> bytes:
    blocks = (content[at : at + BLOCK_BYTES] for at in range(0, len(content), BLOCK_BYTES))
    return b"".join(bytes((len(block),)) + block for block in blocks) + b"\0"
