"""Read an image file's header, and leave out of the file what its pixels do not need."""

# Profiles, comments, thumbnails and further frames of JPEG and PNG are left out, so that no decoder meets them: they
# hold no pixel of the picture, but may unpack to gigabytes. Nothing is decoded here.

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from server.errors import BadImage
from server.recognition.images.jpeg_segments import EXIF_PREFIX, jpeg_picture
from server.recognition.images.orientation import orientation

PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
PNG_PIXEL_CHUNKS: Final = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
# What XMP in a PNG is called (XMP, part 3, 1.1.5), and that it is not compressed.
XMP_KEYWORD: Final = b"XML:com.adobe.xmp\0\0"
WEBP_SIDE_BITS: Final = 0x3FFF


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """What an image file says of itself."""

    format: str
    width: int  # in pixels, as stored
    height: int
    orientation: int  # EXIF's 1 to 8
    stream: bytes  # the same file without what the pixels do not need
    scans: int = 1  # how often decoding goes over all pixels
    complete: bool = True  # False: too short for so many pixels, as far as that shows without decoding


def read_header(data: bytes) -> ImageHeader:
    """Header of a JPEG, PNG, GIF, BMP or WebP file, told by its first bytes and never by a name.

    Raises BadImage for an empty or truncated file, another format, or a header that cannot be.
    """
    if not data:
        raise BadImage("The image is empty (0 bytes); send the bytes of a JPEG, PNG, WebP, GIF or BMP file.")
    name = _format_of(data)
    try:
        header = READERS[name](data)
    except (struct.error, IndexError) as error:
        raise _truncated(name, len(data)) from error
    if header.width < 1 or header.height < 1:
        raise BadImage(
            "The {kind} image says it is {width} x {height} pixels; it has no picture in it.",
            kind=name,
            width=header.width,
            height=header.height,
        )
    return header


def _format_of(data: bytes) -> str:
    # JPEG, PNG, GIF, BMP or WebP; other formats are refused by name.
    for name, matches in SIGNATURES.items():
        if matches(data):
            if name in READERS:
                return name
            raise BadImage("The image is a {kind} file, which is not read here; save it as JPEG or PNG.", kind=name)
    raise BadImage(
        "The {count} bytes are no image that is read here (JPEG, PNG, WebP, GIF or BMP); they begin with {first}.",
        count=len(data),
        first=data[:4].hex(" "),
    )


def _truncated(name: str, size: int) -> BadImage:
    return BadImage(
        "The {kind} image is truncated: it ends after {bytes} bytes; send the whole file.", kind=name, bytes=size
    )


def _read_jpeg(data: bytes) -> ImageHeader:
    picture = jpeg_picture(data)
    turned = orientation(picture.exif, picture.xmp)
    return ImageHeader("JPEG", picture.width, picture.height, turned, picture.stream, picture.scans, picture.complete)


def _read_png(data: bytes) -> ImageHeader:
    width, height = struct.unpack_from(">II", data, 16)
    exif = xmp = b""
    kept = [PNG_SIGNATURE]
    for kind, start, end in _png_chunks(data):
        content = data[start + 8 : end - 4]
        if kind == b"eXIf":
            exif = content
        if kind == b"iTXt" and content.startswith(XMP_KEYWORD):
            xmp = content
        if kind in PNG_PIXEL_CHUNKS:
            kept.append(data[start:end])
    return ImageHeader("PNG", width, height, orientation(exif, xmp), b"".join(kept))


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    # Kind, start and end of each chunk; a file without its last chunk was cut.
    at, kind = len(PNG_SIGNATURE), b""
    while kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data):
            raise _truncated("PNG", len(data))
        yield kind, at, end
        at = end


def _read_bmp(data: bytes) -> ImageHeader:
    if struct.unpack_from("<I", data, 14)[0] == 12:  # the header of OS/2, with sides of 16 bits
        width, height = struct.unpack_from("<HH", data, 18)
    else:
        width, height = struct.unpack_from("<ii", data, 18)
    return ImageHeader("BMP", width, abs(height), 1, data)


def _read_gif(data: bytes) -> ImageHeader:
    # Size of the first frame, or of the screen where that is larger: decoders make room for both.
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    at = 13 + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
    while data[at] == 0x21:
        at = _after_gif_blocks(data, at + 2)
    if data[at] != 0x2C:
        raise BadImage("The GIF image has no picture in it.")
    left, top, frame_width, frame_height = struct.unpack_from("<HHHH", data, at + 1)
    return ImageHeader("GIF", max(width, left + frame_width), max(height, top + frame_height), 1, data)


def _after_gif_blocks(data: bytes, at: int) -> int:
    # Where a chain of sub-blocks ends: each says its length, the last one has none.
    while data[at]:
        at += 1 + data[at]
    return at + 1


def _read_webp(data: bytes) -> ImageHeader:
    if 8 + struct.unpack_from("<I", data, 4)[0] > len(data):
        raise _truncated("WebP", len(data))
    size = None
    exif = xmp = b""
    for kind, start, end in _webp_chunks(data):
        if size is None and kind in WEBP_SIZES:
            size = WEBP_SIZES[kind](data[start + 8 : end])
        if kind == b"EXIF":
            exif = data[start + 8 : end].removeprefix(EXIF_PREFIX)
        if kind == b"XMP ":
            xmp = data[start + 8 : end]
    if size is None:
        raise BadImage("The WebP image has no picture in it.")
    return ImageHeader("WebP", *size, orientation(exif, xmp), data)


def _webp_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    at, whole = 12, 8 + struct.unpack_from("<I", data, 4)[0]
    while at + 8 <= whole:
        kind, length = struct.unpack_from("<4sI", data, at)
        yield kind, at, at + 8 + length
        at += 8 + length + length % 2


def _webp_canvas(chunk: bytes) -> tuple[int, int]:
    # VP8X: both sides less one, 24 bits each.
    return 1 + int.from_bytes(chunk[4:7], "little"), 1 + int.from_bytes(chunk[7:10], "little")


def _webp_lossy(chunk: bytes) -> tuple[int, int]:
    # VP8 (RFC 6386, 9.1): two sides of 14 bits after the start code.
    width, height = struct.unpack_from("<HH", chunk, 6)
    return width & WEBP_SIDE_BITS, height & WEBP_SIDE_BITS


def _webp_lossless(chunk: bytes) -> tuple[int, int]:
    # VP8L: both sides less one, 14 bits each, after one byte.
    bits = struct.unpack_from("<I", chunk, 1)[0]
    return 1 + (bits & WEBP_SIDE_BITS), 1 + (bits >> 14 & WEBP_SIDE_BITS)


WEBP_SIZES: Final[dict[bytes, Callable[[bytes], tuple[int, int]]]] = {
    b"VP8X": _webp_canvas,
    b"VP8 ": _webp_lossy,
    b"VP8L": _webp_lossless,
}
READERS: Final[dict[str, Callable[[bytes], ImageHeader]]] = {
    "JPEG": _read_jpeg,
    "PNG": _read_png,
    "GIF": _read_gif,
    "BMP": _read_bmp,
    "WebP": _read_webp,
}
SIGNATURES: Final[dict[str, Callable[[bytes], bool]]] = {
    "JPEG": lambda data: data.startswith(b"\xff\xd8\xff"),
    "PNG": lambda data: data.startswith(PNG_SIGNATURE),
    "GIF": lambda data: data[:6] in (b"GIF87a", b"GIF89a"),
    "BMP": lambda data: data.startswith(b"BM"),
    "WebP": lambda data: data.startswith(b"RIFF") and data[8:12] == b"WEBP",
    "TIFF": lambda data: data[:4] in (b"II*\0", b"MM\0*"),
    "HEIC": lambda data: data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"hevc"),
    "AVIF": lambda data: data[4:8] == b"ftyp" and data[8:12] in (b"avif", b"avis"),
    "JPEG XL": lambda data: data.startswith((b"\xff\x0a", b"\0\0\0\x0cJXL ")),
    "JPEG 2000": lambda data: data.startswith((b"\xff\x4f\xff\x51", b"\0\0\0\x0cjP  ")),
    "PDF": lambda data: data.startswith(b"%PDF"),
    "Photoshop": lambda data: data.startswith(b"8BPS"),
}
