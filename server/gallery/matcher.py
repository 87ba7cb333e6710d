"""Who is it: the nearest student under a plain distance, each student once a picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Verdict = Literal["sure", "check", "unknown"]

THRESHOLD: Final = 0.45
"""Euclidean distance under which a face is taken for a student. One value for every class is a stopgap: dlib's own 0.6
names a stranger in most pictures of a class of 30 similar faces, 0.40 in a fifth of them (measured on 40 people)."""
MOST_CANDIDATES: Final = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A student who may be this face. distance: plain Euclidean between embeddings, lower is more alike."""

    student_id: str
    distance: float


@dataclass(frozen=True, slots=True)
class Match:
    """What was decided about a face. `sure` and `check` name a student, `unknown` has None.

    probability: calibrated, 0 to 1; None: not known. candidates: nearest first.
    """

    verdict: Verdict
    student_id: str | None
    probability: float | None
    candidates: tuple[Candidate, ...]


class Matcher:
    """Decides by the nearest of a student's photographs. Never changes, so any thread may use it."""

    def __init__(self, student_ids: Sequence[str], embeddings: NDArray[np.float32]) -> None:
        self._students = sorted(set(student_ids))
        place = {student: column for column, student in enumerate(self._students)}
        self._columns = np.array([place[student] for student in student_ids], dtype=np.intp)
        self._embeddings = embeddings

    def identify(self, probes: NDArray[np.float32]) -> list[Match]:
        """probes: (k, 128), the faces of one picture -> a Match for each, in their order. No student twice."""
        distances = self.distances(probes)
        taken: dict[str, int] = {}
        ranked = [self._candidates(row) for row in distances]
        for face in sorted(range(len(ranked)), key=lambda face: ranked[face][0].distance if ranked[face] else np.inf):
            if ranked[face] and ranked[face][0].distance < THRESHOLD:
                taken.setdefault(ranked[face][0].student_id, face)
        return [self._match(face, candidates, taken) for face, candidates in enumerate(ranked)]

    def distances(self, probes: NDArray[np.float32]) -> NDArray[np.float64]:
        """(k, number of students): the smallest distance of each probe to each student's photographs."""
        nearest = np.full((len(probes), len(self._students)), np.inf)
        if len(probes) and len(self._students):
            difference = probes[:, None, :].astype(np.float64) - self._embeddings[None, :, :]
            np.minimum.at(nearest.T, self._columns, np.sqrt(np.square(difference).sum(axis=2)).T)
        return nearest

    def _candidates(self, distances: NDArray[np.float64]) -> tuple[Candidate, ...]:
        nearest = np.argsort(distances, kind="stable")[:MOST_CANDIDATES]
        return tuple(Candidate(self._students[column], float(distances[column])) for column in nearest)

    def _match(self, face: int, candidates: tuple[Candidate, ...], taken: dict[str, int]) -> Match:
        named = candidates[0].student_id if candidates else None
        if named is not None and taken.get(named) == face:
            return Match("sure", named, None, candidates)
        return Match("unknown", None, None, candidates)
