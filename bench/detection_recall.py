"""Of all faces of each size, how many are found: ours beside HOG and dlib's own MMOD with one up-sampling."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bench.classroom import ClassPicture, Portrait, bench_portraits, compose, found_seats, photo_folder
from bench.detection import dlib_detector, fast_detector
from bench.table import Row, limited, more
from server.recognition import decode_image
from server.recognition.detection import Detector
from server.recognition.dlib_detectors.hog import HogDetector

FACES: Final = 12
"""Faces of each size; dlib needs a quarter of a minute for a picture of them."""
SIZES_PX: Final = {20: (640, 360), 25: (640, 360), 30: (640, 360), 40: (800, 450), 60: (1120, 630), 80: (1280, 960)}
"""Widths of faces, and the picture that has room for them."""


def rows() -> Iterator[Row]:
    """Recall by size in composed pictures, then the group photographs."""
    portraits = bench_portraits()
    for size, (width, height) in SIZES_PX.items():
        picture = compose(portraits, [size] * FACES, width=width, height=height, seed=size)
        yield from _recall(picture, size)
    yield from _many(portraits)
    folder = photo_folder()
    if folder is not None:
        yield from _groups(folder / "compreface")


def _recall(picture: ClassPicture, size: int) -> Iterator[Row]:
    ours, of_20 = _found(picture, fast_detector(2), 30), _found(picture, fast_detector(2), 20)
    hog, dlibs = _found(picture, HogDetector(), 40), _found(picture, dlib_detector(), 40)
    what = f"{FACES} faces of {size} px: found"
    yield (
        more(f"{what} (HOG x2: {hog}), beside dlib's MMOD x2", ours, dlibs, "faces")
        if dlibs
        else Row(f"{what} (HOG x2: {hog}, dlib's MMOD x2: none)", ours, None, None, None, "faces")
    )
    if size < 30:
        yield Row(f"{what} with min_face_px 20", of_20, None, None, None, "faces")


def _found(picture: ClassPicture, detector: Detector, min_face_px: int) -> int:
    boxes = [each.box for each in detector.find(decode_image(picture.jpeg), min_face_px)]
    return len(found_seats(picture, boxes)[0])


def _many(portraits: list[Portrait]) -> Iterator[Row]:
    """The default beside the search of every level, on many faces of 30 to 60 px."""
    quick, thorough = fast_detector(2), fast_detector(2, exhaustive=True)
    found = expected = ghosts = 0
    for seed in range(3):
        sizes = [60 - 30 * number // 24 for number in range(25)]
        picture = compose(portraits, sizes, width=1280, height=720, seed=seed)
        image = decode_image(picture.jpeg)
        seats, nobody = found_seats(picture, [each.box for each in quick.find(image, 30)])
        found, ghosts = found + len(seats), ghosts + len(nobody)
        expected += len(found_seats(picture, [each.box for each in thorough.find(image, 30)])[0])
    yield more("75 faces of 30 to 60 px: found, beside a search of every level", found, expected, "faces", 1.0)
    yield limited("75 faces of 30 to 60 px: boxes where nobody is", ghosts, 0, "boxes")


def noses_of(folder: Path) -> dict[str, list[tuple[float, float]]]:
    """The nose of every face of the groups, by file."""
    noses = defaultdict(list)
    with (folder / "noses.csv").open(encoding="utf-8") as table:
        for row in csv.DictReader(table):
            noses[row["file"]].append((float(row["x_px"]), float(row["y_px"])))
    return noses


def _groups(folder: Path) -> Iterator[Row]:
    noses = noses_of(folder)
    detector = fast_detector(2)
    found = false = 0
    for file in sorted(folder.glob("*.jpg")):
        boxes = [each.box for each in detector.find(decode_image(file.read_bytes()), 30)]
        hit = [any(box[0] <= x <= box[2] and box[1] <= y <= box[3] for box in boxes) for x, y in noses[file.name]]
        found, false = found + sum(hit), false + len(boxes) - sum(hit)
    expected = sum(map(len, noses.values()))
    yield more("faces of the group photographs: found, of all", found, expected, "faces", 1.0)
    yield limited("faces of the group photographs: found where none is", false, 0, "boxes")
