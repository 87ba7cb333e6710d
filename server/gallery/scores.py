"""Distances between faces and students, and the scores that are decided by: lower is more alike."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.gallery.constants import Scoring

Matrix = NDArray[np.float64]

STEPS: Final = float(2**22)
"""Embeddings are taken in steps of 2**-22, which moves a distance by less than 3e-6: products are then whole numbers of
2**-44, and sums of them, below 2**9, fit the 53 bits of a double exactly, in whatever order they are added. Matrix
libraries add in another order for another number of rows."""


def distances(faces: NDArray[np.float32], templates: NDArray[np.float32]) -> Matrix:
    """Euclidean distances, (k, n), between faces (k, d) and templates (n, d), to six digits.

    A face's distances do not depend on which faces it is asked about with, nor on the machine: see STEPS.
    """
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


def nearest_others(plain: Matrix, scoring: Scoring, twins: NDArray[np.bool_] | None = None) -> Matrix:
    """(k, n): how near a face comes to the students other than this one, the mean over the nearest of them.

    plain: (k, n), distances; infinity for whoever is not to count. twins: (n, n), look-alikes, who are not held against
    each other. What is subtracted is the cohort's mean of adaptive score normalisation in speaker recognition (Matejka
    et al., Interspeech 2017); the students themselves are the cohort, and deviations are not divided by.
    """
    students = plain.shape[1]
    count = max(1, round(scoring.nearest_share * (students - 1)))
    means = _mean_but_own(plain, count)
    for column in np.flatnonzero(twins.any(axis=1)) if twins is not None else ():
        rivals = plain[:, ~twins[column] & (np.arange(students) != column)] if twins is not None else plain
        means[:, column] = _mean_of_nearest(rivals, count)
    return _with_typical(means, min(count, students - 1), scoring)


def _mean_but_own(plain: Matrix, count: int) -> Matrix:
    """For each row and column the mean of the `count` smallest finite values in the row's other columns; else nan."""
    if plain.shape[1] < 2:
        return np.full(plain.shape, np.nan)
    count = min(count, plain.shape[1] - 1)
    if count == plain.shape[1] - 1:
        finite = np.isfinite(plain)
        values = np.where(finite, plain, 0.0)
        left = finite.sum(axis=1, keepdims=True) - finite
        totals = values.sum(axis=1, keepdims=True) - values
        exact: Matrix = np.divide(totals, left, out=np.full(plain.shape, np.nan), where=left > 0)
        return exact
    nearest = np.partition(plain, count, axis=1)[:, : count + 1]
    last, total = nearest.max(axis=1, keepdims=True), nearest.sum(axis=1, keepdims=True)
    totals = total - np.where(plain < last, plain, last)
    means: Matrix = np.where(np.isfinite(totals), totals / count, np.nan)
    return means


def _mean_of_nearest(plain: Matrix, count: int) -> NDArray[np.float64]:
    if not plain.shape[1]:
        return np.full(len(plain), np.nan)
    count = min(count, plain.shape[1])
    result: NDArray[np.float64] = np.partition(plain, count - 1, axis=1)[:, :count].mean(axis=1)
    return result


def _with_typical(means: Matrix, count: int, scoring: Scoring) -> Matrix:
    """Drawn towards the homogeneous distance where few students stand behind a mean; for want of any, the typical."""
    weight = scoring.typical_weight
    seen = count * means if count else np.zeros_like(means)
    drawn = (seen + weight * scoring.homogeneous_distance) / (count + weight) if count + weight else means
    result: Matrix = np.where(np.isfinite(drawn), drawn, scoring.typical_distance)
    return result
