"""Are the probabilities what they say? Faces of the people for reporting, one in ten a stranger's."""

from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench.accuracy.fitting import present, reporting
from bench.accuracy.outcomes import drawn
from server.gallery.calibration import REFERENCE_FPIR, calibrate
from server.gallery.constants import DecisionConstants, family_constants
from server.gallery.fitting import DrawnClass, Population, Setting
from server.gallery.matcher import chances
from server.gallery.scores import distances

SETTINGS: Final = (Setting(10), Setting(30), Setting(100), Setting(30, "similar", 3))
EDGES: Final = (0.0, 0.1, 0.5, 0.8, 0.95, 0.99, 0.999, 1.0)
STRANGER_SHARE: Final = 0.1
FMR: Final = 1e-4
Floats = NDArray[np.float64]


def report(family: str) -> None:
    """For each range of probabilities: how many faces, and what share were who they seemed to be; and one to one."""
    constants = family_constants(family)
    for name in present(family, ("lfw", "congress", "london")):
        people = reporting(family, name)
        classes = [each for setting in SETTINGS for each in drawn(people, setting, constants)]
        said, right, weight = (
            np.concatenate(each) for each in zip(*(_said(each, constants) for each in classes), strict=True)
        )
        print(f"\n{family}: {name}\nprobability said | share of faces | right")
        for low, high in pairwise(EDGES):
            within = (said > low) & (said <= high)
            if within.any():
                share, truth = weight[within].sum() / weight.sum(), np.average(right[within], weights=weight[within])
                print(f"{low} to {high} | {100 * share:.1f} % | {100 * truth:.1f} %", flush=True)
        _print_verification(people, constants)


def _said(each: DrawnClass, constants: DecisionConstants) -> tuple[Floats, Floats, Floats]:
    """Probability said of each face's best student, whether that was right, the face's weight."""
    calibration = calibrate(each.templates, constants, REFERENCE_FPIR)
    said = []
    for faces in (each.students, each.strangers):
        scores = calibration.scores(distances(faces, each.templates.means), faces)
        said.append(chances(calibration.reference - scores, constants.probabilities))
    n, m = len(each.students), len(each.strangers)
    right = said[0].argmax(axis=1) == np.arange(n)
    weights = np.repeat([(1 - STRANGER_SHARE) / n, STRANGER_SHARE / m], [n, m])
    best = np.concatenate([part.max(axis=1) for part in said])
    return best, np.concatenate([right.astype(np.float64), np.zeros(m)]), weights


def _print_verification(people: Population, constants: DecisionConstants) -> None:
    """One to one at FMR: what share of other people's faces pass in truth, and how many students are missed."""
    for students in (3, 30, 100):
        passed, missed = [], []
        for each in drawn(people, Setting(students), constants):
            level = calibrate(each.templates, constants, REFERENCE_FPIR).pair_threshold(FMR)
            passed.append(np.mean(distances(each.strangers, each.templates.means) <= level))
            missed.append(np.mean(distances(each.students, each.templates.means).diagonal() > level))
        if passed:
            print(
                f"one to one, class of {students}, asked for {FMR:g} | {1e4 * np.mean(passed):.2f} in 10 000 | missed "
                f"{100 * np.mean(missed):.1f} %",
                flush=True,
            )
