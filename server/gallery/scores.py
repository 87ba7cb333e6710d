"""Measure how far faces are from students, and score them: lower is more alike."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.gallery.constants import Scoring

Matrix = NDArray[np.float64]

# Embeddings are taken in steps of 2**-22, which moves a distance by less than 3e-6: products are then whole numbers of
# 2**-44, and sums of them, below 2**9, fit the 53 bits of a double exactly, in whatever order they are added. Matrix
# libraries add in another order for another number of rows.
STEPS: Final = float(2**22)


def distances(faces: NDArray[np.float32], templates: NDArray[np.float32]) -> Matrix:
    """Euclidean distances, (k, n), between faces (k, d) and templates (n, d), to six digits."""
    # So a face's distances depend neither on which faces it is asked about with nor on the machine.
    a, b = (np.rint(each.astype(np.float64) * STEPS) / STEPS for each in (faces, templates))
    squares = np.square(a).sum(axis=1)[:, None] + np.square(b).sum(axis=1)[None, :] - 2.0 * a @ b.T
    result: Matrix = np.sqrt(np.maximum(squares, 0.0))
    return result


def length_terms(faces: NDArray[np.float32], scoring: Scoring) -> NDArray[np.float64]:
    """(k,), to be subtracted from the scores of faces (k, d): below 0 for short ones, which lie near everybody."""
    if not scoring.length_weight:
        return np.zeros(len(faces))
    lengths: NDArray[np.float64] = np.linalg.norm(faces.astype(np.float64), axis=1)
    return scoring.length_weight * (lengths - scoring.typical_length)


def with_margin(plain: Matrix, scoring: Scoring, twins: NDArray[np.bool_] | None = None) -> Matrix:
    """Distances (k, n), each less margin_weight times that to the best other student.

    Look-alikes, twins (n, n), are nobody's best other where they are asked about.
    """
    best_other = _smallest_but_own(plain)
    for column in np.flatnonzero(twins.any(axis=1)) if twins is not None else ():
        rivals = plain[:, ~twins[column] & (np.arange(plain.shape[1]) != column)] if twins is not None else plain
        best_other[:, column] = rivals.min(axis=1, initial=np.inf)
    # Without a second student the best other is as far as people usually are.
    best_other[~np.isfinite(best_other)] = scoring.typical_distance
    scores: Matrix = plain - scoring.margin_weight * best_other
    return scores


def _smallest_but_own(values: Matrix) -> Matrix:
    # For each row and column: the smallest of the row's other columns; infinity where there is none.
    if values.shape[1] < 2:
        return np.full(values.shape, np.inf)
    two = np.partition(values, 1, axis=1)[:, :2]
    return np.where(values <= two[:, :1], two[:, 1:2], two[:, :1])
