"""How long a decision takes: one picture, the calibration of a class, and a whole hour."""

import time
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from bench.table import Row, limited
from server.families import DEFAULT
from server.gallery import Gallery, SeenFace, decide_hour
from server.gallery.constants import family_constants

STUDENTS = 300
FACES = 100
OTHERS = 500
PICTURES = 60
SEATS = 60
REPEATS = 20


def rows() -> Iterable[Row]:
    """The speed of a picture, of a calibration and of an hour, on made-up embeddings of the default family's length."""
    random = np.random.default_rng(0)
    embeddings = _made_up(random, STUDENTS)
    gallery = Gallery([f"{student:09d}" for student in range(STUDENTS)], embeddings, model_id=DEFAULT.model_id())
    matcher = gallery.matcher()
    faces = embeddings[:FACES] + random.normal(size=(FACES, DEFAULT.dimensions)).astype(np.float32) * np.float32(0.01)
    yield limited(f"deciding {FACES} faces, class of {STUDENTS}", _fastest(lambda: matcher.identify(faces)), 5.0, "ms")
    yield limited(f"calibrating a class of {STUDENTS}", _fastest(gallery.matcher), 1000.0, "ms")
    others = Gallery(
        [f"other{each:03d}" for each in range(OTHERS)], _made_up(random, OTHERS), model_id=gallery.model_id
    )
    among = _fastest(lambda: gallery.matcher(others=others))
    yield limited(f"calibrating a class of {STUDENTS} among {OTHERS} others", among, 1000.0, "ms")
    course = gallery.of(gallery.student_ids[:SEATS]).matcher()
    hour = [_picture(embeddings[:SEATS], random) for _ in range(PICTURES)]
    decided = _fastest(lambda: decide_hour(course, hour))
    yield limited(f"deciding an hour, {PICTURES} pictures of {SEATS} faces", decided, 500.0, "ms")


def _made_up(random: np.random.Generator, people: int) -> NDArray[np.float32]:
    """People as far apart as the family's usually are."""
    spread = family_constants(DEFAULT.name).scores.typical_distance / np.sqrt(2 * DEFAULT.dimensions)
    made_up: NDArray[np.float32] = (random.normal(size=(people, DEFAULT.dimensions)) * spread).astype(np.float32)
    return made_up


def _picture(faces: NDArray[np.float32], random: np.random.Generator) -> list[SeenFace]:
    """Everybody in his seat."""
    seen = faces + random.normal(size=faces.shape).astype(np.float32) * np.float32(0.01)
    return [SeenFace(face, (100 * place, 0, 100 * place + 59, 59)) for place, face in enumerate(seen)]


def _fastest(work: Callable[[], object]) -> float:
    """Milliseconds of the fastest of REPEATS runs: what the machine's other work adds is left out."""
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times) * 1000
