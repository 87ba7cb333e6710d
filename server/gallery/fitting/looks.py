"""Fit which faces are worth a second look, and say which embedding of a face is kept after both."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.gallery.calibration import REFERENCE_FPIR, Calibration, calibrate
from server.gallery.constants import DecisionConstants, FirstLook
from server.gallery.fitting.populations import DrawnClass, Embeddings
from server.gallery.scores import distances

# Of faces that a second look would decide otherwise, those that it is not asked about.
MOST_FLIPPED: Final = 0.0005
Floats = NDArray[np.float64]


def looked(calibration: Calibration, first: Embeddings, second: Embeddings) -> Embeddings:
    """The embeddings (k, d) that are kept of faces: of the second look where it is asked for, else of the first."""
    look = calibration.constants.first_look
    if not look.used:
        return second
    leads = best_leads(calibration, first)
    doubtful = (leads > look.doubt_from) & (leads < look.doubt_to)
    return np.where(doubtful[:, None], second, first)


def best_leads(calibration: Calibration, faces: Embeddings) -> Floats:
    """(k,), by how much each face's best student passes the threshold."""
    scores = calibration.scores(distances(faces, calibration.templates.means), faces)
    leads: Floats = calibration.threshold - scores.min(axis=1)
    return leads


def first_look(drawn: Sequence[DrawnClass], constants: DecisionConstants) -> FirstLook:
    """The narrowest band of first leads outside of which hardly a face is decided otherwise by the second look."""
    firsts: list[Floats] = []
    seconds: list[Floats] = []
    for each in drawn:
        calibration = calibrate(each.templates, constants, REFERENCE_FPIR)
        for plain, mirrored in ((each.plain_students, each.students), (each.plain_strangers, each.strangers)):
            firsts.append(best_leads(calibration, plain))
            seconds.append(best_leads(calibration, mirrored))
    first, second = np.concatenate(firsts), np.concatenate(seconds)
    flipped = np.sort(first[(first >= 0) != (second >= 0)])
    if not len(flipped):
        return FirstLook(0.0, 0.0, constants.first_look.used)
    left_out = min(int(MOST_FLIPPED * len(first) / 2), (len(flipped) - 1) // 10)
    return FirstLook(float(flipped[left_out]), float(flipped[len(flipped) - 1 - left_out]), constants.first_look.used)
