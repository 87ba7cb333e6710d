"""Fit how the faces of an hour are linked and decided together, by embeddings as they are kept."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.gallery.calibration import REFERENCE_FMR, REFERENCE_FPIR, calibrate
from server.gallery.constants import DecisionConstants, Tracking
from server.gallery.fitting.looks import best_leads, looked
from server.gallery.fitting.pairs import Pairs, pairs_of
from server.gallery.fitting.populations import FEWEST_PEOPLE, Population, Setting, World

# Tail scales by which a track may miss the threshold and be asked about, and must pass it to count without a question:
# thirty times as many strangers, and a third of them.
CHECK_TAILS: Final = 3.5
SURE_TAILS: Final = 1.1
TRACK_PICTURES: Final = 4
# At which two faces are linked where the one is where the other was; elsewhere as one to one is decided.
SEAT_FMR: Final = 1e-2
CLASSES: Final = 80


def tracking(populations: Sequence[Population], constants: DecisionConstants) -> Tracking:
    """Links as one to one is decided; the mean of several pictures is held to what keeps its strangers as rare."""
    tail = constants.thresholds.tail_scale
    # Faces of an hour are those of first looks, but for the few in doubt.
    pairs = [pairs_of(_as_first_seen(each) if constants.first_look.used else each) for each in populations]
    link = _strictest(pairs, REFERENCE_FMR)
    handicaps = [value for each in populations if (value := _mean_handicap(each, constants)) is not None]
    return Tracking(
        link,
        _strictest(pairs, SEAT_FMR) - link,
        CHECK_TAILS * tail,
        SURE_TAILS * tail,
        max(0.0, float(np.mean(handicaps))) if handicaps else tail,
    )


def _as_first_seen(population: Population) -> Population:
    return replace(population, faces=population.plain)


def _strictest(pairs: Sequence[Pairs], fmr: float) -> float:
    many = [each for each in pairs if each.shows(fmr)] or list(pairs)
    return min(each.level(fmr) for each in many)


def _mean_handicap(population: Population, constants: DecisionConstants) -> float | None:
    # How much lower strangers' scores lie where means of TRACK_PICTURES of their faces are taken; None: unknown.
    large, plain = population.faces[None], population.plain[None]
    rows = {name: np.flatnonzero((population.owners == name) & large.any(axis=1)) for name in population.people}
    several = {name: each[:TRACK_PICTURES] for name, each in rows.items() if len(each) >= TRACK_PICTURES}
    if len(several) < FEWEST_PEOPLE:
        return None
    single: list[NDArray[np.float64]] = []
    mean: list[NDArray[np.float64]] = []
    world = World(population, Setting(30), np.random.default_rng(3), reduced=False, apart=np.inf)
    for each in world.classes(CLASSES):
        calibration = calibrate(each.templates, constants, REFERENCE_FPIR)
        taken = np.stack([of for name, of in several.items() if name not in set(each.names)])
        kept = looked(calibration, plain[taken.ravel()], large[taken.ravel()]).reshape(*taken.shape, -1)
        single.append(best_leads(calibration, kept[:, 0]))
        mean.append(best_leads(calibration, kept.mean(axis=1)))
    above = np.quantile(np.concatenate(mean), 1 - REFERENCE_FPIR) - np.quantile(
        np.concatenate(single), 1 - REFERENCE_FPIR
    )
    return float(above / (1 - 1 / TRACK_PICTURES))
