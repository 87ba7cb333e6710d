"""Single faces against drawn classes: how many strangers are named, how many students are missed, beside dlib."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.accuracy.fitting import judge
from bench.accuracy.people import People, drawn_together, half, load, together
from bench.accuracy.worlds import Drawn, Kind, Setting, World, own_scores
from server.gallery.others import nobody_else
from server.gallery.prior import REFERENCE_FPIR, threshold

WORLDS = 6
CLASSES = 20
LARGEST_PART = 0.8
KINDS: tuple[tuple[Kind, int], ...] = (("mixed", 1), ("similar", 1), ("similar", 3), ("similar, others", 1))
SETTINGS = [Setting(n, kind, alike) for n in (5, 10, 30, 100, 300) for kind, alike in KINDS]


Rates = tuple[float, float, NDArray[np.float64], NDArray[np.float64]]
"""Of a class: share of strangers named, of students missed; dlib's distances of the strangers and of the students."""


@dataclass(frozen=True)
class Outcome:
    """Over all classes of a setting, rates in percent. fpir, fpir95: mean and 95th percentile over classes of the
    strangers named at the shipped threshold. missed: students. best: missed by dlib (no mirror) at the one threshold
    that gives FPIR 1 % over these very strangers; at60: FPIR and misses of dlib at 0.6.
    """

    classes: int
    fpir: float
    fpir95: float
    missed: float
    best: float
    at60: tuple[float, float]

    def line(self) -> str:
        """The row of a table of docs/accuracy.md."""
        ratio = f"{self.missed / self.best:.2f}" if self.best else "-"
        return (
            f"{self.classes} | {self.fpir:.2f} | {self.fpir95:.1f} | {self.missed:.1f} | {self.best:.1f} | "
            f"{ratio} | {self.at60[0]:.0f} / {self.at60[1]:.1f}"
        )


def report() -> None:
    """Tables (b), (c), (d), (e) and three photographs a student, on the people for reporting."""
    for name, share in (("lfw", 1.0), ("congress", 1.0), ("lfw", 0.7), ("congress", 0.7)):
        people = half(drawn_together(load(name), share), "reporting")
        _table(f"{name}, drawn together {share}", people, SETTINGS)
    _table("london (everybody; none of them was used for choosing)", load("london"), SETTINGS)
    both = together(half(load("congress"), "reporting"), load("london"))
    _table("congress and london", both, [Setting(10), Setting(30), Setting(100)])
    for name in ("lfw", "congress"):
        for size in (80, 60, 40, 30, 24):
            few = [Setting(30), Setting(30, "similar", 3)]
            people = half(load(name), "reporting")
            _table(f"{name}, faces of {size} px", people, few, size)
            _table(f"{name}, faces of {size} px, sizes unknown", people, few[:1], size, reduced=False)
    for photographs in (1, 3):
        several = _with_photographs(half(load("lfw"), "reporting"), 4)
        _table(
            f"lfw, people with 4 photographs, {photographs} enrolled",
            several,
            [Setting(30), Setting(100)],
            photographs=photographs,
        )


def _with_photographs(people: People, count: int) -> People:
    names, counts = np.unique(people.owners, return_counts=True)
    return people.of(set(names[counts >= count].tolist()))


def _table(
    title: str,
    people: People,
    settings: list[Setting],
    size: int | None = None,
    photographs: int = 1,
    reduced: bool = True,
) -> None:
    print(f"\n{title}\nclass | classes | FPIR | 95th | missed | dlib best | ratio | dlib 0.6: FPIR / missed")
    for setting in settings:
        drawn = list(_draw(people, setting, size, photographs, reduced, 23))
        if drawn:
            outcome = outcome_of([_rates(each) for each in drawn])
            print(f"{setting.students} {setting.kind} of {setting.alike} | {outcome.line()}", flush=True)


def _draw(
    people: People, setting: Setting, size: int | None, photographs: int, reduced: bool, seed: int
) -> Iterator[Drawn]:
    random = np.random.default_rng(seed)
    for _ in range(WORLDS):
        world = World(people, size, random, photographs, reduced)
        if setting.students * setting.alike <= LARGEST_PART * len(world.can_enrol):
            yield from (world.draw(setting, random) for _ in range(CLASSES))


def outcome_of(classes: list[Rates]) -> Outcome:
    """What the classes of one setting have in common."""
    rates, missed, of_strangers, of_students = zip(*classes, strict=True)
    strangers, students = np.concatenate(of_strangers), np.concatenate(of_students)
    best = float(np.quantile(strangers, REFERENCE_FPIR))
    at60 = (100 * float(np.mean(strangers <= 0.6)), 100 * float(np.mean(students > 0.6)))
    return Outcome(
        len(classes),
        100 * float(np.mean(rates)),
        100 * float(np.percentile(rates, 95)),
        100 * float(np.mean(missed)),
        100 * float(np.mean(students > best)),
        at60,
    )


def _rates(drawn: Drawn) -> Rates:
    seen, students, strangers = judge(drawn)
    level = threshold(seen, REFERENCE_FPIR, nobody_else(seen.students))
    return (
        float(np.mean(strangers <= level)),
        float(np.mean(students > level)),
        drawn.plain_strangers.min(axis=1),
        own_scores(drawn.plain_students),
    )
