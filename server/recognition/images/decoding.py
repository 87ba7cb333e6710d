"""Decode an image file to RGB pixels as a person would see them."""

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import BmpImagePlugin, GifImagePlugin, Image, ImageFile, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from protocol.error_texts import ServerText
from server.errors import BadImage, TooLarge
from server.recognition.images.header import ImageHeader
from server.recognition.images.image_header import read_header

# A client waits 30 s. A picture of 25 megapixels with 30 faces takes 17 to 21 s on two cores that others use too, 16
# s of processor time (smallest face 30 px, 2026-11-21).
MAX_IMAGE_PIXELS: Final = 25_000_000
# Longest side in pixels. 25 megapixels of 2:1 have it, and enlarged for faces of 16 px, 4.57 times, it stays under
# the 32767 pixels that OpenCV draws (SHRT_MAX).
MAX_IMAGE_SIDE: Final = 7_100
# Rows that are brought into their last form at once: 2 MB of the widest picture in 16 bits and four channels.
STRIP_ROWS: Final = 32
# Of the largest picture so many scans are decoded, of smaller ones more: libjpeg writes 10, or 18 of CMYK.
MAX_SCANS_OF_LARGEST: Final = 20
PLUGINS: Final[dict[str, Callable[[io.BytesIO], ImageFile.ImageFile]]] = {
    "JPEG": JpegImagePlugin.JpegImageFile,
    "PNG": PngImagePlugin.PngImageFile,
    "GIF": GifImagePlugin.GifImageFile,
    "BMP": BmpImagePlugin.BmpImageFile,
    "WebP": WebPImagePlugin.WebPImageFile,
}
# What Pillow's decoders raise for damaged files, as their sources show.
DECODING_ERRORS: Final = (
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
    Image.DecompressionBombError,
)
# How stored pixels become upright, by EXIF's orientation (TIFF 6.0, section 8).
TURNS: Final[dict[int, Callable[[NDArray[np.uint8]], NDArray[np.uint8]]]] = {
    1: lambda pixels: pixels,
    2: lambda pixels: pixels[:, ::-1],
    3: lambda pixels: pixels[::-1, ::-1],
    4: lambda pixels: pixels[::-1],
    5: lambda pixels: pixels.transpose(1, 0, 2),
    6: lambda pixels: pixels.transpose(1, 0, 2)[:, ::-1],
    7: lambda pixels: pixels[::-1, ::-1].transpose(1, 0, 2),
    8: lambda pixels: pixels.transpose(1, 0, 2)[::-1],
}


def decode_image(data: bytes, *, max_pixels: int = MAX_IMAGE_PIXELS) -> NDArray[np.uint8]:
    """Pixels uint8 (h, w, 3) RGB, contiguous, upright by EXIF, of a JPEG, PNG, WebP, GIF or BMP file.

    The size is checked in the header, before anything is decoded. Of an animation the first picture is taken; what is
    transparent is laid on white; of 16 bits a channel the upper eight are taken; grey, palette and CMYK become RGB.
    Raises TooLarge for more than max_pixels, a side over MAX_IMAGE_SIDE or too many scans for its size, BadImage
    for anything that is not a whole image.
    """
    header = read_header(data)
    check_size(header, max_pixels)
    return np.ascontiguousarray(TURNS[header.orientation](_pixels(header)))


def check_size(header: ImageHeader, max_pixels: int) -> None:
    width, height = header.width, header.height
    if width * height > max_pixels:
        raise TooLarge(ServerText.TOO_MANY_PIXELS, width=width, height=height, most=max_pixels)
    if max(width, height) > MAX_IMAGE_SIDE:
        raise TooLarge(ServerText.SIDE_TOO_LONG, width=width, height=height, most=MAX_IMAGE_SIDE)
    if header.scans * width * height > MAX_SCANS_OF_LARGEST * max_pixels:
        raise TooLarge(ServerText.TOO_MANY_SCANS, width=width, height=height, scans=header.scans)
    if not header.complete:
        raise BadImage(ServerText.IMAGE_CUT, kind=header.format, width=width, height=height)


def _pixels(header: ImageHeader) -> NDArray[np.uint8]:
    # The package face_recognition switches this on for the whole process when it is imported.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with PLUGINS[header.format](io.BytesIO(header.stream)) as image:
            if image.size != (header.width, header.height):
                raise BadImage(
                    ServerText.IMAGE_CONTRADICTS_ITSELF,
                    kind=header.format,
                    width=header.width,
                    height=header.height,
                    other=image.width,
                    another=image.height,
                )
            image.load()
            return _rgb(image)
    except DECODING_ERRORS as error:
        raise BadImage(
            ServerText.IMAGE_DAMAGED,
            kind=header.format,
            width=header.width,
            height=header.height,
            reason=str(error),
        ) from error


def _rgb(image: Image.Image) -> NDArray[np.uint8]:
    # A strip at a time: of the largest picture the whole in 16 bits, twice and thrice, took 645 MiB.
    if image.mode == "P" and image.palette is None:
        raise ValueError("it has no palette")
    pixels = np.empty((image.height, image.width, 3), np.uint8)
    for top in range(0, image.height, STRIP_ROWS):
        bottom = min(top + STRIP_ROWS, image.height)
        pixels[top:bottom] = _rgb_strip(image.crop((0, top, image.width, bottom)))
    return pixels


def _rgb_strip(strip: Image.Image) -> NDArray[np.uint8]:
    if strip.mode.startswith("I"):  # 16 bits of grey; convert() would clip instead of scaling
        grey = (np.asarray(strip, np.int64) >> 8).astype(np.uint8)
        return np.repeat(grey[:, :, None], 3, axis=2)
    if strip.has_transparency_data:
        return _on_white(np.asarray(strip.convert("RGBA")))
    return np.asarray(strip if strip.mode == "RGB" else strip.convert("RGB"))


def _on_white(rgba: NDArray[Any]) -> NDArray[np.uint8]:
    opaque = rgba[:, :, 3:].astype(np.uint16)
    return ((rgba[:, :, :3] * opaque + 255 * (255 - opaque) + 127) // 255).astype(np.uint8)
