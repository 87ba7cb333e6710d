"""Learn from pairs of photographs how alike one person's are, and two people's."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from server.gallery.constants import DecisionConstants, Resemblance
from server.gallery.fitting.populations import Population, Setting, World
from server.gallery.resemblance import chance
from server.gallery.scores import distances, length_terms

# Of whom pairs are formed: more do not fit into a quick look.
MOST_PEOPLE: Final = 1500
# Pairs of different people who are told in a class, whatever its size: one in ten classes.
FALSELY_TOLD: Final = 0.1
# Of thirty; of larger ones fewer, but FEWEST_CLASSES.
CLASSES: Final = 100
FEWEST_CLASSES: Final = 20
SIZES: Final = (10, 30, 100, 300)
NEAREST_WEIGHTS: Final = (0.0, 0.3, 0.6)
FEWEST_SHOWN: Final = 2.0
ONE_PERSON_FMR: Final = 1e-5
SURELY_FMR: Final = 1e-7
CLEAR_TAILS: Final = 1.8
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Distances, ascending."""

    # Between photographs of one person.
    same: Floats
    # Of two people, one photograph each.
    different: Floats

    @property
    def mean(self) -> float:
        """Mean distance of two people."""
        return float(self.different.mean())

    def shows(self, fmr: float) -> bool:
        """Whether there are pairs enough for that rate to be more than a guess."""
        return fmr * len(self.different) >= FEWEST_SHOWN

    def level(self, fmr: float) -> float:
        """Distance under which a share fmr of the pairs of two people lie; along a tail where pairs are too few."""
        wanted = fmr * len(self.different)
        if wanted >= 5:
            return float(self.different[int(wanted)])
        few, more = self.different[5], self.different[50]
        return float(few - (more - few) / np.log(10) * np.log(5 / wanted))


def pairs_of(population: Population) -> Pairs:
    """All pairs of one person; of two people, the first and last photographs of everybody against each other."""
    large = population.faces[None]
    rows = [np.flatnonzero((population.owners == name) & large.any(axis=1)) for name in population.people]
    rows = [each for each in rows if len(each)][:MOST_PEOPLE]
    same = [distances(large[each], large[each])[np.triu_indices(len(each), 1)] for each in rows]
    first, last = large[[each[0] for each in rows]], large[[each[-1] for each in rows]]
    apart = distances(last, first)
    return Pairs(np.sort(np.concatenate(same)), np.sort(apart[~np.eye(len(rows), dtype=bool)]))


def resemblance(
    populations: Sequence[Population], pairs: Sequence[Pairs], constants: DecisionConstants, apart: float
) -> Resemblance:
    """Of the weights of how near others come, the one that tells most people who are enrolled twice."""
    same = np.sort(np.concatenate([each.same for each in pairs]))
    many = [each for each in pairs if each.shows(1e-4)] or list(pairs)
    strict = min(each.level(SURELY_FMR) for each in many)
    plain = msgspec.structs.replace(
        constants.resemblance,
        surely_under=strict,
        one_person_under=min(float(np.median(same)), *(each.level(ONE_PERSON_FMR) for each in many)),
        same_person_at_most=apart,
        clear_lead=CLEAR_TAILS * constants.thresholds.tail_scale,
    )
    trials = [_at_weight(populations, constants, plain, weight) for weight in NEAREST_WEIGHTS]
    return max(trials, key=lambda each: each[1])[0]


def _at_weight(
    populations: Sequence[Population], constants: DecisionConstants, plain: Resemblance, weight: float
) -> tuple[Resemblance, float]:
    # The levels by class size that tell FALSELY_TOLD pairs, and the share of people enrolled twice that they tell.
    # Populations count alike: the few pairs of one set who are relatives do not decide for everybody.
    trials = [
        (np.log(students), *trial)
        for students in SIZES
        for population in populations
        if (trial := _told(population, students, constants, weight)) is not None
    ]
    logs, levels, told, nearest = (np.array(each) for each in zip(*trials, strict=True))
    slope, level = np.polyfit(logs, levels, 1) if len(set(logs)) > 1 else (0.0, levels.mean())
    of_thirty = nearest[logs == np.log(30)]
    fitted = msgspec.structs.replace(
        plain,
        level=float(level),
        nearest_weight=weight,
        per_log_students=float(slope),
        typical_nearest=float(of_thirty.mean()) if len(of_thirty) else plain.typical_nearest,
    )
    return fitted, float(told.mean())


def _told(
    population: Population, students: int, constants: DecisionConstants, weight: float
) -> tuple[float, float, float] | None:
    # In classes of one size: the level, the share of people enrolled twice whom it tells, how near the next come.
    differences: list[Floats] = []
    twice: list[Floats] = []
    nearest: list[float] = []
    world = World(population, Setting(students), np.random.default_rng(51), reduced=False, apart=np.inf)
    for each in world.classes(max(FEWEST_CLASSES, CLASSES * 30 // students)):
        means = each.templates.means
        terms = length_terms(means, constants.scores)
        among = distances(means, means)
        np.fill_diagonal(among, np.inf)
        by_chance = chance(among, constants.resemblance.typical_nearest)
        nearest.append(float(by_chance.mean()))
        one, other = np.triu_indices(students, 1)
        limit = weight * np.minimum(by_chance[one], by_chance[other]) + terms[one] + terms[other]
        differences.append(among[one, other] - limit)
        again = distances(each.students, means).diagonal()
        twice.append(again - weight * by_chance - terms - length_terms(each.students, constants.scores))
    if not differences:
        return None
    false = max(1, round(FALSELY_TOLD * len(differences)))
    level = float(np.sort(np.concatenate(differences))[false - 1])
    return level, float(np.mean(np.concatenate(twice) < level)), float(np.mean(nearest))
