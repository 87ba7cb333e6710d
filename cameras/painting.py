"""Paint over parts of a picture."""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from cameras.frame import Image

Polygon = Sequence[tuple[float, float]]  # from the left and from the top, in parts of the picture's sides

GREY: Final = (128, 128, 128)


def without(image: Image, polygons: Sequence[Polygon]) -> Image:
    """The pixels (h, w, 3), grey in the polygons; a copy where there are any."""
    if not polygons:
        return image
    painted, (height, width) = image.copy(), image.shape[:2]
    for polygon in polygons:
        corners = np.array([[round(x * width), round(y * height)] for x, y in polygon], np.int32)
        cv2.fillPoly(painted, [corners], GREY)
    return painted
