"""Distances of a class among itself in, what the class tells about strangers out. Knows no threshold.

Each student in turn plays the stranger: he is left out, his photographs are the probes, the others are the gallery.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.gallery.scores import Matrix, crowding, crowding_without, with_margin

FEWEST_STUDENTS: Final = 3
"""A class smaller than this says nothing about strangers: without one of two, nobody is left to be the runner-up."""
TYPICAL_DISTANCE: Final = 0.80
"""Mean distance between two people where nothing is known about a class (our mixed sets: 0.80 to 0.84)."""
TYPICAL_SPREAD: Final = 0.088
SHRINKAGE: Final = 3.0
"""Students whose weight the prior has: with n of them the class's own mean counts n / (n + 3)."""
TWIN_SPREADS: Final = 4.0
"""Students whose templates are nearer than the class's median less so many spreads are look-alikes or one person:
among the 435 pairs of 30 students the nearest of a normal distribution lies at about 2.8."""
CROWDED_FROM: Final = 0.76
CROWDED_RANGE: Final = 0.12
MOST_CROWDING: Final = 0.3
"""Classes whose mean distance is below CROWDED_FROM are homogeneous; CROWDED_RANGE lower, crowding counts in full.
In mixed classes it costs misses, in homogeneous ones it saves them (docs/accuracy.md, experiment a)."""


@dataclass(frozen=True, slots=True, eq=False)
class Description:
    """What a class of `students` shows of itself at one face size.

    strangers: (s,), the best score of each student's photographs against the others, mean by student. mean, spread:
    of the distances between different students. crowding_weight: how homogeneous the class is, 0 to MOST_CROWDING.
    averaged_photographs, averaged_sizes: 1 - 1 / number of photographs of a student, of sizes, in a template.
    crowding: (n,), see scores. twins: (n, n) bool, pairs that are left out because they are nearer than chance allows.
    """

    students: int
    strangers: NDArray[np.float64]
    mean: float
    spread: float
    crowding_weight: float
    crowding: NDArray[np.float64]
    twins: NDArray[np.bool_]
    averaged_photographs: float = 0.0
    averaged_sizes: float = 0.0

    @property
    def offsets(self) -> NDArray[np.float64]:
        """(n,), to be subtracted from the scores of each student in a homogeneous class."""
        return self.crowding_weight * self.crowding

    @property
    def tells(self) -> bool:
        """Whether there are enough students for the class to say anything about strangers."""
        return self.students >= FEWEST_STUDENTS and len(self.strangers) >= FEWEST_STUDENTS


def describe(
    among: Matrix, owners: NDArray[np.intp], sizes: int = 1, terms: NDArray[np.float64] | float = 0.0
) -> Description:
    """among: (r, n), from photograph r, as seen at the size, to the template of each of n students. owners: (r,).

    sizes: how many face sizes are averaged in a template. terms: (r,), the photographs' length terms, see scores.
    """
    n = among.shape[1]
    between = _by_owner(among, owners, n)
    apart = ~np.eye(n, dtype=bool)
    middle, spread = _middle(between[apart])
    twins = apart & (np.minimum(between, between.T) < middle - TWIN_SPREADS * spread)
    usual = between[apart & ~twins]
    mean, spread = (float(usual.mean()), float(usual.std())) if usual.size else (TYPICAL_DISTANCE, TYPICAL_SPREAD)
    weight = _crowding_weight(mean, n)
    if n < FEWEST_STUDENTS:
        return Description(n, np.empty(0), mean, TYPICAL_SPREAD, weight, np.zeros(n), twins)
    filled = np.where(apart, np.where(twins, middle, between), np.inf)
    others = np.where(twins[owners], np.inf, among - np.reshape(terms, (-1, 1)))
    strangers = _strangers(others, owners, weight * crowding_without(filled))
    averaged = 1.0 - float(np.mean(1.0 / np.maximum(np.bincount(owners, minlength=n), 1)))
    return Description(n, strangers, mean, spread, weight, crowding(filled), twins, averaged, 1.0 - 1.0 / sizes)


def _by_owner(values: Matrix, owners: NDArray[np.intp], n: int) -> Matrix:
    """Mean over each student's rows: (r, m) -> (n, m)."""
    total = np.zeros((n, values.shape[1]))
    np.add.at(total, owners, values)
    result: Matrix = total / np.maximum(np.bincount(owners, minlength=n), 1)[:, None]
    return result


def _middle(values: NDArray[np.float64]) -> tuple[float, float]:
    """Median and robust standard deviation (1.4826 times the median deviation), each drawn towards the typical one."""
    if not values.size:
        return TYPICAL_DISTANCE, TYPICAL_SPREAD
    trust = values.size / (values.size + SHRINKAGE)
    median = float(np.median(values))
    spread = 1.4826 * float(np.median(np.abs(values - median)))
    return (trust * median + (1 - trust) * TYPICAL_DISTANCE, trust * spread + (1 - trust) * TYPICAL_SPREAD)


def _crowding_weight(mean: float, students: int) -> float:
    trust = students / (students + SHRINKAGE) if students >= FEWEST_STUDENTS else 0.0
    shrunk = trust * mean + (1 - trust) * TYPICAL_DISTANCE
    return MOST_CROWDING * float(np.clip((CROWDED_FROM - shrunk) / CROWDED_RANGE, 0.0, 1.0))


def _strangers(among: Matrix, owners: NDArray[np.intp], penalty: Matrix) -> NDArray[np.float64]:
    others = among.copy()
    others[np.arange(len(owners)), owners] = np.inf
    finite = np.isfinite(others).any(axis=1)
    best = (with_margin(others) - penalty[owners]).min(axis=1)[finite]
    used = owners[finite]
    means = _by_owner(best[:, None], used, among.shape[1])[:, 0]
    result: NDArray[np.float64] = means[np.unique(used)]
    return result
