"""Draw a face's box as another detector would have drawn it."""

import math
from dataclasses import dataclass
from typing import Final

from server.faces import Box, area


@dataclass(frozen=True, slots=True)
class BoxMap:
    """The other box's width and height, and by how much its centre lies to the right and down.

    All in roots of the box's area.
    """

    width: float
    height: float
    right: float
    down: float

    def of(self, box: Box) -> Box:
        """The box that the other detector would have drawn."""
        size = math.sqrt(area(box))
        x, y = (box[0] + box[2]) / 2 + self.right * size, (box[1] + box[3]) / 2 + self.down * size
        across, down = (self.width * size - 1) / 2, (self.height * size - 1) / 2
        return round(x - across), round(y - down), round(x + across), round(y + down)


# MTCNN's box for a face that dlib's detectors found, in the median of 218 portraits (measured 2026-11-30).
DLIB_AS_MTCNN: Final = BoxMap(0.931, 1.274, 0.03, -0.006)
