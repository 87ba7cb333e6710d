"""Portraits as sources of held-up photographs and of heads: each cut to one scale, with its landmarks."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from server.errors import RollcallError
from server.faces import Face
from server.recognition import decode_image
from server.recognition.recogniser import FamilyRecogniser

Pixels = NDArray[np.float32]
Points = NDArray[np.float64]

FACE_PX: Final = 160
"""Width of the face's box in a cut."""
SIDE: Final = 3 * FACE_PX
"""A cut is square, the face's box in its middle."""


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """cut: uint8 (SIDE, SIDE, 3) RGB. landmarks: (5, 2) in its pixels. embedding: of the photograph as it is."""

    person: str
    cut: NDArray[np.uint8]
    landmarks: Points
    embedding: NDArray[np.float32]


def portraits(recogniser: FamilyRecogniser, files: Iterable[Path]) -> Iterator[Portrait]:
    """Those in which exactly one face is found; the person is the name up to the last _."""
    for file in files:
        try:
            image = decode_image(file.read_bytes())
        except RollcallError:
            continue
        found = recogniser.faces(image, min_face_px=60)
        if len(found) == 1:
            yield from portraits_in(image, file.stem.rpartition("_")[0], found)


def portraits_in(image: NDArray[np.uint8], person: str, faces: Iterable[Face]) -> Iterator[Portrait]:
    """Those of a picture's faces."""
    for face in faces:
        cut, landmarks = _cut(image, face.box, face.landmarks)
        yield Portrait(person, cut, landmarks, face.embedding)


def _cut(
    image: NDArray[np.uint8], box: tuple[int, int, int, int], landmarks: NDArray[np.float32]
) -> tuple[NDArray[np.uint8], Points]:
    # Beyond the photograph its edge goes on.
    scale = FACE_PX / (box[2] - box[0] + 1)
    corner = SIDE / 2 - scale * np.array([(box[0] + box[2] + 1) / 2, (box[1] + box[3] + 1) / 2])
    softened = image if scale >= 1 else cv2.GaussianBlur(image, (0, 0), max(0.4 / scale, 0.3))
    move = np.array([[scale, 0, corner[0]], [0, scale, corner[1]]])
    cut = cv2.warpAffine(softened, move, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cut, np.uint8), scale * landmarks.astype(np.float64) + corner


def at_size(cut: Pixels | NDArray[np.uint8], face_px: float) -> Pixels:
    """The cut as a lens gives it to pixels that are so large: softened, and as large as before."""
    return np.asarray(cv2.GaussianBlur(cut.astype(np.float32), (0, 0), max(0.4 * FACE_PX / face_px, 0.4)), np.float32)


def compressed(picture: Pixels, quality: int) -> NDArray[np.uint8]:
    """What a camera sends of it, decoded: uint8 (h, w, 3) RGB."""
    shown = np.clip(picture, 0, 255).astype(np.uint8)
    _, jpeg = cv2.imencode(".jpg", shown[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return decode_image(jpeg.tobytes())
