"""Decode a picture file, however hostile its bytes."""

import io
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import cv2
import numpy as np
from PIL import Image as Pillow
from PIL import ImageFile, ImageOps, UnidentifiedImageError

from cameras.error_texts import CameraText
from cameras.errors import BadPicture
from cameras.frame import Image

# Names of files that are taken for pictures.
FORMATS: Final = ("JPEG", "PNG", "GIF", "BMP", "WEBP")
SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp"})

# As protocol.framing.MAX_PAYLOAD_BYTES: what is larger could not be sent.
MAX_PICTURE_BYTES: Final = 16 * 1024 * 1024

# What a server takes unless it is set otherwise; decoded it is 75 MB.
MAX_PIXELS: Final = 25_000_000

_JPEG: Final = b"\xff\xd8\xff"
_END_OF_JPEG: Final = b"\xff\xd9"
_FILLING: Final = b"\x55" * 2048  # alternating bits; libjpeg itself fills with zeros

# What Pillow's decoders raise for damaged files, as their sources show.
_DECODING_ERRORS: Final = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    OverflowError,
    struct.error,
    zlib.error,
    AssertionError,
    Pillow.DecompressionBombError,
    Pillow.DecompressionBombWarning,
)


def decode_picture(data: bytes) -> Image:
    """The pixels, of an animation the first. Raises BadPicture."""
    with opened_picture(data) as picture:
        return pixels(picture)


def decode_streamed(data: bytes) -> Image:
    """As decode_picture; of a JPEG nothing but the end marker may be missing, which some cameras leave out."""
    if not data.startswith(_JPEG) or data.endswith(_END_OF_JPEG):
        return decode_picture(data)
    # Where more is missing, what is put in its place shows in the pixels. The line break belongs to the boundary.
    plain = data.removesuffix(b"\r\n")
    one, other = (decode_picture(plain + filling + _END_OF_JPEG) for filling in (b"", _FILLING))
    if not np.array_equal(one, other):
        raise BadPicture(CameraText.DAMAGED, reason="it is cut")
    return one


@contextmanager
def opened_picture(data: bytes) -> Iterator[ImageFile.ImageFile]:
    """Its size is checked, its pixels are not decoded yet. Raises BadPicture, also for what goes wrong inside the
    block.
    """
    if len(data) > MAX_PICTURE_BYTES:
        raise BadPicture(CameraText.FILE_TOO_LARGE, bytes=len(data), most=MAX_PICTURE_BYTES)
    try:
        with Pillow.open(io.BytesIO(data), formats=FORMATS) as picture:
            check_size(*picture.size)
            yield picture
    except UnidentifiedImageError:
        raise BadPicture(CameraText.NO_FORMAT) from None
    except _DECODING_ERRORS as error:
        raise BadPicture(CameraText.DAMAGED, reason=str(error)) from error


def pixels(picture: Pillow.Image) -> Image:
    """As it is now, turned upright by EXIF."""
    upright = ImageOps.exif_transpose(picture).convert("RGB")
    return cv2.cvtColor(np.asarray(upright), cv2.COLOR_RGB2BGR).astype(np.uint8, copy=False)


def check_size(width: int, height: int) -> None:
    """Raises BadPicture."""
    if width * height > MAX_PIXELS:
        raise BadPicture(CameraText.TOO_MANY_PIXELS, width=width, height=height, most=MAX_PIXELS)
