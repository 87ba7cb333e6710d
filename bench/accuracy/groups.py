"""Whom the network takes for somebody else, by group of people: London, which states sex and ethnicity."""

import csv
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench.accuracy.embedding import PHOTOS
from bench.accuracy.people import load
from server.gallery.calibration import REFERENCE_FPIR, calibrate
from server.gallery.constants import family_constants
from server.gallery.fitting import Population
from server.gallery.scores import distances
from server.gallery.templates import make_templates

CLASS: Final = 30
BOOTSTRAPS: Final = 1000
Group = tuple[str, str]


@dataclass(frozen=True, slots=True)
class PairsOver:
    """Ordered pairs of two people of one group: how many, how many pass the threshold, 95 % limits in percent."""

    group: str
    people: int
    pairs: int
    over: int
    low: float
    high: float

    def line(self) -> str:
        """The row of a table."""
        return f"{self.group} | {self.people} | {self.over} of {self.pairs} | {self.low:.2f} to {self.high:.2f} %"


def report(family: str) -> None:
    """Print the table."""
    for each in pairs_over(family):
        print(each.line(), flush=True)


def pairs_over(family: str) -> list[PairsOver]:
    """Of every group, and of everybody else: a photograph of the one held against the other's, as in a class of CLASS.

    The runner-up is taken to be where the nearest of CLASS others usually is: a pair knows no class.
    """
    people = load(family, "london")
    over = _over(people, family)
    groups = _groups(people)
    kinds = sorted(set(groups))
    told = [
        _of_group(f"{sex}, {name.replace('_', ' ')}", over, [g == (sex, name) for g in groups]) for sex, name in kinds
    ]
    across = np.array([[one != other for other in groups] for one in groups])
    return [*told, _limited("of two groups", over, across, len(groups))]


def _over(people: Population, family: str) -> NDArray[np.bool_]:
    """(n, n), whether the second photograph of the row's person is named as the column's person."""
    constants = family_constants(family)
    large = people.faces[None]
    rows = [np.flatnonzero(people.owners == name) for name in people.people]
    first, second = large[[each[0] for each in rows]], large[[each[-1] for each in rows]]
    templates = make_templates(people.people, first, {}, None, np.inf)
    calibration = calibrate(templates, constants, REFERENCE_FPIR)
    plain = distances(second, first)
    apart = plain + np.where(np.eye(len(rows), dtype=bool), np.inf, 0.0)
    usual = float(np.median(np.sort(apart, axis=1)[:, len(rows) // CLASS]))
    level = calibration.threshold + constants.thresholds.per_log_students * (np.log(CLASS) - np.log(len(rows)))
    scores = plain - constants.scores.margin_weight * usual - calibration.length_terms(second)[:, None]
    over: NDArray[np.bool_] = (scores <= level) & ~np.eye(len(rows), dtype=bool)
    return over


def _groups(people: Population) -> list[Group]:
    with (PHOTOS / "london_all" / "info.csv").open(encoding="utf-8") as file:
        known = {row["face_id"]: (row["face_gender"], row["face_eth"]) for row in csv.DictReader(file)}
    return [known[name] for name in people.people]


def _of_group(name: str, over: NDArray[np.bool_], members: list[bool]) -> PairsOver:
    inside = np.array(members)
    return _limited(name, over[np.ix_(inside, inside)], ~np.eye(inside.sum(), dtype=bool), int(inside.sum()))


def _limited(name: str, over: NDArray[np.bool_], counted: NDArray[np.bool_], people: int) -> PairsOver:
    """Limits by drawing people again; where no pair passes, 3 divided by the number of people."""
    random = np.random.default_rng(0)
    shares = []
    for _ in range(BOOTSTRAPS):
        drawn = random.integers(people, size=people)
        pairs = counted[np.ix_(drawn, drawn)]
        shares.append(over[np.ix_(drawn, drawn)][pairs].mean() if pairs.any() else 0.0)
    low, high = np.percentile(shares, [2.5, 97.5])
    passed = int((over & counted).sum())
    return PairsOver(
        name, people, int(counted.sum()), passed, 100 * low, 100 * (high if passed else min(1, 3 / people))
    )
