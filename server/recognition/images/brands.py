"""Tell what an ISO media file (HEIC, AVIF) holds, and how large it is, without decoding anything."""

import struct
from collections.abc import Iterator
from typing import Final, Literal

Kind = Literal["HEIC", "AVIF"]

# ISO/IEC 23008-12, annex B, and the AV1 image file format; of sequences the first picture is meant.
AVIF_BRANDS: Final = frozenset({b"avif", b"avis", b"avio", b"MA1A", b"MA1B"})
HEIC_BRANDS: Final = frozenset(
    {
        b"heic",
        b"heix",
        b"heim",
        b"heis",
        b"hevc",
        b"hevx",
        b"hevm",
        b"hevs",
        b"mif1",
        b"mif2",
        b"msf1",
        b"MiHE",
        b"MiHB",
    }
)
# Boxes that are walked; a photograph has some hundred, one for each tile among them.
MAX_BOXES: Final = 20_000
# Bytes before the boxes inside: of a version and flags.
INSIDE: Final = {b"meta": 4, b"iprp": 0, b"ipco": 0}


def media_kind(data: bytes) -> Kind | None:
    """HEIC or AVIF by any of the brands that the file says it may be read as; None for another file."""
    if data[4:8] != b"ftyp":
        return None
    length = min(int.from_bytes(data[:4], "big"), 1024)
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, length, 4))}
    if brands & AVIF_BRANDS:
        return "AVIF"
    return "HEIC" if brands & HEIC_BRANDS else None


def media_size(data: bytes) -> tuple[int, int] | None:
    """The largest width and height of any picture in the file; None where it says none."""
    found: list[tuple[int, int]] = []
    spans = [(0, len(data))]
    for _ in range(MAX_BOXES):
        if not spans:
            break
        begin, end = spans.pop()
        for kind, start, stop in _boxes(data, begin, end):
            if kind in INSIDE:
                spans.append((start + INSIDE[kind], stop))
            elif kind == b"ispe" and stop - start >= 12:
                found.append(struct.unpack_from(">II", data, start + 4))
    return max(found, key=lambda size: size[0] * size[1], default=None)


def _boxes(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    # Kind, and where the content of each box begins and ends.
    for _ in range(MAX_BOXES):
        if at + 8 > end:
            return
        length, kind = struct.unpack_from(">I4s", data, at)
        start = at + 8
        if length == 1 and at + 16 <= end:
            length, start = int.from_bytes(data[at + 8 : at + 16], "big"), at + 16
        stop = end if length == 0 else at + length
        if stop < start or stop > end:
            return
        yield kind, start, stop
        at = stop
