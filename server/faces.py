"""What a face in a picture is, and what a recogniser promises. Loads no model, no engine and no image library."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

# left, top, right, bottom in whole pixels, the last column and row inside; it may reach beyond the picture.
Box: TypeAlias = tuple[int, int, int, int]

# How much of a straight frame stands around each face of an image, 0 to 1: a sheet of paper, a screen.
Frames: TypeAlias = Callable[[NDArray[np.uint8], Sequence[Box]], Sequence[float]]
# The one door for images: a file's bytes become uint8 (h, w, 3) RGB. Raises BadImage and TooLarge.
Decode: TypeAlias = Callable[[bytes], NDArray[np.uint8]]


@runtime_checkable
class ReducingDecode(Protocol):
    """A Decode that can make a picture smaller while it decodes it."""

    def __call__(self, data: bytes, /) -> NDArray[np.uint8]: ...

    def reduced(self, data: bytes, by: int) -> NDArray[np.uint8] | None:
        """By 2, 4 or 8 on both sides; None where that cannot be, or is still too large. Raises BadImage."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """embedding: float32 (dimensions,); Euclidean distances, lower is more alike. landmarks: float32 (5, 2), x and y in
    pixels, in the family's order. score: how sure the detector is; comparable for one detector only. framed: how much
    of a straight frame stands around it, 0 to 1; None: not looked for.
    """

    box: Box
    embedding: NDArray[np.float32]
    landmarks: NDArray[np.float32]
    score: float
    framed: float | None = None

    @property
    def width(self) -> int:
        """Of the box in pixels, what `min_face_px` speaks of."""
        return self.box[2] - self.box[0] + 1


class TakenFaces(list[Face]):
    """Faces that were taken of a picture that shows more. found: how many there are."""

    def __init__(self, faces: Iterable[Face], found: int) -> None:
        super().__init__(faces)
        self.found = found


def framed(faces: Sequence[Face], shares: Sequence[float]) -> Sequence[Face]:
    """The same faces, with how much of a frame stands around each."""
    found = [replace(face, framed=share) for face, share in zip(faces, shares, strict=True)]
    return TakenFaces(found, faces.found) if isinstance(faces, TakenFaces) else found


def found_in(faces: Sequence[Face]) -> int:
    """How many faces the picture shows of which these were taken."""
    return faces.found if isinstance(faces, TakenFaces) else len(faces)


class Recogniser(Protocol):
    """Finds and embeds faces of images uint8 (h, w, 3) RGB. Any number of threads may use one.

    model_id: embeddings of different ids are never compared. looks_twice: what `look` leaves in doubt is worth asking
    for again by `at_boxes`.
    """

    @property
    def model_id(self) -> str: ...
    @property
    def family(self) -> str: ...
    @property
    def dimensions(self) -> int: ...
    @property
    def engine(self) -> str: ...
    @property
    def detector(self) -> str: ...
    @property
    def min_face_px(self) -> int: ...

    @property
    def looks_twice(self) -> bool: ...

    def look(self, image: NDArray[np.uint8]) -> Sequence[Face]:
        """As `faces`, maybe cheaper and less sure; comparable with the same templates.

        Where there are more than the recogniser takes, TakenFaces drawn from the whole picture.
        """
        ...

    def faces(
        self,
        image: NDArray[np.uint8],
        *,
        min_face_px: int | None = None,
        max_faces: int | None = None,
        thorough: bool = False,
    ) -> Sequence[Face]:
        """Every face, largest first. min_face_px, max_faces: instead of the recogniser's own.

        thorough: where there is none, the other detectors that are installed are asked too, which takes long.
        """
        ...

    def quarter_turns(self, image: NDArray[np.uint8], min_face_px: int) -> int:
        """How many quarters to the left the picture must be turned until a face in it stands upright.

        0 where one does, or where no turn shows one for sure.
        """
        ...

    def at_boxes(self, image: NDArray[np.uint8], boxes: Sequence[Box]) -> Sequence[Face]:
        """Faces whose places are known, in their order, with score 0."""
        ...

    def reduced(self, image: NDArray[np.uint8], box: Box) -> Mapping[int, NDArray[np.float32]]:
        """{face size in pixels: embedding} of the face as a camera farther away would see it."""
        ...


def stacked(embeddings: Sequence[NDArray[np.float32]], dimensions: int = 0) -> NDArray[np.float32]:
    """Embeddings as rows, float32 (n, dimensions); dimensions: where there is none."""
    return np.array(embeddings, np.float32) if len(embeddings) else np.empty((0, dimensions), np.float32)


def area(box: Box) -> int:
    """Pixels in a box."""
    return (box[2] - box[0] + 1) * (box[3] - box[1] + 1)
