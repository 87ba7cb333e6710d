"""Sort the faces of a room's pictures into rows and columns, by their places in the picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from server.faces import Box
from server.families.fused import DLIB_SIDE

# A row ends where the next face is higher by more than this share of a face's height, or where the row would become
# higher than TALLEST faces. Heads in one row of seats differ by a quarter of a face.
GAP: Final = 0.35
TALLEST: Final = 1.3
COLUMNS: Final = 3


@dataclass(frozen=True, slots=True)
class MappedFace:
    """picture: its number. width: of the box in pixels, what is too small is told by. size_px: by dlib's box, which
    the misses by size are measured in. light: mean grey value, 0 to 255. beside: how much brighter it is around.
    """

    picture: int
    box: Box
    light: float
    beside: float = 0.0

    @property
    def width(self) -> int:
        return self.box[2] - self.box[0] + 1

    @property
    def height(self) -> int:
        return self.box[3] - self.box[1] + 1

    @property
    def size_px(self) -> float:
        square = self.width == self.height
        return float(self.width) if square else DLIB_SIDE * float(np.sqrt(self.width * self.height))

    @property
    def middle(self) -> tuple[float, float]:
        return (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2


def in_rows(faces: Sequence[MappedFace]) -> list[list[MappedFace]]:
    """The faces by row, the first being the one in front: lowest in the picture."""
    rows: list[list[MappedFace]] = []
    for face in sorted(faces, key=lambda each: -each.middle[1]):
        if rows and _continues(rows[-1], face):
            rows[-1].append(face)
        else:
            rows.append([face])
    return rows


def in_columns(faces: Sequence[MappedFace], width: int) -> list[list[MappedFace]]:
    """The faces of a row by the third of the picture that they are in, from the left."""
    columns: list[list[MappedFace]] = [[] for _ in range(COLUMNS)]
    for face in faces:
        place = int(face.middle[0] * COLUMNS / max(width, 1))
        columns[min(max(place, 0), COLUMNS - 1)].append(face)
    return columns


def most_at_once(faces: Sequence[MappedFace]) -> int:
    """How many of them one picture shows at most."""
    return int(np.bincount([each.picture for each in faces]).max()) if faces else 0


def _continues(row: Sequence[MappedFace], face: MappedFace) -> bool:
    height = float(np.median([each.height for each in row]))
    above = row[-1].middle[1] - face.middle[1]
    return above <= GAP * height and row[0].middle[1] - face.middle[1] <= TALLEST * height
