"""Are the probabilities what they say? Faces of the people for reporting, one in ten a stranger's."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bench.accuracy.people import half, load
from bench.accuracy.worlds import Setting, World
from server.gallery.calibration import Calibration
from server.gallery.description import describe
from server.gallery.others import nobody_else
from server.gallery.prior import REFERENCE_FPIR, fpir_interval, probability, threshold
from server.gallery.scores import Matrix
from server.gallery.templates import Templates

WORLDS = 4
CLASSES = 15
SETTINGS = (Setting(10), Setting(30), Setting(100), Setting(30, "similar", 3))
EDGES = (0.0, 0.1, 0.5, 0.8, 0.95, 0.99, 0.999, 1.0)
STRANGER_SHARE = 0.1


def report() -> None:
    """For each range of probabilities: how many faces, and what share of them were who they seemed to be."""
    for name in ("lfw", "congress"):
        random = np.random.default_rng(41)
        people = half(load(name), "reporting")
        parts = []
        for _ in range(WORLDS):
            world = World(people, None, random)
            for setting in SETTINGS:
                if setting.students * setting.alike <= 0.8 * len(world.can_enrol):
                    parts += [_faces(world, setting, random) for _ in range(CLASSES)]
        said, right, weight = (np.concatenate(each) for each in zip(*parts, strict=True))
        print(f"\n{name}\nprobability said | share of faces | right")
        for low, high in pairwise(EDGES):
            within = (said > low) & (said <= high)
            print(
                f"{low} to {high} | {100 * weight[within].sum() / weight.sum():.1f} % | "
                f"{100 * np.average(right[within], weights=weight[within]):.1f} %"
            )


def _faces(
    world: World, setting: Setting, random: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Probability said of each face's best student, whether he was right, the face's weight."""
    drawn = world.draw(setting, random)
    seen = describe(drawn.among, drawn.owners, drawn.sizes, drawn.terms[0])
    outside = nobody_else(len(drawn.students))
    reference = threshold(seen, REFERENCE_FPIR, outside)
    nobody = Templates((), np.empty((0, 128), np.float32), np.empty((0, 128), np.float32), drawn.owners[:0], 1)
    calibration = Calibration(
        nobody, seen, outside, reference, reference, REFERENCE_FPIR, fpir_interval(REFERENCE_FPIR, 0.0)
    )

    def said(plain: Matrix, terms: NDArray[np.float64]) -> NDArray[np.float64]:
        return probability(reference - calibration.scores(plain, terms).min(axis=1))

    right = calibration.scores(drawn.students, drawn.terms[1]).argmin(axis=1) == np.arange(len(drawn.students))
    n, m = len(drawn.students), len(drawn.strangers)
    weights = np.repeat([(1 - STRANGER_SHARE) / n, STRANGER_SHARE / m], [n, m])
    return (
        np.concatenate([said(drawn.students, drawn.terms[1]), said(drawn.strangers, drawn.terms[2])]),
        np.concatenate([right.astype(np.float64), np.zeros(m)]),
        weights,
    )
