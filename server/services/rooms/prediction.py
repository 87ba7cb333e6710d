"""Foretell from a face's size how likely its student is recognised in one picture, by what was fitted."""

from typing import Final

import numpy as np

from server.errors import SetupProblem
from server.gallery.constants import DecisionConstants, VisibleSizes

# From here on faces are large: the network's own picture of a face is that wide, and larger ones are reduced to it.
LARGE_PX: Final = 112.0
# Of the distance up to which photographs may be one person's: two faces of one picture that are nearer are one person
# twice, in a mirror or on a screen. Between people it is hardly ever so small (docs/room.md).
TWICE: Final = 0.7


class SurePrediction:
    """For any thread. twice_at_most: distance of two faces of one picture up to which they are one person's.

    Raises SetupProblem for constants without misses by face size.
    """

    def __init__(self, constants: DecisionConstants) -> None:
        self._visible: Final[VisibleSizes] = constants.visibility
        self.twice_at_most: Final = TWICE * constants.resemblance.same_person_at_most
        if not self._visible.missed:
            raise SetupProblem(
                f"How many students family {constants.family} misses by face size was not measured: make constants by "
                "`face_recog_server.py fit DIR --out FILE.toml`, or choose another --family."
            )

    @property
    def smallest_px(self) -> int:
        """Width of the box under which nothing is decided."""
        return self._visible.smallest_unreduced_px

    def sure(self, size_px: float, width: float) -> float:
        """Share of students who are recognised in one picture where their faces have this size; 0 where none is."""
        return 0.0 if width < self.smallest_px else 1.0 - self._missed(size_px)

    def size_for(self, share: float) -> float:
        """The smallest size in pixels at which so many are recognised; infinity where no size does."""
        sizes = np.arange(self.smallest_px, LARGE_PX + 1)
        enough = [size for size in sizes if 1.0 - self._missed(float(size)) >= share]
        return float(enough[0]) if enough else float("inf")

    def _missed(self, size_px: float) -> float:
        # By a line between the sizes measured; what is measured to be worse at a larger size is chance.
        missed = np.minimum.accumulate(np.array(self._visible.missed))
        return float(np.interp(size_px, [*self._visible.sizes_px, LARGE_PX], missed))
