"""A picture and its halves, from which windows of any size are drawn without aliasing."""

from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

# OpenCV's remap takes sides under 32768 (SHRT_MAX).
MAX_REMAP_SIDE: Final = 32_000
BORDER: Final = cv2.BORDER_CONSTANT


class Reductions:
    """A picture, its half, quarter and so on, each made from the one before when it is first needed."""

    def __init__(self, image: Pixels) -> None:
        self._halves = [image]

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the picture."""
        height, width, _ = self._halves[0].shape
        return height, width

    def half(self, number: int) -> Pixels:
        while len(self._halves) <= number:
            last = self._halves[-1]
            target = (max(last.shape[1] // 2, 1), max(last.shape[0] // 2, 1))
            self._halves.append(np.asarray(cv2.resize(last, target, interpolation=cv2.INTER_AREA), np.uint8))
        return self._halves[number]

    def scaled(self, height: int, width: int) -> Pixels:
        """The whole picture, drawn height x width from the smallest reduction that is not smaller."""
        number = halvings(np.float32(min(self.size[0] / height, self.size[1] / width)))
        source = self.half(int(number))
        return np.asarray(cv2.resize(source, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)

    def squares(self, boxes: NDArray[np.float32], side: int) -> Pixels:
        """Square boxes (left, top, right, bottom edges in pixels of the picture), each drawn side x side.

        uint8 (n, side, side, 3); what lies beyond the picture is black.
        """
        drawn = np.empty((len(boxes), side, side, 3), np.uint8)
        numbers = halvings((boxes[:, 2] - boxes[:, 0]) / np.float32(side))
        for number in np.unique(numbers):
            chosen = np.flatnonzero(numbers == number)
            for part in np.array_split(chosen, -(-len(chosen) * side // MAX_REMAP_SIDE)):
                drawn[part] = self._drawn(boxes[part], side, int(number))
        return drawn

    def _drawn(self, boxes: NDArray[np.float32], side: int, number: int) -> Pixels:
        source = self.half(number)
        scale = np.array([source.shape[1] / self.size[1], source.shape[0] / self.size[0]], np.float32)
        steps = (np.arange(side, dtype=np.float32) + np.float32(0.5)) / np.float32(side)
        across, down = (
            (boxes[:, axis, None] + steps * (boxes[:, axis + 2] - boxes[:, axis])[:, None]) * scale[axis]
            - np.float32(0.5)
            for axis in (0, 1)
        )
        columns = np.broadcast_to(across[:, None, :], (len(boxes), side, side)).reshape(-1, side)
        rows = np.broadcast_to(down[:, :, None], (len(boxes), side, side)).reshape(-1, side)
        drawn = cv2.remap(source, columns, rows, cv2.INTER_LINEAR, borderMode=BORDER)
        return np.asarray(drawn, np.uint8).reshape(-1, side, side, 3)


def halvings(reductions: Any) -> Any:
    """How often a picture may be halved so that it is not smaller than one reduced that much."""
    return np.floor(np.log2(np.maximum(reductions, 1.0))).astype(np.intp)
