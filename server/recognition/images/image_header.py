"""Read an image file's header, and make the file anew of what its pixels need."""

# Profiles, comments, thumbnails and further pictures are left out, so that no decoder meets them: they hold no pixel of
# the picture, but may unpack to gigabytes or take minutes. Nothing is decoded here; the time is linear in the bytes.

import struct
from collections.abc import Callable
from typing import Final

from server.errors import BadImage
from server.recognition.images.bmp import read_bmp
from server.recognition.images.brands import media_kind
from server.recognition.images.gif import read_gif
from server.recognition.images.header import ImageHeader, truncated
from server.recognition.images.jpeg_segments import jpeg_picture
from server.recognition.images.orientation import orientation
from server.recognition.images.png import PNG_SIGNATURE, read_png
from server.recognition.images.webp import read_webp


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
        raise truncated(name, len(data)) from error
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


def _read_jpeg(data: bytes) -> ImageHeader:
    picture = jpeg_picture(data)
    turned = orientation(picture.exif, picture.xmp)
    return ImageHeader("JPEG", picture.width, picture.height, turned, picture.stream, picture.scans, picture.complete)


READERS: Final[dict[str, Callable[[bytes], ImageHeader]]] = {
    "JPEG": _read_jpeg,
    "PNG": read_png,
    "GIF": read_gif,
    "BMP": read_bmp,
    "WebP": read_webp,
}
SIGNATURES: Final[dict[str, Callable[[bytes], bool]]] = {
    "JPEG": lambda data: data.startswith(b"\xff\xd8\xff"),
    "PNG": lambda data: data.startswith(PNG_SIGNATURE),
    "GIF": lambda data: data[:6] in (b"GIF87a", b"GIF89a"),
    "BMP": lambda data: data.startswith(b"BM"),
    "WebP": lambda data: data.startswith(b"RIFF") and data[8:12] == b"WEBP",
    "TIFF": lambda data: data[:4] in (b"II*\0", b"MM\0*"),
    "HEIC": lambda data: media_kind(data) == "HEIC",
    "AVIF": lambda data: media_kind(data) == "AVIF",
    "JPEG XL": lambda data: data.startswith((b"\xff\x0a", b"\0\0\0\x0cJXL ")),
    "JPEG 2000": lambda data: data.startswith((b"\xff\x4f\xff\x51", b"\0\0\0\x0cjP  ")),
    "PDF": lambda data: data.startswith(b"%PDF"),
    "Photoshop": lambda data: data.startswith(b"8BPS"),
}
