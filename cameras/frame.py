"""A camera's picture, and when it was taken."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

# Pixels uint8 (h, w, 3), blue, green, red, upright.
Image = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class CameraFrame:
    """taken_at: zone-aware UTC. number: counts the frames of its camera from 1."""

    image: Image
    taken_at: datetime
    number: int
