"""Pack the landmarks of a face, and how much of a frame is around it, into a few bytes."""

import struct
from typing import Final

import numpy as np

from server.errors import Internal
from server.store.values import FacePoints

# Steps of an eighth of a pixel, which is less than landmarks are sure to, from the corner of the face's box.
STEPS: Final = 8.0
# In hundredths; NOT_LOOKED where nobody looked for a frame.
HUNDREDTHS: Final = 100
NOT_LOOKED: Final = 255
_FORM: Final = struct.Struct("<10hB")
_FARTHEST: Final = (1 << 15) - 1

Box = tuple[int, int, int, int]


def packed_points(points: FacePoints, box: Box) -> bytes:
    """Raises Internal for what are no landmarks."""
    if points.landmarks.shape != (5, 2) or not np.isfinite(points.landmarks).all():
        raise Internal(f"A face has five landmarks, x and y each; these have the shape {points.landmarks.shape}.")
    steps = np.rint((points.landmarks.astype(np.float64) - box[:2]) * STEPS)
    numbers = np.clip(steps, -_FARTHEST, _FARTHEST).astype(int).ravel().tolist()
    framed = NOT_LOOKED if points.framed is None else round(min(max(points.framed, 0.0), 1.0) * HUNDREDTHS)
    return _FORM.pack(*numbers, framed)


def unpacked_points(plain: bytes, box: Box) -> FacePoints:
    """What packed_points packed. Raises ValueError for anything else."""
    if len(plain) != _FORM.size:
        raise ValueError(f"Landmarks are {_FORM.size} bytes; these are {len(plain)}.")
    *numbers, framed = _FORM.unpack(plain)
    landmarks = (np.array(numbers, np.float64).reshape(5, 2) / STEPS + box[:2]).astype(np.float32)
    return FacePoints(landmarks, None if framed == NOT_LOOKED else framed / HUNDREDTHS)
