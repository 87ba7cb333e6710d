"""A zone of a room's picture that is never looked at: a polygon in parts of the picture's sides."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

MOST_POINTS: Final = 24
FEWEST_POINTS: Final = 3

Point = tuple[float, float]  # from the left and from the top, 0 to 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """camera: name of the one in whose pictures it lies; "": of every camera of the room."""

    number: int
    room: str
    camera: str
    points: tuple[Point, ...]


def flaw(points: Sequence[Point]) -> str | None:
    """Why these cannot be a zone; None: they can."""
    if not FEWEST_POINTS <= len(points) <= MOST_POINTS:
        return f"has {len(points)} corners; it has {FEWEST_POINTS} to {MOST_POINTS}"
    if not all(math.isfinite(each) and 0 <= each <= 1 for point in points for each in point):
        return "has a corner outside the picture; parts of its sides are between 0 and 1"
    return None if abs(_area(points)) > 0 else "encloses nothing"


def _area(points: Sequence[Point]) -> float:
    following = [*points[1:], points[0]]
    return sum(x * v - u * y for (x, y), (u, v) in zip(points, following, strict=True)) / 2
