"""People of the same place who are not in the class: their photographs in, what they tell about strangers out.

A class of thirty says little of the one stranger in a hundred; hundreds of other students do. Knows no threshold.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.gallery.description import MOST_CROWDING, Description
from server.gallery.scores import Matrix, crowding, crowding_without, distances, length_terms, rivals, with_margin
from server.gallery.templates import Templates

OTHERS_SHRINKAGE: Final = 60.0
"""Others whose weight the class's own word has: with m of them, what they show counts m / (m + 60). Chosen together
with prior.CAUTION_AMONG_OTHERS on the people for choosing (docs/accuracy.md, other students)."""
FEWEST_OTHERS: Final = 10
MOST_OTHERS: Final = 500
"""Fewer show no tail; more say nothing new, and take time."""
UNLIKE_SPREADS: Final = 2.0
"""A class whose students are more like each other than the others are to them, by so many standard errors, is not
drawn from them: they do not say where its strangers lie."""


@dataclass(frozen=True, slots=True, eq=False)
class Outside:
    """scores: (m,), the best score of each of the others; none where they are unlike the class. trust: 0 to 1, how much
    these count. offsets: (n,), to be subtracted from the scores: below the mean, 0, for students who resemble many.
    """

    scores: NDArray[np.float64]
    offsets: NDArray[np.float64]
    trust: float


def nobody_else(students: int) -> Outside:
    """A class that is alone, or nearly so."""
    return Outside(np.empty(0), np.zeros(students), 0.0)


def look_outside(seen: Description, templates: Templates, others: Templates) -> Outside:
    """What the first photograph of each of the others, as seen at the same size, shows of strangers."""
    probes = others.probes[np.unique(others.owners, return_index=True)[1]]
    if len(probes) < FEWEST_OTHERS:
        return nobody_else(len(templates.students))
    plain = distances(probes, templates.means)
    trust = len(probes) / (len(probes) + OTHERS_SHRINKAGE)
    weight = max(0.0, MOST_CROWDING * trust - seen.crowding_weight)
    near = np.concatenate([plain, _classmates(templates)])
    usual = crowding(near).mean()
    offsets = weight * (crowding(near) - usual)
    scores = with_margin(plain, rivals(plain, seen.twins)) - seen.offsets - length_terms(probes)[:, None]
    if _unlike(seen, scores.min(axis=1)):
        return Outside(np.empty(0), offsets, 0.0)
    without = weight * (crowding_without(near)[: len(plain)] - usual)
    return Outside((scores - without).min(axis=1), offsets, trust)


def _unlike(seen: Description, scores: NDArray[np.float64]) -> bool:
    if not seen.tells:
        return False
    error = seen.strangers.std() / np.sqrt(len(seen.strangers))
    return bool(scores.mean() - seen.strangers.mean() > UNLIKE_SPREADS * error)


def _classmates(templates: Templates) -> Matrix:
    """(n, n), from each student's first photograph to the others' templates; infinity to his own."""
    first = templates.probes[np.unique(templates.owners, return_index=True)[1]]
    apart = distances(first, templates.means)
    np.fill_diagonal(apart, np.inf)
    return apart
