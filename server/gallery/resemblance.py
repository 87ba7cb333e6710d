"""Tell which students look like one person because they are nearer to each other than others to either."""

import math
from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.gallery.constants import DecisionConstants
from server.gallery.scores import Matrix, distances, length_terms

# Of the others who are near, the second to fourth say how near people come by chance; the first may be the same person.
NEAREST: Final = 4
# Students in the logarithm at most: larger classes were not tried.
MOST_COUNTED: Final = 300
# Students whose distances to all others are held in memory at a time.
TOGETHER: Final = 1000


def chance(apart: Matrix, typical: float) -> NDArray[np.float64]:
    """(k,), how near others come to each face by chance, from distances (k, n); infinity stands for nobody."""
    # The mean of the second to fourth smallest; typical stands for those who are missing in a small class.
    missing = np.full((len(apart), NEAREST), np.inf)
    near = np.sort(np.partition(np.hstack([apart, missing]), NEAREST - 1, axis=1)[:, :NEAREST], axis=1)[:, 1:]
    result: NDArray[np.float64] = np.where(np.isfinite(near), near, typical).mean(axis=1)
    return result


def chances(
    faces: NDArray[np.float32], means: NDArray[np.float32], constants: DecisionConstants
) -> NDArray[np.float64]:
    """(n,), how near others come by chance to each student's face."""
    typical = constants.resemblance.typical_nearest
    return np.concatenate([np.empty(0), *(chance(apart, typical) for _, apart in _blocks(faces, means))])


def alike(means: NDArray[np.float32], constants: DecisionConstants) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Pairs of students who look like one person, (p, 2), columns of the templates, and their distances (p,)."""
    by_chance = chances(means, means, constants)
    terms = length_terms(means, constants.scores)
    pairs, near = [np.empty((0, 2), np.intp)], [np.empty(0)]
    for start, apart in _blocks(means, means):
        rows = slice(start, start + len(apart))
        nearer, lengths = np.minimum(by_chance[rows, None], by_chance), terms[rows, None] + terms
        found = np.argwhere(
            (apart < limits(nearer, lengths, len(means), constants))
            & (np.arange(start, start + len(apart))[:, None] < np.arange(len(means)))
        )
        pairs.append(found + np.array([start, 0]))
        near.append(apart[found[:, 0], found[:, 1]])
    return np.concatenate(pairs), np.concatenate(near)


def looks_like(
    face: NDArray[np.float32], means: NDArray[np.float32], but: int, constants: DecisionConstants
) -> int | None:
    """The column of the student, other than `but`, whom a photograph (d,) shows; None: nobody's."""
    apart = distances(face[None], means)
    apart[0, but] = np.inf
    nearest = int(apart.argmin())
    terms = length_terms(np.stack([face, means[nearest]]), constants.scores)
    near = chance(apart, constants.resemblance.typical_nearest)
    return nearest if apart[0, nearest] < limits(near, terms.sum(), len(means), constants)[0] else None


def limits(
    by_chance: NDArray[np.float64],
    lengths: NDArray[np.float64] | np.float64,
    students: int,
    constants: DecisionConstants,
) -> NDArray[np.float64]:
    """Distances under which two look like one person; lengths are the sums of both's length terms."""
    fitted = constants.resemblance
    level = fitted.level + fitted.per_log_students * math.log(max(min(students, MOST_COUNTED), 1))
    result: NDArray[np.float64] = np.maximum(level + fitted.nearest_weight * by_chance + lengths, fitted.surely_under)
    return result


def _blocks(faces: NDArray[np.float32], means: NDArray[np.float32]) -> Iterator[tuple[int, Matrix]]:
    # Rows of the distances from every face to every template, infinity to one's own; with the number of the first.
    for start in range(0, len(faces), TOGETHER):
        apart = distances(faces[start : start + TOGETHER], means)
        rows = np.arange(len(apart))
        apart[rows, start + rows] = np.inf
        yield start, apart
