"""Whole classroom pictures by every family, from JPEG to embeddings: time, pictures a second, memory, beside dlib.

A picture is what the server does with one: every face looked at once, and a tenth of them, those in doubt, again. What
runs on one thread is given in seconds of the processor.
"""

import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from bench.classroom import ClassPicture, bench_portraits, compose, found_seats
from bench.table import Row, interleaved_medians, limited, more
from server.errors import SetupProblem
from server.faces import Recogniser
from server.families import DEFAULT, FAMILIES
from server.recognition import decode_image, open_recogniser

SIZES_PX: Final = [80, 70, 60, 60, 55, 50, 50, 45, 45, 45] + [40] * 6 + [35] * 6 + [30] * 8
ROOM: Final = (1920, 1080)
CAMERAS: Final = ((1280, 720), (1920, 1080), (3840, 2160))
LEGACY_SIZE: Final = (640, 360)
SMALLEST_PX: Final = 30
IN_DOUBT: Final = 10
"""One face in so many is looked at again."""
MEMORY_FLAG: Final = "--memory"

Recognisers = dict[str, Recogniser]


def rows() -> Iterator[Row]:
    """Everything, in five minutes."""
    picture = compose(bench_portraits(), SIZES_PX, width=ROOM[0], height=ROOM[1], seed=9)
    cv2.setNumThreads(1)
    alone = _opened(threads=1)
    yield from _one_picture(picture, alone)
    yield from _both_sides(picture, alone)
    yield from _pictures_a_second(picture, alone)
    yield from _old_camera(_opened(threads=2))
    for family in alone:
        yield _memory(family)
    cv2.setNumThreads(-1)


def _opened(threads: int) -> Recognisers:
    """Every family whose networks are here."""
    found: Recognisers = {}
    for family in FAMILIES:
        try:
            found[family] = open_recogniser(family, min_face_px=SMALLEST_PX, threads=threads)
        except SetupProblem as problem:
            print(f"NOT RUN: family {family}: {problem.text}", file=sys.stderr)
    return found


def _work(recognisers: Recognisers, jpeg: bytes) -> dict[str, Callable[[], object]]:
    return {family: partial(_recognise, each, jpeg) for family, each in recognisers.items()}


def _recognise(recogniser: Recogniser, jpeg: bytes) -> None:
    """What the server does with a picture."""
    faces = recogniser.look(decode_image(jpeg))
    if recogniser.looks_twice and (doubtful := [face.box for face in faces[::IN_DOUBT]]):
        recogniser.at_boxes(decode_image(jpeg), doubtful)


def _one_picture(picture: ClassPicture, recognisers: Recognisers) -> Iterator[Row]:
    image = decode_image(picture.jpeg)
    seconds = interleaved_medians(_work(recognisers, picture.jpeg), 5, time.process_time)
    for family, taken in seconds.items():
        found, ghosts = found_seats(picture, [face.box for face in recognisers[family].faces(image)])
        what = f"{family}: 1920x1080, 30 faces of 30 to 80 px, JPEG to embeddings, one thread"
        yield limited(what, taken, 0.45, "s") if family == DEFAULT.name else Row(what, taken, None, None, None, "s")
        yield more(f"{family}: faces found in it, of 30", len(found), 30, "faces", 1)
        yield limited(f"{family}: boxes in it where nobody is", len(ghosts), 0, "boxes")


def _both_sides(picture: ClassPicture, recognisers: Recognisers) -> Iterator[Row]:
    """What it would cost to embed both sides of every face at once."""
    work = {
        family: partial(_all_at_once, each, picture.jpeg) for family, each in recognisers.items() if each.looks_twice
    }
    for family, taken in interleaved_medians(work, 3, time.process_time).items() if work else ():
        yield Row(f"{family}: the same, both sides of every face at once", taken, None, None, None, "s")


def _all_at_once(recogniser: Recogniser, jpeg: bytes) -> None:
    recogniser.faces(decode_image(jpeg))


def _pictures_a_second(picture: ClassPicture, recognisers: Recognisers) -> Iterator[Row]:
    """What one core carries, JPEG to embeddings at the smallest face found."""
    image = decode_image(picture.jpeg)
    for width, height in CAMERAS:
        _, jpeg = cv2.imencode(".jpg", cv2.resize(image, (width, height))[:, :, ::-1])
        seconds = interleaved_medians(_work(recognisers, jpeg.tobytes()), 3, time.process_time)
        for family, taken in seconds.items():
            what = f"{family}: {width}x{height}, 30 faces, one core, smallest face {SMALLEST_PX} px; beside dlib"
            must = 3.0 if family == DEFAULT.name else None
            yield more(what, 1 / taken, 1 / seconds["dlib"], "pictures/s", must)


def _old_camera(recognisers: Recognisers) -> Iterator[Row]:
    """One large face: decode, find, embed, on two threads."""
    picture = compose(bench_portraits(8), [110], width=LEGACY_SIZE[0], height=LEGACY_SIZE[1], seed=2)
    for family, taken in interleaved_medians(_work(recognisers, picture.jpeg), 9).items():
        what = f"{family}: 640x360, one large face, JPEG to embedding, two threads"
        limit = 30 if family == DEFAULT.name else 200
        yield limited(what, taken * 1e3, limit, "ms")


def _memory(family: str) -> Row:
    """Of a process of its own, the family opened and a large picture searched."""
    command = [sys.executable, "-m", "bench.family_pictures", MEMORY_FLAG, family]
    found = subprocess.run(command, check=True, capture_output=True, text=True)
    limit = 500 if family == DEFAULT.name else 900
    return limited(f"{family}: memory after 3840x2160", float(found.stdout), limit, "MB")


def _print_memory(family: str) -> None:
    image = np.random.default_rng(1).integers(0, 256, (2160, 3840, 3), dtype=np.uint8)
    open_recogniser(family, min_face_px=SMALLEST_PX, threads=2).faces(
        np.asarray(cv2.GaussianBlur(image, (0, 0), 4), np.uint8)
    )
    print(_peak_mb())


def _peak_mb() -> float:
    """Most memory that this process has held. Where /proc is, from there: ru_maxrss begins with the parent's."""
    status = Path("/proc/self/status")
    if status.exists():
        peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(peak.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__" and MEMORY_FLAG in sys.argv:
    _print_memory(sys.argv[sys.argv.index(MEMORY_FLAG) + 1])
