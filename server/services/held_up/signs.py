"""Tell from the pictures of an hour whose face may be a photograph that is held up."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.domain.evidence import Sign
from server.faces import Box
from server.families import family_of
from server.services.held_up.shape import Shape, shape_of
from server.store import RecordedPicture, Sighting

# Every limit was chosen by `python -m bench.held_up.choosing`; docs/room.md has what they find.
# From fewer pictures nothing is told; and nothing from the shape, for a person may sit still for a while.
FEWEST_PICTURES: Final = 12
FEWEST_OF_SHAPE: Final = 30
# What MTCNN's landmarks leave of a print that stands still, and of one that is tilted, and how much the embeddings of
# one that stands still differ: a part that does not depend on the face's width in pixels, and one that falls with it.
STILL: Final = (0.007, 0.26)
TILTED: Final = (0.022, 0.35)
ALIKE: Final = (0.02, 11.0)
# A tilted print leaves so many times less when it may be stretched; a head that turns does not.
STRETCHED: Final = 1.35
# In half of the pictures at least so much of a straight frame is around the face.
FRAME: Final = 0.92
# By the faces of so many students it is told how large a face is at a place.
FEWEST_STUDENTS: Final = 8
SMALLER: Final = 0.72
LARGER: Final = 1.4
# A face so wide whose mean embedding is that near to one photograph that is enrolled shows that photograph, or another
# of the same minute; it is said of a face that is suspected already.
NEAR_FROM_PX: Final = 50
NEAR: Final = 0.3

# The embeddings of a student's photographs, (n, d).
Enrolled = Callable[[str], NDArray[np.float32]]


@dataclass(slots=True)
class _Watched:
    # A student's faces by one camera.
    landmarks: list[NDArray[np.float32]] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    framed: list[float] = field(default_factory=list)
    embeddings: list[NDArray[np.float32]] = field(default_factory=list)

    def add(self, seen: Sighting) -> None:
        if seen.points is None or seen.embedding is None:
            return
        self.landmarks.append(seen.points.landmarks)
        self.boxes.append(seen.box)
        if seen.points.framed is not None:
            self.framed.append(seen.points.framed)
        self.embeddings.append(seen.embedding)

    @property
    def width(self) -> float:
        return float(np.median([right - left + 1 for left, _, right, _ in self.boxes]))

    @property
    def height(self) -> float:
        """Of its middle in the picture, in pixels from the top."""
        return float(np.median([(top + bottom) / 2 for _, top, _, bottom in self.boxes]))


class HourSigns:
    """The faces of an hour's pictures so far; not to be shared by threads."""

    def __init__(self, model_id: str, enrolled: Enrolled) -> None:
        family = family_of(model_id)
        # The limits of shapes are those of MTCNN's landmarks.
        self._by_shape = family is not None and family.landmarks == "mtcnn"
        self._model_id = model_id
        self._enrolled = enrolled
        self._cameras: dict[str, dict[str, _Watched]] = defaultdict(lambda: defaultdict(_Watched))

    def add(self, picture: RecordedPicture, sightings: Sequence[Sighting]) -> None:
        """What is not surely theirs says nothing of a student's face."""
        for each in sightings:
            if each.verdict != "unknown" and each.model_id == self._model_id:
                self._cameras[picture.device][each.student].add(each)

    def signs(self) -> dict[str, tuple[Sign, ...]]:
        """Of students whose face should be looked at, why."""
        found: dict[str, dict[Sign, None]] = defaultdict(dict)
        for students in self._cameras.values():
            enough = {who: each for who, each in students.items() if len(each.boxes) >= FEWEST_PICTURES}
            odd = odd_sizes({who: (each.height, each.width) for who, each in enough.items()})
            for who, each in enough.items():
                found[who].update(dict.fromkeys(self._of(who, each, odd=who in odd)))
        return {who: tuple(signs) for who, signs in found.items() if signs}

    def _of(self, student: str, seen: _Watched, *, odd: bool) -> list[Sign]:
        signs = []
        embeddings, landmarks = np.stack(seen.embeddings), np.stack(seen.landmarks)
        enough = self._by_shape and len(landmarks) >= FEWEST_OF_SHAPE
        if enough and is_rigid(shape_of(landmarks), spread_of(embeddings), seen.width):
            signs.append(Sign.RIGID)
        if len(seen.framed) >= FEWEST_PICTURES and np.median(seen.framed) >= FRAME:
            signs.append(Sign.FRAMED)
        if odd:
            signs.append(Sign.WRONG_SIZE)
        if signs and self._by_shape and seen.width >= NEAR_FROM_PX and self._is_enrolled(student, embeddings):
            signs.append(Sign.ENROLMENT)
        return signs

    def _is_enrolled(self, student: str, embeddings: NDArray[np.float32]) -> bool:
        photographs = self._enrolled(student)
        return bool(len(photographs)) and float(_apart(photographs, embeddings.mean(axis=0)).min()) <= NEAR


def spread_of(embeddings: NDArray[np.float32]) -> float:
    """Root mean square distance of embeddings (n, d) from their middle."""
    return float(np.sqrt(np.square(_apart(embeddings, embeddings.mean(axis=0))).mean()))


def _apart(embeddings: NDArray[np.float32], middle: NDArray[np.float32]) -> NDArray[np.float64]:
    apart: NDArray[np.float64] = np.linalg.norm(embeddings.astype(np.float64) - middle, axis=1)
    return apart


def is_rigid(shape: Shape, spread: float, width: float) -> bool:
    """Whether a face of that width in pixels is a print by its shape: still, or tilted and flat.

    spread: as of `spread_of`.
    """
    still, tilted, alike = (plain + small / width for plain, small in (STILL, TILTED, ALIKE))
    if shape.flat <= still and spread <= alike:
        return True
    return shape.flat <= tilted and shape.stiff >= STRETCHED * shape.flat


def odd_sizes(faces: Mapping[str, tuple[float, float]]) -> set[str]:
    """Whose face is too large or too small for its place. faces: height in the picture and width, by student."""
    if len(faces) < FEWEST_STUDENTS:
        return set()
    heights, widths = np.array(list(faces.values())).T
    expected = _expected(heights, widths)
    shares = widths / np.maximum(expected, 1.0)
    return {who for who, share in zip(faces, shares, strict=True) if not SMALLER <= share <= LARGER}


def _expected(heights: NDArray[np.float64], widths: NDArray[np.float64]) -> NDArray[np.float64]:
    # A line through the middle of what pairs of faces say (Theil and Sen): a photograph among them hardly moves it.
    first, second = np.triu_indices(len(heights), 1)
    apart = heights[second] - heights[first]
    far = np.abs(apart) > np.abs(apart).max(initial=0.0) / 10
    slope = float(np.median((widths[second] - widths[first])[far] / apart[far])) if far.any() else 0.0
    expected: NDArray[np.float64] = slope * heights + float(np.median(widths - slope * heights))
    return expected
