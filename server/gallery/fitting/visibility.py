"""Fit where "not visible" begins: the share of students missed by the size of their faces."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from server.gallery.constants import DecisionConstants, VisibleSizes
from server.gallery.fitting.populations import Population, Setting
from server.gallery.fitting.thresholds import Scored, threshold_of

# Of students' faces in a class of thirty, where "not visible" begins.
MOST_MISSED: Final = 0.3


def large_of(scored: Sequence[Scored]) -> list[Scored]:
    """The classes of thirty whose faces are large."""
    return [each for each in scored if each.drawn.setting == Setting(30)]


def small_settings(populations: Sequence[Population]) -> list[Setting]:
    """Classes of thirty at every face size that the populations were embedded at."""
    sizes = sorted({px for each in populations for px in each.faces if px is not None}, reverse=True)
    return [Setting(30, face_px=px) for px in sizes]


def visibility_of(small: Sequence[Scored], large: Sequence[Scored], constants: DecisionConstants) -> VisibleSizes:
    """The share of students missed by face size, and the size under which nothing is decided."""
    # The smallest size, by a line between those measured, of which fewer than MOST_MISSED are missed in the mean.
    shares = _missed_by_size(small, constants)
    visible = constants.visibility
    if len(shares) < 2:
        return visible
    sizes = sorted(shares)
    missed = [shares[px] for px in sizes]
    least = next((at for at, share in enumerate(missed) if share < MOST_MISSED), len(sizes) - 1)
    smallest = float(sizes[least])
    if least:
        over, under = missed[least - 1], missed[least]
        smallest -= (smallest - sizes[least - 1]) * (MOST_MISSED - under) / max(over - under, 1e-9)
    of_large = _missed_by_size(large, constants).get(0, missed[-1])
    px = int(np.ceil(smallest))
    return VisibleSizes(px, px, visible.reduced, tuple(sizes), (*missed, of_large))


def _missed_by_size(scored: Sequence[Scored], constants: DecisionConstants) -> dict[int, float]:
    # In the mean over the populations; 0 px are large faces.
    shares: dict[int, dict[str, list[float]]] = {}
    for each in scored:
        missed_here = float(np.mean(each.students > threshold_of(each, constants)))
        of_size = shares.setdefault(each.drawn.setting.face_px or 0, {})
        of_size.setdefault(each.drawn.population, []).append(missed_here)
    return {px: float(np.mean([np.mean(values) for values in of_people.values()])) for px, of_people in shares.items()}
