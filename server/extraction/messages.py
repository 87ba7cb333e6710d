"""What goes between a server and a recogniser of its pool: MessagePack in the bodies of HTTP."""

from typing import Annotated, Final, Literal

import numpy as np
from msgspec import Meta, Struct
from numpy.typing import NDArray

from protocol.sentences import Template, Values
from server.faces import Box, Face, Recogniser

PATH: Final = "/faces"
READY_PATH: Final = "/ready"
MEDIA_TYPE: Final = "application/msgpack"
# Beside the picture: some thousand boxes.
MOST_EXTRA_BYTES: Final = 256 * 1024
MOST_FACES: Final = 2000

Pixel = Annotated[int, Meta(ge=-(1 << 24), le=1 << 24)]


class Identity(Struct, frozen=True, kw_only=True):
    """What a recogniser is; answers of another are not used."""

    model_id: str
    family: str
    detector: str
    min_face_px: int
    max_faces: int
    max_image_pixels: int
    version: str  # of the program; others are used, and told

    def difference(self, other: "Identity") -> str:
        """What of it the other has otherwise, but for the version, in words; "" where nothing."""
        names = [name for name in self.__struct_fields__ if name != "version"]
        unlike = [name for name in names if getattr(self, name) != getattr(other, name)]
        return ", ".join(f"{name} {getattr(other, name)} in place of {getattr(self, name)}" for name in unlike)


class Question(Struct, frozen=True, kw_only=True):
    """A picture of a class, all faces, or the faces at these boxes; as of FaceExtractor."""

    kind: Literal["look", "faces", "at_boxes"]
    image: bytes
    boxes: Annotated[tuple[tuple[Pixel, Pixel, Pixel, Pixel], ...], Meta(max_length=MOST_FACES)] = ()


class FaceRow(Struct, frozen=True, array_like=True):
    """landmarks, embedding: float32, little-endian. framed: as of Face; of a recogniser from before, None."""

    box: tuple[Pixel, Pixel, Pixel, Pixel]
    score: float
    landmarks: bytes
    embedding: bytes
    framed: Annotated[float, Meta(ge=0, le=1)] | None = None


class Answer(Struct, frozen=True, kw_only=True):
    """found: how many faces the picture shows, taken or not. width, height, turns: of a look."""

    identity: Identity
    faces: Annotated[tuple[FaceRow, ...], Meta(max_length=MOST_FACES)]
    found: int
    width: int = 0
    height: int = 0
    turns: int = 0


class Refusal(Struct, frozen=True, kw_only=True):
    """Why there is no answer: an error of ours, as data."""

    code: str
    text: str
    template: Template = ""
    values: Values = {}


def identity_of(recogniser: Recogniser, *, max_faces: int, max_image_pixels: int, version: str) -> Identity:
    return Identity(
        model_id=recogniser.model_id,
        family=recogniser.family,
        detector=recogniser.detector,
        min_face_px=recogniser.min_face_px,
        max_faces=max_faces,
        max_image_pixels=max_image_pixels,
        version=version,
    )


def row_of(face: Face) -> FaceRow:
    left, top, right, bottom = map(int, face.box)
    numbers = _bytes(face.landmarks), _bytes(face.embedding)
    return FaceRow((left, top, right, bottom), float(face.score), *numbers, face.framed)


def face_of(row: FaceRow, dimensions: int) -> Face:
    """Raises ValueError for numbers that are no face's."""
    embedding, landmarks = _numbers(row.embedding), _numbers(row.landmarks)
    if embedding.shape != (dimensions,) or not np.isfinite(embedding).all():
        raise ValueError(f"An embedding of {embedding.size} numbers, or one that is none; {dimensions} are expected.")
    box: Box = row.box
    return Face(box, embedding, landmarks.reshape(5, 2), row.score, row.framed)


def _bytes(numbers: NDArray[np.float32]) -> bytes:
    return np.ascontiguousarray(numbers, "<f4").tobytes()


def _numbers(data: bytes) -> NDArray[np.float32]:
    return np.frombuffer(data, "<f4").astype(np.float32)
