"""Read the size, scans and turning of a JPEG file, and what decoding needs of it."""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from server.errors import BadImage

EXIF_PREFIX: Final = b"Exif\0\0"
# What begins the APP1 segment of XMP (XMP, part 3, 1.1.3).
XMP_PREFIX: Final = b"http://ns.adobe.com/xap/1.0/\0"
# SOF0 to SOF15 (ITU T.81, table B.1); C4, C8 and CC are tables and extensions.
FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# Fewest bits that Huffman coding can spend on a block of 8x8, by frame: a code has at least one bit (T.81, annex C).
# A sequential block has a code for its mean and one for its end (F.1.2); a progressive one has its own code for the
# mean (G.1.2.1), while runs of blocks share the rest. Arithmetic coding knows no such bound; neither cameras write it
# nor browsers read it.
BITS_OF_A_BLOCK: Final = {0xC0: 2, 0xC1: 2, 0xC2: 1}
# What decoding needs beside the scans: Huffman and quantisation tables, restart interval, Adobe's colour transform.
TABLES: Final = frozenset({0xC4, 0xDB, 0xDD, 0xEE}) | frozenset(BITS_OF_A_BLOCK)
PROGRESSIVE: Final = 0xC2
COEFFICIENTS: Final = 64  # of a block
APP0, APP1, START_OF_SCAN, END_OF_IMAGE = 0xE0, 0xE1, 0xDA, 0xD9
# A marker may begin with any number of FF (T.81, B.1.1.2).
MARKER_CODE: Final = re.compile(rb"[^\xff]")
# Coded data goes on over stuffed zeros (FF00), restarts (FFD0 to FFD7) and fill bytes (T.81, B.1.1.2 and F.1.2.3).
AFTER_CODED_DATA: Final = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
# libjpeg's own progression has 10 scans in colour and 18 for four components (jpeg_simple_progression); 64 would send
# every coefficient of a block in its own. Each costs a walk over all blocks, however few its bytes are.
MAX_SCANS: Final = 64
# A colour profile of 16 MiB takes 256 segments; what has more consists of headers.
MAX_SEGMENTS: Final = 4096


@dataclass(frozen=True, slots=True)
class JpegPicture:
    """The first picture of a JPEG file."""

    width: int  # in pixels, as stored
    height: int
    scans: int  # how many parts its coefficients come in
    complete: bool  # False: the scans are too short for so many pixels
    exif: bytes  # the TIFF in its first EXIF segment, or nothing
    xmp: bytes  # its first XMP, or nothing
    stream: bytes  # the file without what its pixels do not need


def jpeg_picture(data: bytes) -> JpegPicture:
    """The first picture of a JPEG file.

    Raises BadImage for a file that is cut or damaged, is not coded by Huffman's codes or has more than MAX_SCANS scans;
    IndexError and struct.error where it ends in the middle of a segment.
    """
    frame, exif, xmp, coded, scans = b"", b"", b"", 0, 0
    kept = [data[:2]]
    for marker, start, after_header, end in _segments(data):
        payload = data[start + 4 : after_header]
        if marker in FRAMES:
            frame = frame or data[start + 1 : start + 2] + payload
        if marker == START_OF_SCAN:
            scans, coded = _one_more(scans), coded + end - after_header
        if marker == APP1 and not exif and payload.startswith(EXIF_PREFIX):
            exif = payload.removeprefix(EXIF_PREFIX)
        if marker == APP1 and not xmp and payload.startswith(XMP_PREFIX):
            xmp = payload
        if marker in TABLES or marker == START_OF_SCAN or (marker == APP0 and payload.startswith(b"JFIF")):
            kept.append(data[start:end])
    width, height, bits = _size(frame)
    stream = b"".join([*kept, bytes((0xFF, END_OF_IMAGE))])
    return JpegPicture(width, height, scans, 8 * coded >= bits, exif, xmp, stream)


def is_refined(data: bytes) -> bool:
    """Whether the scans of a whole file bring every coefficient to its last bit, as those of a sequential one do."""
    precise: dict[int, set[int]] = {}
    components = 0
    for marker, start, after_header, _ in _segments(data):
        if marker in FRAMES:
            if marker != PROGRESSIVE:
                return True
            components = data[start + 9]
        if marker == START_OF_SCAN and data[after_header - 1] & 0x0F == 0:  # no bit is left for a later scan
            first, last = data[after_header - 3 : after_header - 1]
            for at in range(start + 5, after_header - 3, 2):
                precise.setdefault(data[at], set()).update(range(first, last + 1))
    return len(precise) == components and all(len(each) == COEFFICIENTS for each in precise.values())


def _segments(data: bytes) -> Iterator[tuple[int, int, int, int]]:
    # Marker, start, end of the header and end of each segment of the first picture; a scan's header and end differ.
    at = 2
    for _ in range(MAX_SEGMENTS):
        if data[at] != 0xFF:
            raise BadImage("The JPEG image is damaged: byte {at} should begin a segment.", at=at)
        at = _next(MARKER_CODE, data, at) - 1
        marker = data[at + 1]
        if marker == END_OF_IMAGE:
            return
        end = after_header = at + 2 + struct.unpack_from(">H", data, at + 2)[0]
        if marker == START_OF_SCAN:
            end = _next(AFTER_CODED_DATA, data, after_header)
        yield marker, at, after_header, end
        at = end
    raise BadImage("The JPEG image has more than {most} segments; save it anew.", most=MAX_SEGMENTS)


def _next(pattern: re.Pattern[bytes], data: bytes, start: int) -> int:
    found = pattern.search(data, start)
    if found is None:
        raise BadImage(
            "The JPEG image is truncated: it ends after {bytes} bytes; send the whole file.", bytes=len(data)
        )
    return found.start()


def _one_more(scans: int) -> int:
    if scans == MAX_SCANS:
        raise BadImage(
            "The JPEG image has more than {most} scans; pictures have about ten. Save it anew.", most=MAX_SCANS
        )
    return scans + 1


def _size(frame: bytes) -> tuple[int, int, int]:
    # Width, height and the fewest bits that code it. frame: its marker's second byte and its payload.
    if not frame:
        raise BadImage("The JPEG image ends before its picture begins; send the whole file.")
    if frame[0] not in BITS_OF_A_BLOCK:
        raise BadImage(
            "The JPEG image is coded arithmetically or without loss, which is not read here; save it as an "
            "ordinary JPEG."
        )
    height, width = struct.unpack_from(">HH", frame, 2)
    return width, height, BITS_OF_A_BLOCK[frame[0]] * _blocks(frame, width, height)


def _blocks(frame: bytes, width: int, height: int) -> int:
    # Blocks of 8x8 of all components, of which each has its own share of the size (T.81, A.1.1 and A.2).
    samplings = [divmod(frame[8 + 3 * component], 16) for component in range(frame[6])]
    most_across = max((across for across, _ in samplings), default=0) or 1
    most_down = max((down for _, down in samplings), default=0) or 1
    return sum(
        -(-width * across // (8 * most_across)) * -(-height * down // (8 * most_down)) for across, down in samplings
    )
