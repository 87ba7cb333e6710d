"""How many strangers are named and how many students are missed, in drawn classes, by what ships."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.gallery.calibration import REFERENCE_FPIR, Calibration, calibrate
from server.gallery.constants import DecisionConstants
from server.gallery.fitting import DrawnClass, Population, Setting, World
from server.gallery.fitting.looks import looked
from server.gallery.fitting.thresholds import own
from server.gallery.scores import distances

WORLDS: Final = 6
CLASSES: Final = 20
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Over all classes of a setting, in percent. fpir, fpir95: strangers named, mean and 95th percentile over classes.

    missed: students. error: standard error of that over people. best: missed at the one threshold of the plain distance
    that gives FPIR 1 % on these very strangers, chosen knowing the truth.
    """

    classes: int
    fpir: float
    fpir95: float
    missed: float
    error: float
    best: float

    def line(self) -> str:
        """The row of a table."""
        return (
            f"{self.classes} | {self.fpir:.2f} | {self.fpir95:.1f} | {self.missed:.1f} +- {self.error:.1f} | "
            f"{self.best:.1f}"
        )


def drawn(population: Population, setting: Setting, constants: DecisionConstants) -> Iterator[DrawnClass]:
    """The classes that a setting is measured on: always the same."""
    random = np.random.default_rng(23)
    reduced, apart = constants.visibility.reduced, constants.resemblance.same_person_at_most
    for _ in range(WORLDS):
        yield from World(population, setting, random, reduced=reduced, apart=apart).classes(CLASSES)


def measure(population: Population, setting: Setting, constants: DecisionConstants) -> Outcome | None:
    """None: too few people. The second look is asked for as the server asks for it."""
    rates, strangers, best_own = [], [], []
    missed: dict[str, list[bool]] = {}
    for each in drawn(population, setting, constants):
        calibration = calibrate(each.templates, constants, REFERENCE_FPIR)
        students, foreign = leads(calibration, each)
        rates.append(float(np.mean(foreign.max(axis=1) >= 0)))
        for name, lead in zip(each.names, -own(-students), strict=True):
            missed.setdefault(name, []).append(bool(lead < 0))
        strangers.append(distances(each.strangers, each.templates.means).min(axis=1))
        best_own.append(own(distances(each.students, each.templates.means)))
    if not rates:
        return None
    best = float(np.quantile(np.concatenate(strangers), REFERENCE_FPIR))
    shares = np.array([np.mean(each) for each in missed.values()])
    return Outcome(
        len(rates),
        100 * float(np.mean(rates)),
        100 * float(np.percentile(rates, 95)),
        100 * float(np.mean(np.concatenate([np.array(each) for each in missed.values()]))),
        100 * float(shares.std() / np.sqrt(len(shares))),
        100 * float(np.mean(np.concatenate(best_own) > best)),
    )


def leads(calibration: Calibration, each: DrawnClass) -> tuple[Floats, Floats]:
    """(n, n) of the students' faces and (m, n) of the strangers': threshold minus score, after the looks that ship."""
    students, strangers = (
        _leads(calibration, looked(calibration, first, second))
        for first, second in ((each.plain_students, each.students), (each.plain_strangers, each.strangers))
    )
    return students, strangers


def _leads(calibration: Calibration, faces: NDArray[np.float32]) -> Floats:
    return calibration.threshold - calibration.scores(distances(faces, calibration.templates.means), faces)
