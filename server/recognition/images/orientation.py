"""Read how the pixels of a picture are turned, from its EXIF or its XMP."""

# 1 is upright, 2 to 8 are the turns and mirror images of EXIF's orientation (TIFF 6.0, section 8).

import re
import struct
from typing import Final

ORIENTATION: Final = 0x0112
# How a value of the type BYTE, SHORT or LONG is packed. EXIF asks for SHORT; some programs write LONG.
FORMATS: Final = {1: "B", 3: "H", 4: "I"}
# As an attribute or an element (XMP, part 2, 3.7). Found by its name, so that no XML is parsed.
XMP_ORIENTATION: Final = re.compile(rb"""tiff:Orientation\s*(?:=\s*["']|>)\s*([1-8])\s*["'<]""")


def orientation(exif: bytes, xmp: bytes) -> int:
    """EXIF's orientation, or XMP's where EXIF has none; 1 where neither makes sense. exif: its TIFF; empty: none."""
    return exif_orientation(exif) or xmp_orientation(xmp) or 1


def exif_orientation(tiff: bytes) -> int | None:
    """The orientation that the first directory of a TIFF gives; None where it is missing or makes no sense."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return None
    try:
        at = struct.unpack_from(order + "I", tiff, 4)[0]
        for entry in range(struct.unpack_from(order + "H", tiff, at)[0]):
            tag, kind, count = struct.unpack_from(order + "HHI", tiff, at + 2 + 12 * entry)
            if tag == ORIENTATION and kind in FORMATS and count == 1:
                value = struct.unpack_from(order + FORMATS[kind], tiff, at + 10 + 12 * entry)[0]
                return int(value) if 1 <= value <= 8 else None
    except struct.error:
        return None
    return None


def xmp_orientation(packet: bytes) -> int | None:
    """The orientation that an XMP packet gives, or None."""
    found = XMP_ORIENTATION.search(packet)
    return int(found[1]) if found else None
