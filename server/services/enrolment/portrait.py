"""Embed the one large face of an enrolment photograph, or say why it cannot be taken."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from server.errors import BadImage, TooLarge
from server.faces import Decode, Face, Recogniser, ReducingDecode
from server.gallery import usable

# dlib's detectors look at windows of 80 x 80 pixels, so such a face is found as it is; a smaller one must first be
# enlarged, and what is compared with every picture of a term should hold more.
MIN_ENROLMENT_FACE_PX: Final = 80
# Twice the chip that networks look at, so that nothing of a face is lost by reading a photograph smaller.
ENOUGH_FACE_PX: Final = 224
# By JPEG's own reductions, the smallest picture first.
REDUCTIONS: Final = (8, 4, 2)
# Remarks on a photograph that was turned, by quarters to the left.
TURNED: Final = {
    0: "",
    1: "it lay on its side and was turned to the left",
    2: "it stood on its head and was turned upright",
    3: "it lay on its side and was turned to the right",
}


Kind = Literal["image", "nobody", "several", "small", "unusable"]


class Unfit(Exception):
    """A photograph that cannot be taken; `reason` says why and what to do.

    lasting: the same recogniser would refuse the same bytes again, so the verdict may be kept.
    kind: what is wrong, for who says it in other words.
    """

    def __init__(self, reason: str, *, lasting: bool, kind: Kind = "image") -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
        self.lasting = lasting


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """What an enrolment photograph gave."""

    embedding: NDArray[np.float32]  # (dimensions,)
    reduced: Mapping[int, NDArray[np.float32]]  # by reduced size in pixels
    remark: str = ""  # for the person who enrols


def embed(data: bytes, recogniser: Recogniser, decode: Decode) -> Portrait:
    """The portrait of the one face of at least MIN_ENROLMENT_FACE_PX; the photograph is turned upright first.

    Smaller faces beside it are people or posters in the background. Raises Unfit.
    """
    image, remark = _image(data, recogniser, decode)
    turns = recogniser.quarter_turns(image, MIN_ENROLMENT_FACE_PX)
    face, reduced = _face(np.ascontiguousarray(np.rot90(image, turns)) if turns else image, recogniser)
    if not usable(np.stack([face.embedding, *reduced.values()])).all():
        raise Unfit("the network made nothing that can be used of it: take another", kind="unusable", lasting=False)
    return Portrait(face.embedding, reduced, ", ".join(filter(None, (remark, TURNED[turns]))))


def _image(data: bytes, recogniser: Recogniser, decode: Decode) -> tuple[NDArray[np.uint8], str]:
    # The photograph's pixels, and a remark where they are not all. Raises Unfit.
    try:
        return decode(data), ""
    except (BadImage, TooLarge) as error:
        if isinstance(error, TooLarge) and isinstance(decode, ReducingDecode):
            with suppress(BadImage):
                if (found := _reduced(data, recogniser, decode)) is not None:
                    return found
        raise Unfit(f"no image that can be used: {error.text}", kind="image", lasting=False) from error


def _reduced(data: bytes, recogniser: Recogniser, decode: ReducingDecode) -> tuple[NDArray[np.uint8], str] | None:
    # The smallest picture in which the face is large enough, else the largest that may be.
    found = None
    for by in REDUCTIONS:
        image = decode.reduced(data, by)
        if image is None:
            break
        size = f"{image.shape[1]} x {image.shape[0]} pixels"
        found = image, f"it has more pixels than are read and was read at 1/{by} of its sides ({size})"
        if _widest(image, recogniser) >= ENOUGH_FACE_PX:
            break
    return found


def _widest(image: NDArray[np.uint8], recogniser: Recogniser) -> int:
    turns = recogniser.quarter_turns(image, MIN_ENROLMENT_FACE_PX)
    upright = np.ascontiguousarray(np.rot90(image, turns)) if turns else image
    faces = recogniser.faces(upright, min_face_px=MIN_ENROLMENT_FACE_PX, max_faces=1)
    return faces[0].width if faces else 0


def _face(image: NDArray[np.uint8], recogniser: Recogniser) -> tuple[Face, Mapping[int, NDArray[np.float32]]]:
    """The one large face, and its embeddings by reduced size. Raises Unfit."""
    large = recogniser.faces(image, min_face_px=MIN_ENROLMENT_FACE_PX) or _large(recogniser.faces(image, thorough=True))
    if len(large) > 1:
        sizes = ", ".join(str(face.width) for face in large)
        raise Unfit(
            f"several faces ({len(large)}, of {sizes} pixels): crop it to the student alone",
            kind="several",
            lasting=True,
        )
    return large[0], recogniser.reduced(image, large[0].box)


def judged_by(recogniser: Recogniser) -> str:
    """The key of lasting verdicts: what they depend on besides the photograph."""
    return f"{recogniser.model_id}+{recogniser.detector}+{MIN_ENROLMENT_FACE_PX}px+turned"


def _large(faces: Sequence[Face]) -> Sequence[Face]:
    """The faces that are large enough. Raises Unfit where there are none."""
    large = [face for face in faces if face.width >= MIN_ENROLMENT_FACE_PX]
    if large:
        return large
    if not faces:
        raise Unfit("no face: take one from the front, in even light, without a mask", kind="nobody", lasting=True)
    if len(faces) > 1:
        sizes = ", ".join(str(face.width) for face in sorted(faces, key=lambda face: -face.width))
        raise Unfit(
            f"several faces, all under {MIN_ENROLMENT_FACE_PX} pixels ({len(faces)}, of {sizes} pixels): "
            "take one of the student alone, from nearer",
            kind="several",
            lasting=True,
        )
    size = faces[0].width
    raise Unfit(
        f"face too small ({size} pixels, at least {MIN_ENROLMENT_FACE_PX} are needed): take a larger one",
        kind="small",
        lasting=True,
    )
