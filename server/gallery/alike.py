"""Templates in, students who look like one person out. Knows no threshold for strangers, and no words."""

import math
from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.gallery.scores import Matrix, distances, length_terms

SHARE_OF_CHANCE: Final = 0.6
NEARER_BY: Final = 0.030
NEARER_BY_LOG: Final = 0.0145
"""Two students look like one person where they are nearer than SHARE_OF_CHANCE of the distance at which the next people
come to either by chance, plus NEARER_BY, plus NEARER_BY_LOG times the logarithm of how many there are, plus
LENGTH_SHARE of their length terms. With these, about one pair of different people is told in twenty classes of 30, in
mixed classes and in homogeneous ones, small and large; chosen on the people for choosing (docs/accuracy.md, f)."""
MOST_COUNTED: Final = 300
"""Students in the logarithm at most: larger classes were not tried."""
LENGTH_SHARE: Final = 0.25
SURELY_UNDER: Final = 0.30
"""The same where nobody is near by chance only: one person under five numbers, or a picture that stands for many."""
TYPICAL_CHANCE: Final = 0.65
"""Distance at which the next people come in a mixed class of thirty; for those who are missing in a small one."""
TOGETHER: Final = 1000
"""Students whose distances to all others are held in memory at a time."""


def chance(apart: Matrix) -> NDArray[np.float64]:
    """(k,), how near others come to each face by chance: the mean of the second to fourth smallest of distances (k, n).

    Without the smallest, because that may be the same person. Infinity stands for nobody.
    """
    missing = np.full((len(apart), 4), np.inf)
    near = np.sort(np.partition(np.hstack([apart, missing]), 3, axis=1)[:, :4], axis=1)[:, 1:]
    result: NDArray[np.float64] = np.where(np.isfinite(near), near, TYPICAL_CHANCE).mean(axis=1)
    return result


def chances(faces: NDArray[np.float32], means: NDArray[np.float32]) -> NDArray[np.float64]:
    """(n,), how near others come by chance to each student's face: faces and templates, (n, d) each."""
    return np.concatenate([np.empty(0), *(chance(apart) for _, apart in _blocks(faces, means))])


def alike(means: NDArray[np.float32]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Pairs of students who look like one person, (p, 2), columns of the templates (n, d), and their distances (p,).

    They are nearer to each other than others are to either.
    """
    by_chance = chances(means, means)
    terms = length_terms(means)
    pairs, near = [np.empty((0, 2), np.intp)], [np.empty(0)]
    for start, apart in _blocks(means, means):
        rows = slice(start, start + len(apart))
        limits = _limits(np.minimum(by_chance[rows, None], by_chance), terms[rows, None] + terms, len(means))
        found = np.argwhere((apart < limits) & (np.arange(start, start + len(apart))[:, None] < np.arange(len(means))))
        pairs.append(found + np.array([start, 0]))
        near.append(apart[found[:, 0], found[:, 1]])
    return np.concatenate(pairs), np.concatenate(near)


def looks_like(face: NDArray[np.float32], means: NDArray[np.float32], but: int) -> int | None:
    """The column of the student, other than `but`, whom a photograph (d,) shows; None: it looks like nobody's."""
    apart = distances(face[None], means)
    apart[0, but] = np.inf
    nearest = int(apart.argmin())
    terms = length_terms(np.stack([face, means[nearest]]))
    return nearest if apart[0, nearest] < _limits(chance(apart), terms.sum(), len(means))[0] else None


def _limits(by_chance: NDArray[np.float64], terms: NDArray[np.float64], students: int) -> NDArray[np.float64]:
    """Distances under which two look like one person. terms: the sum of both's length terms."""
    nearer_by = NEARER_BY + NEARER_BY_LOG * math.log(min(students, MOST_COUNTED))
    limits: NDArray[np.float64] = np.maximum(
        SHARE_OF_CHANCE * by_chance + nearer_by + LENGTH_SHARE * terms, SURELY_UNDER
    )
    return limits


def _blocks(faces: NDArray[np.float32], means: NDArray[np.float32]) -> Iterator[tuple[int, Matrix]]:
    """Rows of the distances from every face to every template, infinity to one's own; with the number of the first."""
    for start in range(0, len(faces), TOGETHER):
        apart = distances(faces[start : start + TOGETHER], means)
        rows = np.arange(len(apart))
        apart[rows, start + rows] = np.inf
        yield start, apart
