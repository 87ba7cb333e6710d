"""Embed a face as a camera farther away would see it: small, and compressed."""

from collections.abc import Sequence
from typing import Final, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from server.faces import Box, Face

# Pixels: what a 1080p camera makes of faces from the front row to the back one (docs/accuracy.md, experiment e).
FACE_SIZES: Final = (80, 60, 40, 30, 24)
# Common default of cameras and of the client.
JPEG_QUALITY: Final = 85


class AtBoxes(Protocol):
    def at_boxes(self, image: NDArray[np.uint8], boxes: Sequence[Box]) -> list[Face]: ...


def reduced_embeddings(
    recogniser: AtBoxes, image: NDArray[np.uint8], box: Box, sizes: Sequence[int] = FACE_SIZES
) -> dict[int, NDArray[np.float32]]:
    """{size: embedding} of the face shrunk to each size in pixels (width of its box), JPEG of 85.

    A size that the face does not reach gives the embedding of the face as it is.
    """
    return {size: _seen_small(recogniser, image, box, size) for size in sizes}


def _seen_small(recogniser: AtBoxes, image: NDArray[np.uint8], box: Box, size: int) -> NDArray[np.float32]:
    scale = size / (box[2] - box[0] + 1)
    if scale >= 1.0:
        return recogniser.at_boxes(image, [box])[0].embedding
    small = np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    left, top, right, bottom = (round(edge * scale) for edge in box)
    return recogniser.at_boxes(_compressed(small), [(left, top, right, bottom)])[0].embedding


def _compressed(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    # What is left of an RGB image after JPEG.
    _, data = cv2.imencode(".jpg", np.ascontiguousarray(image[:, :, ::-1]), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR_RGB), np.uint8)
