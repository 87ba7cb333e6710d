"""Measure a picture, say whether anybody is in it, and make it a JPEG that the server takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from cameras.error_texts import CameraText
from cameras.errors import BadPicture
from cameras.frame import Image
from cameras.settings import PictureLimits

# Longer side on which sharpness is measured, so that the number means the same for every camera.
SHARPNESS_PX: Final = 640

# Mean grey value of the darkest lit rooms. A darker picture is judged by whether faces are to be seen in it: their own
# grey values would leave out dark skin first, at the same light.
LIT: Final = 70.0
# More turns the steps between two grey values into edges.
MOST_GAIN: Final = 8.0

# The picture in so few cells is the same for two pictures of a still room: noise of a sensor averages out in them.
CELLS: Final = (32, 18)

# Longer side on which faces are looked for; a face of the front rows has far more than MIN_FACE_PX there. Takes
# half a second of a core; classes of 20 faces of 24 px in 1920 x 1080 were all seen to be there (2026-11-21).
SEARCH_PX: Final = 1280

_CASCADE: Final = Path(cv2.__file__).parent / "data" / "haarcascade_frontalface_default.xml"

# The window that the cascade was trained with.
MIN_FACE_PX: Final = 24

# Below this faces in JPEGs lose what they are recognised by.
MIN_QUALITY: Final = 40


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """brightness: mean grey value, 0 to 255. sharpness: variance of the Laplacian. cells: grey values.

    faces_seen: that of a dark picture faces are to be seen all the same.
    """

    brightness: float
    sharpness: float
    cells: NDArray[np.int16]
    faces_seen: bool = False


class PictureInspector:
    """Not to be shared by threads: the cascade is not."""

    def __init__(self, quality: int = 90, limits: PictureLimits | None = None) -> None:
        self._quality = quality
        self._limits = limits or PictureLimits()
        # As the client of 2019. A false alarm costs one picture sent for nothing, so few neighbours have to agree.
        self._cascade = cv2.CascadeClassifier(str(_CASCADE))

    def measure(self, image: Image) -> Measures:
        grey = _grey(image, SHARPNESS_PX)
        brightness = float(grey.mean())
        # In little light there are small differences only; brought into the light of a room they tell what they would.
        sharpness = float(cv2.Laplacian(_lit(grey, brightness), cv2.CV_64F).var())
        cells = cv2.resize(grey, CELLS, interpolation=cv2.INTER_AREA)
        seen = brightness < LIT and self.sees_somebody(image)
        return Measures(brightness, sharpness, cells.astype(np.int16), seen)

    def sees_somebody(self, image: Image) -> bool:
        return len(self._found(_grey(image, SEARCH_PX), 3)) > 0

    def faces(self, image: Image) -> list[tuple[int, int, int, int]]:
        """Upright faces of 24 pixels or more, roughly: left, top, right, bottom. Takes a second."""
        found = self._found(_grey(image, max(image.shape[:2])), 6)
        return [(int(x), int(y), int(x + wide - 1), int(y + high - 1)) for x, y, wide, high in found]

    def _found(self, grey: NDArray[np.uint8], neighbours: int) -> Sequence[Sequence[int]]:
        grey = _lit(grey, float(grey.mean()))
        return self._cascade.detectMultiScale(grey, 1.1, neighbours, minSize=(MIN_FACE_PX, MIN_FACE_PX))

    def encode(self, image: Image) -> bytes:
        """A JPEG at full resolution, in lower quality or smaller only where the limits want that. Raises BadPicture."""
        pixels = image.shape[0] * image.shape[1]
        if pixels > self._limits.pixels:
            scale = (self._limits.pixels / pixels) ** 0.5
            image = _resized(image, int(image.shape[1] * scale), int(image.shape[0] * scale))
        for quality in [self._quality, *range(self._quality - 10, MIN_QUALITY - 1, -10)]:
            jpeg = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
            if len(jpeg) <= self._limits.payload_bytes:
                return jpeg
        raise BadPicture(CameraText.TOO_LARGE_TO_SEND, bytes=len(jpeg), most=self._limits.payload_bytes)


def _lit(grey: NDArray[np.uint8], brightness: float) -> NDArray[np.uint8]:
    # The picture as in the light of a room; one that has as much stays as it is.
    gain = min(LIT / max(brightness, 1.0), MOST_GAIN)
    return grey if gain <= 1 else cv2.convertScaleAbs(grey, alpha=gain).astype(np.uint8, copy=False)


def _grey(image: Image, longest_px: int) -> NDArray[np.uint8]:
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).astype(np.uint8, copy=False)
    height, width = grey.shape
    scale = longest_px / max(height, width)
    return grey if scale >= 1 else _resized(grey, max(int(width * scale), 1), max(int(height * scale), 1))


def _resized(image: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
