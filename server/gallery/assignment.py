"""Give each face of a picture at most one student, and each student at most one face."""

import numpy as np
from numpy.typing import NDArray

from server.gallery.scores import Matrix

NOBODY = -1


def assign(scores: Matrix, threshold: float) -> NDArray[np.intp]:
    """The student (a column) of each face, (k,), or NOBODY: the choice with the smallest sum of scores (k, n).

    Lower is more alike. Nobody costs `threshold`, so no face is given a student at a higher score, and a stranger takes
    no student from a face that fits better.
    """
    chosen = np.full(len(scores), NOBODY, dtype=np.intp)
    possible = scores <= threshold
    faces, students = np.flatnonzero(possible.any(axis=1)), np.flatnonzero(possible.any(axis=0))
    if not len(faces):
        return chosen
    # It takes a third of a second to import: few commands look at faces, and a server's first picture can wait for it.
    from scipy.optimize import linear_sum_assignment

    gains = np.minimum(scores[np.ix_(faces, students)] - threshold, 0.0)
    # Jonker and Volgenant's algorithm, as in SciPy.
    costs = np.hstack([gains, np.zeros((len(faces), len(faces)))])
    for row, column in zip(*linear_sum_assignment(costs), strict=True):
        if column < len(students) and possible[faces[row], students[column]]:
            chosen[faces[row]] = students[column]
    return chosen
