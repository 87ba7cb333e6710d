"""Say what extracts the faces of a picture, and do it in this process."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from server.faces import Box, Decode, Face, Frames, Recogniser, framed

# Whether a picture without a face lies on its side is asked of the first and then of every so manyth: four searches.
TURNED_EVERY: Final = 10


@dataclass(frozen=True, slots=True)
class Extracted:
    """What a picture shows."""

    width: int  # pixels, as shown
    height: int
    faces: Sequence[Face]  # largest first
    turns: int = 0  # quarters to the left until faces stand upright, where the picture has none


class FaceExtractor(Protocol):
    """Bytes of a picture in, faces out; it keeps neither. Any number of threads may use one.

    Every method raises BadImage, TooLarge, Busy and Unavailable. Properties: as of Recogniser.
    """

    @property
    def model_id(self) -> str: ...
    @property
    def dimensions(self) -> int: ...
    @property
    def min_face_px(self) -> int: ...
    @property
    def looks_twice(self) -> bool: ...

    def look(self, data: bytes) -> Extracted:
        """The picture of a class, as Recogniser.look."""
        ...

    def faces(self, data: bytes) -> Sequence[Face]:
        """Every face, as Recogniser.faces."""
        ...

    def at_boxes(self, data: bytes, boxes: Sequence[Box]) -> Sequence[Face]:
        """Faces whose places are known, as Recogniser.at_boxes."""
        ...

    def close(self) -> None:
        """Give up what is open."""
        ...


class LocalExtractor:
    """Decodes and recognises in the thread that asks. frames: looked for around the faces of a look."""

    def __init__(self, recogniser: Recogniser, decode: Decode, frames: Frames | None = None) -> None:
        self._recogniser = recogniser
        self._decode = decode
        self._frames = frames
        self._empty = itertools.count()

    @property
    def model_id(self) -> str:
        return self._recogniser.model_id

    @property
    def dimensions(self) -> int:
        return self._recogniser.dimensions

    @property
    def min_face_px(self) -> int:
        return self._recogniser.min_face_px

    @property
    def looks_twice(self) -> bool:
        return self._recogniser.looks_twice

    def look(self, data: bytes) -> Extracted:
        image = self._decode(data)
        faces = self._recogniser.look(image)
        if self._frames is not None:
            faces = framed(faces, self._frames(image, [each.box for each in faces]))
        asked = not faces and next(self._empty) % TURNED_EVERY == 0
        turns = self._recogniser.quarter_turns(image, self.min_face_px) if asked else 0
        return Extracted(image.shape[1], image.shape[0], faces, turns)

    def faces(self, data: bytes) -> Sequence[Face]:
        return self._recogniser.faces(self._decode(data))

    def at_boxes(self, data: bytes, boxes: Sequence[Box]) -> Sequence[Face]:
        return self._recogniser.at_boxes(self._decode(data), boxes)

    def close(self) -> None:
        """Nothing is open."""
