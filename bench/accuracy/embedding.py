"""Embed everybody's photographs at every face size by one family, once for all the other parts."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.accuracy.people import SIZES, file_of
from server.errors import RollcallError
from server.faces import Box, Face
from server.families.fused import DLIB_SIDE
from server.recognition import decode_image, open_recogniser
from server.recognition.recogniser import FamilyRecogniser
from server.recognition.reduced import JPEG_QUALITY

PHOTOS: Final = Path(os.environ.get("ROLLCALL_TEST_PHOTOS", "../shared/photos"))
PEOPLE_OF: Final = ((6, 200), (4, 410), (2, 690), (1, 250))
"""People of LFW who are kept, by how many photographs of each: the others would tell nothing that these do not."""
SMALL_EVERY: Final = 3
"""Of one person in so many, two photographs are embedded at all sizes too."""
SHARED: Final = 0.3
"""Intersection over union from which a face found in a shrunken picture is the one that was shrunk."""
SAVED_EVERY: Final = 300
Image = NDArray[np.uint8]
ALL, LARGE, ROOM = tuple(range(len(SIZES))), (0,), (0, SIZES.index(40))


@dataclass(frozen=True, slots=True)
class Photograph:
    """owner: whose. sizes: indices of SIZES at which it is embedded."""

    owner: str
    file: Path
    sizes: tuple[int, ...]


def embed(family: str, lfw: Path | None, detector: str | None) -> None:
    """`congress` and `london_all`, and LFW's folder `images` where it is given; what is there already is kept."""
    recognisers = tuple(
        open_recogniser(family, "onnx", detector, min_face_px=30, mirror=mirror, threads=1) for mirror in (False, True)
    )
    sets = {"congress": _flat(PHOTOS / "congress"), "london": _flat(PHOTOS / "london_all")}
    if lfw:
        sets["lfw"] = _folders(lfw)
    for name, photographs in sets.items():
        if not file_of(family, name).exists():
            _embed_set(recognisers, family, name, photographs)


def _flat(folder: Path) -> list[Photograph]:
    return [Photograph(path.stem.rsplit("_", 1)[0], path, ALL) for path in sorted(folder.glob("*.jpg"))]


def _folders(folder: Path) -> list[Photograph]:
    """By person, in an order of chance, so that what is there after a while is a sample of all."""
    files = {path.name: sorted(path.glob("*.jpg")) for path in sorted(folder.iterdir()) if path.is_dir()}
    random = np.random.default_rng(2)
    kept: dict[str, int] = {}
    for photographs, people in PEOPLE_OF:
        able = [name for name, shown in files.items() if len(shown) >= photographs and name not in kept]
        if photographs == 1:
            able = [name for name in able if len(files[name]) == 1]
        kept.update({str(name): photographs for name in random.permutation(able)[:people]})
    order = [str(each) for each in random.permutation(sorted(kept))]
    return [
        Photograph(name, file, _sizes(kept[name], at, small=place % SMALL_EVERY == 0))
        for place, name in enumerate(order)
        for at, file in enumerate(files[name][: kept[name]])
    ]


def _sizes(photographs: int, at: int, *, small: bool) -> tuple[int, ...]:
    if small and photographs > 1 and at < 2:
        return ALL
    return ROOM if photographs >= 6 else LARGE


def _embed_set(
    recognisers: tuple[FamilyRecogniser, ...], family: str, name: str, photographs: Sequence[Photograph]
) -> None:
    plain, mirrored = recognisers
    faces = np.zeros((len(photographs), len(SIZES), mirrored.dimensions), np.float32)
    first = np.zeros_like(faces)
    started = time.monotonic()
    for row, photograph in enumerate(photographs):
        image, face = _found(mirrored, photograph.file)
        if image is None or face is None:
            continue
        for at in photograph.sizes:
            if (seen := _seen(mirrored, image, face, SIZES[at])) is not None:
                shown, found = seen
                faces[row, at] = found.embedding
                first[row, at] = plain.at_boxes(shown, [found.box])[0].embedding
        if row % SAVED_EVERY == SAVED_EVERY - 1:
            _save(family, name, photographs[: row + 1], faces, first)
            print(f"{name}: {row + 1} of {len(photographs)}, {time.monotonic() - started:.0f} s", flush=True)
    _save(family, name, photographs, faces, first)
    print(f"{name}: {len(photographs)} photographs, face found in {100 * faces[:, 0].any(axis=1).mean():.1f} %")


def _save(
    family: str,
    name: str,
    photographs: Sequence[Photograph],
    faces: NDArray[np.float32],
    first: NDArray[np.float32],
) -> None:
    """Whole or not at all: whoever reads meanwhile sees what was there before."""
    target = file_of(family, name)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part.npz")
    rows = len(photographs)
    np.savez(part, owners=np.array([each.owner for each in photographs]), faces=faces[:rows], plain=first[:rows])
    part.replace(target)


def _found(recogniser: FamilyRecogniser, file: Path) -> tuple[Image | None, Face | None]:
    """The picture and the face nearest to its middle."""
    try:
        image = decode_image(file.read_bytes())
    except RollcallError:
        return None, None
    height, width = image.shape[:2]
    faces = recogniser.faces(image, min_face_px=max(30, min(height, width) // 8))
    return image, min(faces, key=lambda each: _from_middle(each.box, width, height), default=None)


def _from_middle(box: Box, width: int, height: int) -> int:
    return (box[0] + box[2] - width) ** 2 + (box[1] + box[3] - height) ** 2


def _seen(recogniser: FamilyRecogniser, image: Image, face: Face, size: int | None) -> tuple[Image, Face] | None:
    """The picture and its face as they are, or shrunk, compressed and found again; None: not found."""
    scale = 1.0 if size is None else size / side(face.box)
    if size is None or scale >= 1.0:
        return image, face
    small = np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    wanted = tuple(edge * scale for edge in face.box)
    compressed = _compressed(small)
    faces = recogniser.faces(compressed, min_face_px=max(12, int(0.7 * size)))
    found = max(faces, key=lambda each: _shared(each.box, wanted), default=None)
    return (compressed, found) if found is not None and _shared(found.box, wanted) >= SHARED else None


def side(box: Box) -> float:
    """Of a square, its side; of MTCNN's boxes that of dlib's for the same face: sizes mean the same in every family."""
    width, height = box[2] - box[0] + 1, box[3] - box[1] + 1
    return float(width) if width == height else DLIB_SIDE * float(np.sqrt(width * height))


def _compressed(image: Image) -> NDArray[np.uint8]:
    _, data = cv2.imencode(".jpg", np.ascontiguousarray(image[:, :, ::-1]), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR_RGB), np.uint8)


def _shared(box: Sequence[float], other: Sequence[float]) -> float:
    """Intersection over union."""
    width = min(box[2], other[2]) - max(box[0], other[0]) + 1
    height = min(box[3], other[3]) - max(box[1], other[1]) + 1
    common = max(width, 0.0) * max(height, 0.0)
    areas = sum((each[2] - each[0] + 1) * (each[3] - each[1] + 1) for each in (box, other))
    return float(common / (areas - common))
