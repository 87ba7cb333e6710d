"""How long a decision takes: one picture, and the calibration of a class."""

import time
from collections.abc import Callable, Iterable

import numpy as np

from bench.table import Row, limited
from server.gallery import Gallery

STUDENTS = 300
FACES = 100
REPEATS = 20


def rows() -> Iterable[Row]:
    """The speed of one picture and of one calibration, on made-up embeddings of real sizes."""
    random = np.random.default_rng(0)
    embeddings = (random.normal(size=(STUDENTS, 128)) * 0.05 + 0.1).astype(np.float32)
    gallery = Gallery([f"{student:09d}" for student in range(STUDENTS)], embeddings, model_id="bench")
    matcher = gallery.matcher()
    faces = embeddings[:FACES] + random.normal(size=(FACES, 128)).astype(np.float32) * np.float32(0.01)
    yield limited(f"deciding {FACES} faces, class of {STUDENTS}", _fastest(lambda: matcher.identify(faces)), 5.0, "ms")
    yield limited(f"calibrating a class of {STUDENTS}", _fastest(gallery.matcher), 1000.0, "ms")


def _fastest(work: Callable[[], object]) -> float:
    """Milliseconds of the fastest of REPEATS runs: what the machine's other work adds is left out."""
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times) * 1000
