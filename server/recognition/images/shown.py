"""Make a picture one for a screen: upright, small, without whatever else its file held."""

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from server.errors import BadImage

# Longer side: a face of 25 pixels in a camera's 1920 is one to know somebody by still.
MOST_PX: Final = 1600
QUALITY: Final = 80


def for_screen(data: bytes, decode: Callable[[bytes], NDArray[np.uint8]]) -> bytes:
    """A JPEG. Raises BadImage and TooLarge."""
    image = decode(data)
    height, width = image.shape[:2]
    scale = MOST_PX / max(height, width)
    if scale < 1:
        size = max(round(width * scale), 1), max(round(height * scale), 1)
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    written, encoded = cv2.imencode(
        ".jpg", np.ascontiguousarray(image[:, :, ::-1]), [cv2.IMWRITE_JPEG_QUALITY, QUALITY]
    )
    if not written:
        raise BadImage("The picture could not be made one for a screen, and is not shown.")
    return bytes(encoded)
