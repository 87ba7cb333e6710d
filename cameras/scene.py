"""Remember what stands still before a camera, and tell when the camera was moved, covered or dirtied since."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

Change = Literal["", "moved", "covered", "dirty"]

# The picture in so few points: people who move change few of them, a camera that is moved changes all.
WIDE: Final = 192
HIGH: Final = 108
# Blocks of so many points a side are compared each by itself.
BLOCK: Final = 12
# A block has structure where its points differ by this, in grey values (standard deviation).
STRUCTURE: Final = 4.0
# A picture of which less has structure shows nothing: a hand, a cap, a wall.
COVERED: Final = 0.15
# Blocks whose points still go along with what they were.
ALIKE: Final = 0.5
# Of blocks with structure; a full class hides under a half of what stands still (docs/room.md).
FEWEST_ALIKE: Final = 0.25
# Shifts that are tried, in points, and by how many more blocks one of them must explain what is seen.
SHIFTS: Final = tuple((down, right) for down in (-8, -4, -2, 0, 2, 4, 8) for right in (-8, -4, -2, 0, 2, 4, 8))
SHIFTED: Final = 0.15
# Side of the picture in which the finest structure is measured, in how many blocks, and steps a grey value is kept in.
FINE: Final = (640, 360)
FINE_BLOCKS: Final = (16, 9)
FINE_STEPS: Final = 8.0
# Share of a block's finest structure under which it was softened, and share of blocks of which that tells dirt.
SOFTENED: Final = 0.4
DIRTY: Final = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """points: grey values, uint8 (HIGH, WIDE). fine: mean of the Laplacian by block, uint8, FINE_STEPS a grey value."""

    points: NDArray[np.uint8]
    fine: NDArray[np.uint8]

    @classmethod
    def of(cls, image: NDArray[np.uint8]) -> "Scene":
        """Of a picture uint8 (h, w, 3) RGB, or BGR: only grey values are kept."""
        points = cv2.resize(image, (WIDE, HIGH), interpolation=cv2.INTER_AREA).mean(axis=2)
        grey = cv2.resize(image, FINE, interpolation=cv2.INTER_AREA).mean(axis=2)
        fine = cv2.resize(np.abs(cv2.Laplacian(grey, cv2.CV_64F)), FINE_BLOCKS, interpolation=cv2.INTER_AREA)
        return cls(np.asarray(points, np.uint8), np.clip(fine * FINE_STEPS, 0, 255).astype(np.uint8))

    @classmethod
    def middle(cls, of: Sequence["Scene"]) -> "Scene":
        """What most of them show in each point: who moves is not in it."""
        points, fine = (np.median(each, axis=0) for each in ([it.points for it in of], [it.fine for it in of]))
        return cls(np.asarray(points, np.uint8), np.asarray(fine, np.uint8))

    @property
    def data(self) -> bytes:
        """To be kept; `read_scene` reads it."""
        return bytes(self.points.tobytes() + self.fine.tobytes())

    def changed(self, now: "Scene") -> Change:
        """What happened to the camera since; "": nothing that shows."""
        before, after = _blocks(self.points), _blocks(now.points)
        structure, left = before.std(axis=1), after.std(axis=1)
        if (left >= STRUCTURE).mean() < COVERED <= (structure >= STRUCTURE).mean():
            return "covered"
        has = structure >= STRUCTURE
        if not has.any():
            return ""
        alike = _alike(before[has], after[has])
        if alike < FEWEST_ALIKE or self._shifted(now, has) >= alike + SHIFTED:
            return "moved"
        return "dirty" if self._softened(now) >= DIRTY else ""

    def _shifted(self, now: "Scene", has: NDArray[np.bool_]) -> float:
        # How many blocks the best shift of the whole picture explains.
        before = _blocks(self.points)[has]
        return max(_alike(before, _blocks(np.roll(now.points, shift, axis=(0, 1)))[has]) for shift in SHIFTS)

    def _softened(self, now: "Scene") -> float:
        # In other light all steps are larger or smaller alike.
        gain = float(now.points.mean()) / max(float(self.points.mean()), 1.0)
        return float((now.fine < SOFTENED * gain * self.fine).mean())


def read_scene(data: bytes) -> Scene | None:
    """None: it is none."""
    wide, high = FINE_BLOCKS
    if len(data) != WIDE * HIGH + wide * high:
        return None
    values = np.frombuffer(data, np.uint8)
    return Scene(values[: WIDE * HIGH].reshape(HIGH, WIDE), values[WIDE * HIGH :].reshape(high, wide))


def _blocks(points: NDArray[np.uint8]) -> NDArray[np.float64]:
    # (blocks, points of each).
    rows, columns = HIGH // BLOCK, WIDE // BLOCK
    cut = points.astype(np.float64).reshape(rows, BLOCK, columns, BLOCK).swapaxes(1, 2)
    return cut.reshape(rows * columns, BLOCK * BLOCK)


def _alike(before: NDArray[np.float64], after: NDArray[np.float64]) -> float:
    return float((_correlations(before, after) >= ALIKE).mean())


def _correlations(before: NDArray[np.float64], after: NDArray[np.float64]) -> NDArray[np.float64]:
    a, b = (each - each.mean(axis=1, keepdims=True) for each in (before, after))
    lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    return np.asarray((a * b).sum(axis=1) / np.maximum(lengths, 1e-9), np.float64)
