"""Image files made for tests, good ones and broken ones. Nothing of a person is in them."""

import io
import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

RED, GREEN, BLUE, WHITE = (250, 10, 10), (10, 250, 10), (10, 10, 250), (250, 250, 250)


def corners(width: int = 48, height: int = 32) -> NDArray[np.uint8]:
    """Red top left, green top right, blue bottom left, white bottom right: no turning leaves it as it is."""
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2], pixels[: height // 2, width // 2 :] = RED, GREEN
    pixels[height // 2 :, : width // 2], pixels[height // 2 :, width // 2 :] = BLUE, WHITE
    return pixels


def corner_colours(pixels: NDArray[np.uint8]) -> list[tuple[int, int, int]]:
    """The nearest of the four colours in each corner: top left, top right, bottom left, bottom right."""
    seen = [pixels[4, 4], pixels[4, -5], pixels[-5, 4], pixels[-5, -5]]
    return [
        min((RED, GREEN, BLUE, WHITE), key=lambda colour: np.abs(each - np.array(colour, int)).sum()) for each in seen
    ]


def encoded(pixels: NDArray[Any] | Image.Image, name: str, **options: Any) -> bytes:
    """The bytes of a file of that format."""
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    buffer = io.BytesIO()
    image.save(buffer, name, **options)
    return buffer.getvalue()


def exif(orientation: int, order: str = "<", kind: int = 3) -> bytes:
    """An EXIF block with this orientation and nothing else. kind: 3 for SHORT, as EXIF asks, 4 for LONG, 1 for BYTE."""
    mark = b"II*\0" if order == "<" else b"MM\0*"
    value = struct.pack(order + {1: "B3x", 3: "H2x", 4: "I"}[kind], orientation)
    return b"Exif\0\0" + mark + struct.pack(order + "IHHHI", 8, 1, 0x0112, kind, 1) + value + bytes(4)


def xmp(orientation: int, *, element: bool = False) -> bytes:
    """An XMP packet with this orientation and nothing else, as an attribute or an element."""
    inside = f"<tiff:Orientation>{orientation}</tiff:Orientation>" if element else ""
    attribute = "" if element else f' tiff:Orientation="{orientation}"'
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/"{attribute}>{inside}</rdf:Description>'
        "</rdf:RDF></x:xmpmeta>"
    ).encode()


def with_xmp(pixels: NDArray[np.uint8], name: str, packet: bytes, **options: Any) -> bytes:
    """The bytes of a JPEG, PNG or WebP file with this XMP packet."""
    if name != "PNG":
        return encoded(pixels, name, xmp=packet, **options)
    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", packet.decode())
    return encoded(pixels, name, pnginfo=info, **options)


def png_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_of_size(width: int, height: int, *more: bytes, rows: bytes = b"") -> bytes:
    """A PNG that says it has this size, with further chunks before its pixels, which are `rows`."""
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    end = png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(more) + end
