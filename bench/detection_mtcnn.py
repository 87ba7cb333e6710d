"""Of the faces that MMOD finds at 30 px, how many MTCNN loses; what it finds beyond them, and where nobody is."""

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.classroom import Portrait, bench_portraits, compose, found_seats, photo_folder
from bench.detection import fast_detector
from bench.detection_recall import noses_of
from bench.table import Row, faster, interleaved_medians, limited, more
from server.errors import SetupProblem
from server.faces import Box
from server.recognition import decode_image
from server.recognition.detection import Detector
from server.recognition.engines import choose
from server.recognition.mtcnn import MtcnnDetector, MtcnnNetworks
from server.recognition.weights import published_network

SIZES_PX: Final = {20: (960, 540), 25: (1120, 630), 30: (1280, 720), 40: (1600, 900)}
"""Widths of faces in composed rooms, and the picture that has room for FACES of them."""
FACES: Final = 25
ROOMS: Final = 3
SMALLEST_PX: Final = 30
FINEST_PX: Final = 20
SPEED_SIZES_PX: Final = [80, 70, 60, 60, 55, 50, 50, 45, 45, 45] + [40] * 6 + [35] * 6 + [30] * 8
GIF_STEP: Final = 4
"""Of the clip of a classroom every fourth picture is looked at."""

Pixels = NDArray[np.uint8]


def rows() -> Iterator[Row]:
    """Composed rooms, groups, pictures of nobody, and the time, in two minutes."""
    try:
        mtcnn = mtcnn_detector(1)
    except SetupProblem as missing:
        print(f"NOT RUN: MTCNN beside MMOD: {missing.text}", file=sys.stderr)
        return
    mmod, portraits = fast_detector(1), bench_portraits()
    for size, (width, height) in SIZES_PX.items():
        yield from _rooms(portraits, size, (width, height), mtcnn, mmod)
    yield from _photographs(mtcnn, mmod)
    yield from _nobody(mtcnn)
    yield from _times(portraits, mtcnn, mmod)


def mtcnn_detector(workers: int) -> MtcnnDetector:
    """MTCNN on the engine that the server would take. Raises SetupProblem where its weights are missing."""
    engine = choose("auto", 1).engine
    networks = MtcnnNetworks(*(engine.open_network(published_network(name)) for name in ("pnet", "rnet", "onet")))
    return MtcnnDetector(networks, workers=workers)


def _boxes(detector: Detector, image: Pixels, min_face_px: int) -> list[Box]:
    return [each.box for each in detector.find(image, min_face_px)]


def _rooms(
    portraits: list[Portrait], size: int, picture_size: tuple[int, int], mtcnn: Detector, mmod: Detector
) -> Iterator[Row]:
    found = fine = expected = lost = false = 0
    for seed in range(ROOMS):
        width, height = picture_size
        picture = compose(portraits, [size] * FACES, width=width, height=height, seed=seed * 100 + size)
        image = decode_image(picture.jpeg)
        seats, nobody = found_seats(picture, _boxes(mtcnn, image, SMALLEST_PX))
        by_mmod, _ = found_seats(picture, _boxes(mmod, image, SMALLEST_PX))
        finest, nobody_there = found_seats(picture, _boxes(mtcnn, image, FINEST_PX))
        found, fine, expected = found + len(seats), fine + len(finest), expected + len(by_mmod)
        lost += sum(seat not in seats for seat in by_mmod)
        false += len(nobody) + len(nobody_there)
    what = f"{ROOMS * FACES} faces of {size} px in composed rooms"
    plain = Row(f"{what}: MTCNN at 30 px, MMOD none", found, None, None, None, "faces")
    yield more(f"{what}: MTCNN at 30 px, beside MMOD at 30 px", found, expected, "faces", 1.0) if expected else plain
    yield Row(f"{what}: MTCNN at 20 px", fine, None, None, None, "faces")
    yield limited("  of MMOD's lost by MTCNN at 30 px", lost, 0, "faces")
    yield limited("  found where nobody is, at 30 and 20 px", false, 0, "boxes")


def _photographs(mtcnn: Detector, mmod: Detector) -> Iterator[Row]:
    folder = photo_folder()
    if folder is None:
        print("NOT RUN: MTCNN in groups: there is no folder of test photographs", file=sys.stderr)
        return
    noses = noses_of(folder / "compreface")
    files = [*sorted((folder / "compreface").glob("*.jpg")), folder / "whitehouse" / "two_people.jpg"]
    annotated = hit = false = lost = total = 0
    for file in [*files, folder / "nasa" / "expedition1_crew.jpg"]:
        image = decode_image(file.read_bytes())
        boxes, others = _boxes(mtcnn, image, SMALLEST_PX), _boxes(mmod, image, SMALLEST_PX)
        if file.parent.name == "compreface":
            hits = [any(_inside(box, nose) for box in boxes) for nose in noses[file.name]]
            annotated, hit, false = annotated + len(hits), hit + sum(hits), false + len(boxes) - sum(hits)
        total += len(others)
        lost += sum(not any(_inside(box, _middle(other)) for box in boxes) for other in others)
    yield more("annotated faces of the groups: MTCNN at 30 px, of all", hit, annotated, "faces", 1.0)
    yield limited("  found where none is annotated", false, 0, "boxes")
    yield limited(f"  of MMOD's {total} in all groups lost by MTCNN", lost, 0, "faces")
    pictures = list(_clip(folder / "intel" / "classroom.gif"))
    for least in (SMALLEST_PX, FINEST_PX):
        seen, by_mmod = (sum(len(_boxes(each, image, least)) for image in pictures) for each in (mtcnn, mmod))
        what = f"{4 * len(pictures)} faces of 20 px in a clip: MTCNN at {least} px (MMOD: {by_mmod})"
        yield Row(what, seen, None, None, None, "faces")


def _clip(file: Path) -> Iterator[Pixels]:
    with Image.open(file) as clip:
        for number in range(0, getattr(clip, "n_frames", 1), GIF_STEP):
            clip.seek(number)
            yield np.array(clip.convert("RGB"), np.uint8)


def _inside(box: Box, point: tuple[float, float]) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def _middle(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _nobody(mtcnn: Detector) -> Iterator[Row]:
    """False faces a megapixel on what holds none, at the finest setting."""
    noise = np.random.default_rng(1).integers(0, 256, (1080, 1920, 3), np.uint8)
    soft = np.asarray(cv2.GaussianBlur(noise, (0, 0), 3), np.uint8)
    rows_at, columns = np.indices((1080, 1920))
    checks = [((rows_at // side + columns // side) % 2 * 255).astype(np.uint8) for side in (4, 16, 40, 100)]
    pictures = {
        "black": [np.zeros_like(noise)],
        "white": [np.full_like(noise, 255)],
        "noise, sharp and soft": [noise, soft],
        "checkerboards of 4 to 100 px": [np.repeat(each[:, :, None], 3, axis=2) for each in checks],
    }
    folder = photo_folder()
    if folder is not None:
        pictures["a photograph of things"] = [decode_image((folder / "compreface" / "017_0.jpg").read_bytes())]
    for name, images in pictures.items():
        megapixels = sum(image.shape[0] * image.shape[1] for image in images) / 1e6
        found = sum(len(mtcnn.find(image, FINEST_PX)) for image in images)
        yield limited(f"MTCNN at 20 px on {name}: false faces", found / megapixels, 0, "faces/MP")


def _times(portraits: list[Portrait], mtcnn: Detector, mmod: Detector) -> Iterator[Row]:
    image = decode_image(compose(portraits, SPEED_SIZES_PX, width=1920, height=1080, seed=9).jpeg)
    cv2.setNumThreads(1)
    searches = {
        "mtcnn": partial(mtcnn.find, image, SMALLEST_PX),
        "fine": partial(mtcnn.find, image, FINEST_PX),
        "mmod": partial(mmod.find, image, SMALLEST_PX),
    }
    ms = {name: seconds * 1e3 for name, seconds in interleaved_medians(searches, 5).items()}
    cv2.setNumThreads(-1)
    what = "1920x1080, 30 faces of 30 to 80 px found, 1 thread"
    yield faster(f"{what}: MTCNN at 30 px, beside MMOD at 30 px", ms["mtcnn"], ms["mmod"], "ms")
    yield Row(f"{what}: MTCNN at 20 px", ms["fine"], None, None, None, "ms")
