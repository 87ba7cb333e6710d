"""One enrolment photograph: its bytes in, the embedding of its one large face out, or why it cannot be taken.

Knows no files, no students and no store.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.errors import BadImage, TooLarge
from server.faces import Decode, Face, Recogniser
from server.gallery import usable

MIN_ENROLMENT_FACE_PX: Final = 80
"""Smallest face that is enrolled: dlib's detectors look at windows of 80 x 80 pixels, so such a face is found as it
is; a smaller one must first be enlarged, and what is compared with every picture of a term should hold more."""


class Unfit(Exception):
    """A photograph that cannot be taken; `reason` says why and what to do.

    lasting: the same bytes would be refused again by the same recogniser, so the finding may be kept.
    """

    def __init__(self, reason: str, *, lasting: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.lasting = lasting


def embed(
    data: bytes, recogniser: Recogniser, decode: Decode
) -> tuple[NDArray[np.float32], Mapping[int, NDArray[np.float32]]]:
    """Embeddings, float32 (d,), of the one face of MIN_ENROLMENT_FACE_PX or more, as it is and by reduced size.

    Smaller faces beside it are people or posters in the background. Raises Unfit.
    """
    try:
        image = decode(data)
    except (BadImage, TooLarge) as error:
        raise Unfit(f"no image that can be used: {error.text}", lasting=False) from error
    large = recogniser.faces(image, min_face_px=MIN_ENROLMENT_FACE_PX) or _large(recogniser.faces(image))
    if len(large) > 1:
        sizes = ", ".join(str(face.width) for face in large)
        raise Unfit(f"several faces ({len(large)}, of {sizes} pixels): crop it to the student alone", lasting=True)
    reduced = recogniser.reduced(image, large[0].box)
    if not usable(np.stack([large[0].embedding, *reduced.values()])).all():
        raise Unfit("the network made nothing that can be used of it: take another", lasting=False)
    return large[0].embedding, reduced


def judged_by(recogniser: Recogniser) -> str:
    """Name under which a lasting refusal is kept: of whatever it depends on, besides the photograph."""
    return f"{recogniser.model_id}+{recogniser.detector}+{MIN_ENROLMENT_FACE_PX}px"


def _large(faces: Sequence[Face]) -> Sequence[Face]:
    """Those that are large enough, of what a closer look has found. Raises Unfit where there are none."""
    large = [face for face in faces if face.width >= MIN_ENROLMENT_FACE_PX]
    if large:
        return large
    if not faces:
        raise Unfit("no face: take one from the front, in even light, without a mask", lasting=True)
    if len(faces) > 1:
        sizes = ", ".join(str(face.width) for face in sorted(faces, key=lambda face: -face.width))
        raise Unfit(
            f"several faces, all under {MIN_ENROLMENT_FACE_PX} pixels ({len(faces)}, of {sizes} pixels): "
            "take one of the student alone, from nearer",
            lasting=True,
        )
    size = faces[0].width
    raise Unfit(
        f"face too small ({size} pixels, at least {MIN_ENROLMENT_FACE_PX} are needed): take a larger one", lasting=True
    )
