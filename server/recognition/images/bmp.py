"""Read the header of a BMP file, and leave out what its pixels do not need."""

import struct
from typing import Final

from server.errors import BadImage
from server.recognition.images.header import ImageHeader, truncated

OS2_HEADER_BYTES: Final = 12
# Plain pixels, and those with masks for their colours (BI_RGB, BI_BITFIELDS, BI_ALPHABITFIELDS). Run lengths would be
# decoded in Python, ten seconds for the largest; cameras and scanners do not write them.
PLAIN: Final = frozenset({0, 3, 6})


def read_bmp(data: bytes) -> ImageHeader:
    """Raises BadImage for run lengths, and for a file that is cut; struct.error for a cut header."""
    header_bytes = struct.unpack_from("<I", data, 14)[0]
    compression = 0
    if header_bytes == OS2_HEADER_BYTES:  # with sides of 16 bits
        width, height, _, bits = struct.unpack_from("<HHHH", data, 18)
    else:
        width, height, _, bits, compression = struct.unpack_from("<iiHHI", data, 18)
    if compression not in PLAIN:
        raise BadImage("The BMP image is compressed, which is not read here; save it as PNG or JPEG.")
    begins = struct.unpack_from("<I", data, 10)[0]
    ends = begins + (width * bits + 31) // 32 * 4 * abs(height)
    whole = len(data) >= ends
    if not whole and len(data) < begins:
        raise truncated("BMP", len(data))
    return ImageHeader("BMP", width, abs(height), 1, data[: max(ends, 0)], complete=whole)
