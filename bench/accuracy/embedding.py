"""Photographs in, embeddings of everybody at every size out, kept outside the project for the other parts."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.accuracy.people import CACHE, SIZES
from server.errors import RollcallError
from server.faces import Box, Recogniser
from server.recognition import decode_image, open_recogniser

PHOTOS = Path(os.environ.get("ROLLCALL_TEST_PHOTOS", "../shared/photos"))
MOST_OF_ONE = 10
SINGLES = 1500
"""People of LFW with one photograph who are kept, as strangers."""
Photograph = tuple[str, Path]


def embed(lfw: Path | None) -> None:
    """Everybody of `congress` and `london_all`, and of LFW's folder `images` where it is given."""
    CACHE.mkdir(parents=True, exist_ok=True)
    mirrored, plain = (open_recogniser(detector="hog", min_face_px=40, mirror=mirror) for mirror in (True, False))
    sets = {"congress": _flat(PHOTOS / "congress"), "london": _flat(PHOTOS / "london_all")}
    if lfw:
        sets["lfw"] = _folders(lfw)
    for name, photographs in sets.items():
        rows = [_embedded(path, mirrored, plain) for _, path in photographs]
        found = np.array([row is not None for row in rows])
        empty = np.zeros((2, len(SIZES), 128), np.float32)
        both = np.stack([empty if row is None else row for row in rows])
        np.savez(
            CACHE / f"{name}.npz",
            owners=np.array([owner for owner, _ in photographs]),
            found=found,
            plain=both[:, 0],
            mirrored=both[:, 1],
        )
        print(f"{name}: {len(photographs)} photographs, face found in {100 * found.mean():.1f} %")


def _flat(folder: Path) -> list[Photograph]:
    return [(path.stem.rsplit("_", 1)[0], path) for path in sorted(folder.glob("*.jpg"))]


def _folders(folder: Path) -> list[Photograph]:
    people = {path.name: sorted(path.glob("*.jpg")) for path in sorted(folder.iterdir()) if path.is_dir()}
    singles = [name for name, files in people.items() if len(files) == 1]
    kept = set(np.random.default_rng(1).choice(singles, min(SINGLES, len(singles)), replace=False).tolist())
    return [
        (name, file) for name, files in people.items() if len(files) > 1 or name in kept for file in files[:MOST_OF_ONE]
    ]


def _embedded(path: Path, mirrored: Recogniser, plain: Recogniser) -> NDArray[np.float32] | None:
    """(2, sizes, 128), without and with mirror, of the face nearest to the middle; None: not found."""
    try:
        image = decode_image(path.read_bytes())
    except RollcallError:
        return None
    boxes = [face.box for face in mirrored.faces(image)]
    if not boxes:
        return None
    height, width = image.shape[:2]
    box = min(boxes, key=lambda each: (each[0] + each[2] - width) ** 2 + (each[1] + each[3] - height) ** 2)
    return np.stack([np.stack(list(_by_size(recogniser, image, box))) for recogniser in (plain, mirrored)])


def _by_size(recogniser: Recogniser, image: NDArray[np.uint8], box: Box) -> Iterator[NDArray[np.float32]]:
    yield recogniser.at_boxes(image, [box])[0].embedding
    yield from recogniser.reduced(image, box).values()
