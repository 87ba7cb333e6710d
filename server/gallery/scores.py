"""Distances between faces and students in, scores out: lower is more alike. Knows no threshold."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

MARGIN_WEIGHT: Final = 0.5
"""How much the lead over the runner-up counts beside the distance itself. Chosen on half of the people we have
(docs/accuracy.md, experiment a): 0.25 to 0.75 do about equally well in classes of 10 to 100."""
LENGTH_WEIGHT: Final = 0.3
TYPICAL_LENGTH: Final = 1.43
"""A face with a short embedding lies near everybody: of our strangers the shortest tenth were named twenty times as
often as the longest (docs/accuracy.md, experiment a). The mean length is that of the same people."""
STEPS: Final = float(2**22)
"""Embeddings are taken in steps of 2**-22, which moves a distance by less than 3e-6: products are then whole numbers of
2**-44, and sums of them, below 2**9, fit the 53 bits of a double exactly, in whatever order they are added. Matrix
libraries add in another order for another number of rows."""
COHORT: Final = 3
"""How many of a student's most similar classmates tell how easily others are taken for him."""


def distances(faces: NDArray[np.float32], templates: NDArray[np.float32]) -> Matrix:
    """Euclidean distances, (k, n), between faces (k, d) and templates (n, d), to six digits.

    A face's distances do not depend on which faces it is asked about with, nor on the machine: see STEPS.
    """
    a, b = (np.rint(each.astype(np.float64) * STEPS) / STEPS for each in (faces, templates))
    squares = np.square(a).sum(axis=1)[:, None] + np.square(b).sum(axis=1)[None, :] - 2.0 * a @ b.T
    result: Matrix = np.sqrt(np.maximum(squares, 0.0))
    return result


def length_terms(faces: NDArray[np.float32]) -> NDArray[np.float64]:
    """(k,), to be subtracted from the scores of faces (k, d): below 0 for short embeddings, which asks for more."""
    lengths: NDArray[np.float64] = np.linalg.norm(faces.astype(np.float64), axis=1)
    return LENGTH_WEIGHT * (lengths - TYPICAL_LENGTH)


def with_margin(plain: Matrix, rivals: Matrix | None = None) -> Matrix:
    """Distance plus MARGIN_WEIGHT times (distance - that of the best other student), for every face and student.

    plain: (k, n). rivals: the same with infinity where a student may not be anybody's runner-up (left out: plain).
    A student who is the nearest gains by his lead; any other loses by his lag. Without a second student: plain.
    """
    best_other = _smallest_but_own(plain if rivals is None else rivals)
    lead = np.where(np.isfinite(best_other), plain - np.where(np.isfinite(best_other), best_other, 0.0), 0.0)
    scores: Matrix = plain + MARGIN_WEIGHT * lead
    return scores


def rivals(plain: Matrix, twins: NDArray[np.bool_]) -> Matrix | None:
    """Who may be a runner-up, for `with_margin`: a look-alike of a face's nearest student is asked about instead."""
    return np.where(twins[plain.argmin(axis=1)], np.inf, plain) if twins.any() else None


def _smallest_but_own(values: Matrix) -> Matrix:
    """For each row and column: the smallest of the row's other columns; infinity where there is none."""
    if values.shape[1] < 2:
        return np.full(values.shape, np.inf)
    two = np.partition(values, 1, axis=1)[:, :2]
    return np.where(values <= two[:, :1], two[:, 1:2], two[:, :1])


def crowding(between: Matrix) -> NDArray[np.float64]:
    """How near the COHORT most similar classmates of each student are, (n,): their mean distance to his template.

    between: (n, n), from the photographs of the row's student to the template of the column's; infinity where not used.
    The idea is that of adaptive score normalisation in speaker verification (Sturim and Reynolds, ICASSP 2005;
    Matejka et al., Interspeech 2017): who resembles many is named only on better evidence.
    """
    return _mean_of_smallest(np.sort(between, axis=0)[: COHORT + 1], min(COHORT, len(between) - 1))


def crowding_without(between: Matrix) -> Matrix:
    """The same for a class without the row's student, (n, n): row i leaves student i out."""
    count = min(COHORT, len(between) - 2)
    ordered = np.sort(between, axis=0)[: COHORT + 1]
    own_counts = between <= ordered[count - 1][None, :]
    total = ordered[:count].sum(axis=0)[None, :]
    without = np.where(own_counts, total - between + ordered[count][None, :], total)
    result: Matrix = without / count
    return result


def _mean_of_smallest(ordered: Matrix, count: int) -> NDArray[np.float64]:
    if count < 1:
        return np.zeros(ordered.shape[1])
    result: NDArray[np.float64] = ordered[:count].mean(axis=0)
    return result
