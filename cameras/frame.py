"""One picture of a camera, and when it was taken. A value; knows nothing of where it came from."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
"""Pixels uint8 (h, w, 3), blue, green, red, upright."""


@dataclass(frozen=True, slots=True, eq=False)
class CameraFrame:
    """taken_at: when it was grabbed, zone-aware UTC. number: counts the frames of its camera from 1."""

    image: Image
    taken_at: datetime
    number: int
