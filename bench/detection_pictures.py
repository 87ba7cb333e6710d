"""Whole classroom pictures by family dlib, beside dlib itself and HOG: time, other threads, where the time goes.

ROLLCALL_BENCH_FULL=1 has dlib search all four quarters of the picture, which takes minutes, instead of one.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench.classroom import ClassPicture, bench_portraits, compose, found_seats
from bench.detection import dlib_detector
from bench.family_pictures import SIZES_PX
from bench.table import Row, faster, interleaved_medians, limited, more
from server.faces import Recogniser
from server.recognition import decode_image, open_recogniser
from server.recognition.alignment import Aligner
from server.recognition.dlib_detectors.hog import HogDetector
from server.recognition.dlib_detectors.mmod import FIRST_WINDOW_PX
from server.recognition.dlib_detectors.pyramid import levels_of
from server.recognition.model_files import find_model_files

STILL_S: Final = 0.010
"""A thread that sleeps a millisecond at a time stands still when it wakes later than this."""
TICK_S: Final = 0.001


def rows() -> Iterator[Row]:
    """Everything about whole pictures."""
    picture = compose(bench_portraits(), SIZES_PX, width=1920, height=1080, seed=9)
    recogniser = open_recogniser("dlib", min_face_px=30, threads=2)
    yield from _against_references(picture, recogniser)
    yield from _profile(picture, recogniser)
    yield _standing_still(picture, recogniser)


def _against_references(picture: ClassPicture, recogniser: Recogniser) -> Iterator[Row]:
    image = decode_image(picture.jpeg)
    hog = HogDetector()
    seconds = interleaved_medians(
        {
            "ours": lambda: recogniser.faces(decode_image(picture.jpeg)),
            "hog": lambda: hog.find(image, 40),
        },
        5,
    )
    quarters, dlibs = _dlib_in_quarters(image)
    what = "1920x1080, 30 faces of 30 to 80 px, JPEG to embeddings"
    yield faster(f"{what}, beside dlib's MMOD x4 on {quarters}", seconds["ours"], dlibs, "s", 60)
    yield limited(f"{what}, beside HOG x2", seconds["ours"] / seconds["hog"], 2.5, "times")
    boxes = [face.box for face in recogniser.faces(image)]
    found, ghosts = found_seats(picture, boxes)
    hogs, _ = found_seats(picture, [each.box for each in hog.find(image, 40)])
    yield more("  faces found, of 30, beside HOG x2", len(found), max(len(hogs), 1), "faces")
    yield limited("  boxes where nobody is", len(ghosts), 0, "boxes")


def _dlib_in_quarters(image: NDArray[np.uint8]) -> tuple[str, float]:
    """What was searched, and the seconds that all four quarters take, two up-samplings each."""
    height, width = image.shape[0] // 2, image.shape[1] // 2
    quarters = [image[y : y + height, x : x + width] for y in (0, height) for x in (0, width)]
    full = os.environ.get("ROLLCALL_BENCH_FULL") == "1"
    detector = dlib_detector()
    started = time.perf_counter()
    for quarter in quarters if full else quarters[:1]:
        detector.find(np.ascontiguousarray(quarter), 20)
    elapsed = time.perf_counter() - started
    return ("four quarters", elapsed) if full else ("a quarter, four times", 4 * elapsed)


def _profile(picture: ClassPicture, recogniser: Recogniser) -> Iterator[Row]:
    """Where the time of one snapshot goes, in the order of the work."""
    image = decode_image(picture.jpeg)
    boxes = [face.box for face in recogniser.faces(image)]
    aligner = Aligner(find_model_files().landmarks)
    work: dict[str, Callable[[], object]] = {
        "decode": lambda: decode_image(picture.jpeg),
        "draw the pyramid": lambda: [level.sheet for level in levels_of(image, FIRST_WINDOW_PX / 30)],
        "everything": lambda: recogniser.faces(decode_image(picture.jpeg)),
        "landmarks and chips": lambda: aligner.align(image, boxes),
        "no more than one face": lambda: recogniser.faces(image, max_faces=1),
    }
    ms = {name: seconds * 1e3 for name, seconds in interleaved_medians(work, 3).items()}
    searched = ms["no more than one face"] - ms["draw the pyramid"]
    embedded = ms["everything"] - ms["decode"] - ms["no more than one face"] - ms["landmarks and chips"]
    parts = {
        "decode": ms["decode"],
        "draw the pyramid": ms["draw the pyramid"],
        "search it": searched,
        "landmarks and chips": ms["landmarks and chips"],
        "embed, both sides": embedded,
    }
    for name, value in parts.items():
        yield Row(f"  of one snapshot: {name}", value, None, None, None, "ms")


def _standing_still(picture: ClassPicture, recogniser: Recogniser) -> Row:
    """How much of the time another thread, which only wants to wake each millisecond, stands still."""
    image, gaps, done = decode_image(picture.jpeg), [], threading.Event()

    def wake() -> None:
        last = time.perf_counter()
        while not done.is_set():
            time.sleep(TICK_S)
            now = time.perf_counter()
            gaps.append(now - last)
            last = now

    other = threading.Thread(target=wake)
    other.start()
    started = time.perf_counter()
    for _ in range(3):
        recogniser.faces(image)
    elapsed = time.perf_counter() - started
    done.set()
    other.join()
    return limited(
        "another thread stands still meanwhile", 100 * sum(gap for gap in gaps if gap > STILL_S) / elapsed, 10, "%"
    )
