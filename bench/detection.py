"""MMOD's boxes on a fast engine beside dlib's own, and the time that both take for the same search."""

from collections.abc import Iterator
from functools import partial
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.classroom import ROOT, bench_portraits, photo_folder
from bench.table import Row, faster, interleaved_medians, limited, more
from server.faces import Box
from server.recognition import decode_image
from server.recognition.detection import Detection, Detector
from server.recognition.dlib_detectors.dlib_reference import DlibMmodDetector
from server.recognition.dlib_detectors.mmod import MmodDetector
from server.recognition.engines import PictureDetector, choose
from server.recognition.model_files import find_model_files, open_networks

SAME_BOX: Final = 0.9
"""Intersection over union from which two boxes are the same."""
TIE: Final = 0.001
"""Two windows of scores that near are as good as each other, and chance says which one remains."""
SIZE_TIMED: Final = (568, 455)
"""Width and height of the picture for which times of dlib's MMOD are known."""


def rows() -> Iterator[Row]:
    """Boxes alike, and times."""
    yield from _boxes(_pictures())
    yield from _times()


def fast_detector(threads: int, *, exhaustive: bool = False) -> MmodDetector:
    """MMOD on the engine that the server would take."""
    session = choose("auto", threads).engine.open_detector(open_networks(find_model_files()))
    if isinstance(session, PictureDetector):
        raise TypeError("The fast engine must run converted networks.")
    return MmodDetector(session, exhaustive=exhaustive)


def dlib_detector() -> DlibMmodDetector:
    """MMOD run by dlib."""
    session = choose("dlib").engine.open_detector(open_networks(find_model_files()))
    if not isinstance(session, PictureDetector):
        raise TypeError("dlib must search pictures by itself.")
    return DlibMmodDetector(session)


def intersection_over_union(one: Box, other: Box) -> float:
    """Of two boxes, right and bottom inside."""
    inner = [max(min(one[side + 2], other[side + 2]) - max(one[side], other[side]) + 1, 0) for side in (0, 1)]
    areas = [(box[2] - box[0] + 1) * (box[3] - box[1] + 1) for box in (one, other)]
    return inner[0] * inner[1] / (sum(areas) - inner[0] * inner[1])


def _pictures() -> list[NDArray[np.uint8]]:
    """Groups as they are and heads that fill their picture, of 85 to 180 px, where the edges matter."""
    folder = photo_folder()
    files = sorted((folder / "compreface").glob("*.jpg")) if folder else [ROOT / ".cache" / "photos" / "obama.jpg"]
    heads = []
    for number, portrait in enumerate(bench_portraits(24)):
        left, top, right, bottom = portrait.box
        side = right - left + 1
        cut = portrait.image[max(top - side // 2, 0) : bottom + side // 2, max(left - side // 2, 0) : right + side // 2]
        scale = (85 + number * 4) / side
        heads.append(np.asarray(cv2.resize(cut, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8))
    return [decode_image(file.read_bytes()) for file in files] + heads


def _boxes(pictures: list[NDArray[np.uint8]]) -> Iterator[Row]:
    ours, dlibs = fast_detector(2), dlib_detector()
    expected = missed = extra = same = 0
    worst = 0.0
    for picture in pictures:
        reference, found = dlibs.find(picture, 80), ours.find(picture, 80)
        pairs = [(each, _nearest(each, found)) for each in reference]
        matched = [(each, near) for each, near in pairs if near is not None]
        expected, missed = expected + len(reference), missed + len(pairs) - len(matched)
        extra += len(found) - len(matched)
        same += sum(_alike(each, near) for each, near in matched)
        worst = max([worst, *(abs(each.score - near.score) for each, near in matched)])
    yield more("MMOD as is: faces that dlib's own finds", expected - missed, expected, "faces", 1.0)
    yield limited("MMOD as is: faces that dlib's own does not find", extra, 0, "faces")
    yield more(f"MMOD as is: boxes with IoU {SAME_BOX}, or a tie of {TIE}", same, expected, "faces", 1.0)
    yield limited("MMOD as is: largest difference of a score", worst, 0.05, "")


def _nearest(each: Detection, found: list[Detection]) -> Detection | None:
    """The detection of the same face, if there is one."""
    best = max(found, key=lambda one: intersection_over_union(one.box, each.box), default=None)
    return best if best is not None and intersection_over_union(best.box, each.box) > 0.4 else None


def _alike(each: Detection, near: Detection) -> bool:
    return intersection_over_union(each.box, near.box) >= SAME_BOX or abs(each.score - near.score) < TIE


def _times() -> Iterator[Row]:
    portrait = bench_portraits(4)[0].image
    picture = np.asarray(cv2.resize(portrait, SIZE_TIMED, interpolation=cv2.INTER_AREA), np.uint8)
    detectors: dict[str, Detector] = {"dlib": dlib_detector(), "one": fast_detector(1), "two": fast_detector(2)}

    def search(name: str) -> None:
        cv2.setNumThreads(1 if name == "one" else 2)
        detectors[name].find(picture, 80)

    seconds = interleaved_medians({name: partial(search, name) for name in detectors}, 5)
    what = f"MMOD of a picture of {SIZE_TIMED[0]}x{SIZE_TIMED[1]} as is, beside dlib's own"
    yield faster(f"{what}: 1 thread", seconds["one"] * 1e3, seconds["dlib"] * 1e3, "ms", 20)
    yield faster(f"{what}: 2 threads", seconds["two"] * 1e3, seconds["dlib"] * 1e3, "ms", 35)
