"""Templates of a class in, its thresholds at one face size out. Knows no picture."""

from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.gallery.description import TYPICAL_DISTANCE, TYPICAL_SPREAD, Description, describe
from server.gallery.others import Outside, look_outside, nobody_else
from server.gallery.prior import REFERENCE_FPIR, fpir_interval, threshold
from server.gallery.scores import Matrix, distances, length_terms, rivals, with_margin
from server.gallery.templates import Templates

MOST_DESCRIBED: Final = 1000
"""Students by whom a larger gallery describes itself, evenly taken: pairs would not fit in memory, and say no more."""
PRIOR_PAIRS: Final = 3.0
PRIOR_SPREAD_PAIRS: Final = 30.0
"""Weights of the typical distance and of its typical spread beside the class's own pairs, when one face is held against
one student: populations differ in their mean much more than one class's pairs scatter about it."""
TAIL: Final = 1.05
"""By how much the lower tail is wider than a normal distribution's; chosen on the people for choosing, so that one in
ten thousand is what is said (docs/accuracy.md, one to one)."""


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """What a class of students decides by, at one face size.

    threshold: score under which a face is named. reference: the same for REFERENCE_FPIR, what probabilities refer to.
    fpir: rate asked for, of strangers' faces that are given a name. fpir_interval: where nine classes in ten lie.
    """

    templates: Templates
    seen: Description
    outside: Outside
    threshold: float
    reference: float
    fpir: float
    fpir_interval: tuple[float, float]

    def scores(self, plain: Matrix, terms: NDArray[np.float64]) -> Matrix:
        """(k, n), lower is more alike: distance, lead over the runner-up (look-alikes aside), crowding, length.

        plain: (k, n), distances of the faces; terms: (k,), their length terms.
        """
        margins = with_margin(plain, rivals(plain, self.seen.twins))
        return margins - self.seen.offsets - self.outside.offsets - terms[:, None]

    def pair_threshold(self, fmr: float) -> float:
        """Distance under which a face is one student's, where a share `fmr` of other people's faces is not.

        A normal quantile of the distances between different students, their mean and spread drawn towards the typical
        ones where the class is small.
        """
        pairs = self.seen.students * (self.seen.students - 1) / 2
        trust, spread_trust = pairs / (pairs + PRIOR_PAIRS), pairs / (pairs + PRIOR_SPREAD_PAIRS)
        mean = trust * self.seen.mean + (1 - trust) * TYPICAL_DISTANCE
        spread = spread_trust * self.seen.spread + (1 - spread_trust) * TYPICAL_SPREAD
        return float(mean + NormalDist().inv_cdf(fmr) * TAIL * spread)


def calibrate(templates: Templates, fpir: float, others: Templates | None = None) -> Calibration:
    """The class describes itself, each student in turn being the stranger; the prior turns that into a threshold.

    others: people of the same place who are not in the class, by photographs as seen at the same size. Where there are
    many, what they show counts instead.
    """
    students = len(templates.students)
    seen = _described(templates) if students <= MOST_DESCRIBED else _described_by_some(templates)
    outside = (
        look_outside(seen, templates, others) if others and others.students and students else (nobody_else(students))
    )
    at, reference = (
        threshold(seen, rate * min(1.0, MOST_DESCRIBED / max(students, 1)), outside) for rate in (fpir, REFERENCE_FPIR)
    )
    return Calibration(templates, seen, outside, at, reference, fpir, fpir_interval(fpir, outside.trust))


def _described(templates: Templates) -> Description:
    among = distances(templates.probes, templates.means)
    return describe(among, templates.owners, templates.sizes, length_terms(templates.probes))


def _described_by_some(templates: Templates) -> Description:
    """Of MOST_DESCRIBED students, each of whom stands for so many more: no pairs are known, nor who is crowded."""
    some = np.linspace(0, len(templates.students) - 1, MOST_DESCRIBED).astype(np.intp)
    rows = np.isin(templates.owners, some)
    seen = _described(
        replace(
            templates,
            students=tuple(templates.students[each] for each in some),
            means=templates.means[some],
            probes=templates.probes[rows],
            owners=np.searchsorted(some, templates.owners[rows]),
        )
    )
    crowding = np.full(len(templates.students), seen.crowding.mean())
    return replace(seen, crowding=crowding, twins=np.zeros((0, 0), dtype=np.bool_))
