"""Paint over the parts of a picture that are never looked at, before anything looks at it."""

from collections.abc import Callable, Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from cameras.painting import Polygon, without
from server.errors import BadImage

# What JPEG's blocks carry over an edge is no face; at this quality embeddings move by less than between two pictures.
QUALITY: Final = 97


def painted_over(data: bytes, polygons: Sequence[Polygon], decode: Callable[[bytes], NDArray[np.uint8]]) -> bytes:
    """The picture, upright, as a JPEG without what lies in the polygons. Raises BadImage and TooLarge."""
    image = without(np.ascontiguousarray(decode(data)), polygons)
    written, encoded = cv2.imencode(".jpg", image[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    if not written:
        raise BadImage("The picture could not be painted over, and is not looked at.")
    return bytes(encoded)
