"""A face that was found in a picture, with what tells people apart. Knows no model and no engine."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Box: TypeAlias = tuple[int, int, int, int]
"""left, top, right, bottom in whole pixels; right and bottom are the last column and row inside, as in dlib.

A face at the picture's edge may have a box that reaches beyond it.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One face of a picture.

    box: where, see Box. embedding: float32 (128,), Euclidean distances between embeddings: lower is more alike.
    landmarks: float32 (5, 2), x and y in pixels of: the outer and the inner corner of the eye on the picture's right,
    the outer and the inner corner of the eye on its left, the base of the nose (dlib's five points, in its order).
    score: how sure the detector is, over 0; comparable between faces of one detector only.
    """

    box: Box
    embedding: NDArray[np.float32]
    landmarks: NDArray[np.float32]
    score: float

    @property
    def width(self) -> int:
        """Width of the box in pixels, what `min_face_px` speaks of."""
        return self.box[2] - self.box[0] + 1


def area(box: Box) -> int:
    """Pixels in a box."""
    return (box[2] - box[0] + 1) * (box[3] - box[1] + 1)
