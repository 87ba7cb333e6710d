"""Whole classroom pictures, from JPEG to embeddings: time beside dlib and HOG, memory, other threads, where time goes.

ROLLCALL_BENCH_FULL=1 has dlib search all four quarters of the picture, which takes minutes, instead of one.
"""

import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.classroom import ClassPicture, bench_portraits, compose, found_seats
from bench.detection import dlib_detector
from bench.table import Row, faster, interleaved_medians, limited, more
from server.faces import Recogniser
from server.recognition import decode_image, open_recogniser
from server.recognition.alignment import Aligner
from server.recognition.dlib_detectors.hog import HogDetector
from server.recognition.dlib_detectors.mmod import FIRST_WINDOW_PX
from server.recognition.dlib_detectors.pyramid import levels_of
from server.recognition.model_files import find_model_files

SIZES_PX: Final = [80, 70, 60, 60, 55, 50, 50, 45, 45, 45] + [40] * 6 + [35] * 6 + [30] * 8
PICTURES: Final = ((1280, 720), (1920, 1080), (3840, 2160))
LEGACY_SIZE: Final = (640, 360)
STILL_S: Final = 0.010
"""A thread that sleeps a millisecond at a time stands still when it wakes later than this."""
TICK_S: Final = 0.001
MEMORY_FLAG: Final = "--memory"


def rows() -> Iterator[Row]:
    """Everything about whole pictures."""
    picture = compose(bench_portraits(), SIZES_PX, width=1920, height=1080, seed=9)
    recogniser = open_recogniser(threads=2)
    yield from _against_references(picture, recogniser)
    yield from _profile(picture, recogniser)
    yield _standing_still(picture, recogniser)
    yield _one_face()
    yield _memory()
    yield from _pictures_a_second(picture)


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


def _one_face() -> Row:
    """The picture of the old camera, one large face: decode, detect at the default, embed both sides."""
    picture = compose(bench_portraits(8), [110], width=LEGACY_SIZE[0], height=LEGACY_SIZE[1], seed=2)
    recogniser = open_recogniser(threads=2)
    seconds = interleaved_medians({"ours": lambda: recogniser.faces(decode_image(picture.jpeg))}, 7)
    return limited("640x360, one large face, JPEG to embedding", seconds["ours"] * 1e3, 200, "ms")


def _memory() -> Row:
    """Of a process of its own, both models opened and a large picture searched."""
    found = subprocess.run(
        [sys.executable, "-m", "bench.detection_pictures", MEMORY_FLAG], check=True, capture_output=True, text=True
    )
    return limited("memory with both models after 3840x2160", float(found.stdout), 900, "MB")


def _pictures_a_second(picture: ClassPicture) -> Iterator[Row]:
    """What one core carries, JPEG to embeddings at the smallest face found."""
    recogniser = open_recogniser(threads=1)
    cv2.setNumThreads(1)
    image = decode_image(picture.jpeg)
    for width, height in PICTURES:
        _, jpeg = cv2.imencode(".jpg", cv2.resize(image, (width, height))[:, :, ::-1])
        seconds = interleaved_medians({"ours": partial(_recognise, recogniser, jpeg.tobytes())}, 2)
        yield Row(
            f"{width}x{height}, 30 faces, one core, smallest face 30 px",
            1 / seconds["ours"],
            None,
            None,
            None,
            "pictures/s",
        )
    cv2.setNumThreads(-1)


def _recognise(recogniser: Recogniser, jpeg: bytes) -> None:
    recogniser.faces(decode_image(jpeg))


def _print_memory() -> None:
    image = np.random.default_rng(1).integers(0, 256, (2160, 3840, 3), dtype=np.uint8)
    open_recogniser(threads=2).faces(np.asarray(cv2.GaussianBlur(image, (0, 0), 4), np.uint8))
    print(_peak_mb())


def _peak_mb() -> float:
    """Most memory that this process has held. Where /proc is, from there: ru_maxrss begins with the parent's."""
    status = Path("/proc/self/status")
    if status.exists():
        peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(peak.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__" and MEMORY_FLAG in sys.argv:
    _print_memory()
