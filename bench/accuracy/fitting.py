"""The constants of server/gallery/prior.py, from the people for choosing alone."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.accuracy.people import drawn_together, half, load
from bench.accuracy.worlds import STRANGERS, Drawn, Kind, Setting, World, own_scores
from server.gallery.description import Description, describe
from server.gallery.prior import CAUTION, REFERENCE_FPIR, features
from server.gallery.scores import with_margin

KINDS: tuple[tuple[Kind, int], ...] = (("mixed", 1), ("similar", 1), ("similar", 3))
SETTINGS = [Setting(n, kind, alike) for n in (3, 5, 10, 20, 30, 60, 100, 200) for kind, alike in KINDS]
SETS = (("lfw", 1.0), ("congress", 0.5))
POPULATIONS: list[tuple[str, float, int | None, int, float]] = [
    *(
        (name, share, None, 1, weight * (1.0 if share == 1.0 else 0.7))
        for name, weight in SETS
        for share in (1.0, 0.85, 0.7)
    ),
    *((name, 1.0, size, 1, weight * 0.5) for name, weight in SETS for size in (80, 60, 40, 30, 24)),
    ("lfw", 0.75, 40, 1, 0.35),
    *(
        ("lfw", share, size, photographs, 0.5)
        for photographs in (2, 3, 5)
        for share in (1.0, 0.7)
        for size in (None, 40)
    ),
]
"""Set, how drawn together, face size, photographs, weight: LFW has the most people and the worst photographs."""
WORLDS = 5
CLASSES = 10
LARGEST_PART = 0.7
STRANGER_SHARE = 0.1


@dataclass(frozen=True)
class Seen:
    """A class of the choosing half: what it shows, the scores of its students and of its strangers, its weight."""

    description: Description
    students: NDArray[np.float64]
    strangers: NDArray[np.float64]
    weight: float
    what: str


def fit() -> None:
    """Print the constants."""
    seen = [each for each in _classes(np.random.default_rng(11)) if each.description.tells]
    x = np.array([features(each.description) for each in seen])
    y = np.array([np.quantile(each.strangers, REFERENCE_FPIR) for each in seen])
    weights = np.array([each.weight for each in seen])
    ridge = 1e-3 * np.eye(x.shape[1])
    coefficients = np.linalg.solve(x.T @ (x * weights[:, None]) + ridge, x.T @ (weights * y))
    errors = y - x @ coefficients
    print("COEFFICIENTS", tuple(float(each) for each in coefficients.round(4)))
    print("THRESHOLD_ERROR", round(float(np.sqrt(np.average(errors**2, weights=weights))), 4))
    print("TAIL_SCALE", round(float(np.mean([_excess(each.strangers) for each in seen])), 4))
    print("LOG_ODDS", *_log_odds(seen, x @ coefficients - CAUTION).round(2))
    for caution in (0.01, 0.015, 0.02, 0.025, 0.03):
        print("CAUTION", caution, _rates(seen, x @ coefficients - caution))


def _rates(seen: list[Seen], thresholds: NDArray[np.float64]) -> dict[str, str]:
    """Mean and 95th percentile, in percent, of strangers named, for each kind of class."""
    rates: dict[str, list[float]] = {}
    for each, threshold in zip(seen, thresholds, strict=True):
        rates.setdefault(each.what, []).append(100 * float(np.mean(each.strangers <= threshold)))
    return {what: f"{np.mean(each):.2f}/{np.percentile(each, 95):.1f}" for what, each in rates.items()}


def judge(drawn: Drawn) -> tuple[Description, NDArray[np.float64], NDArray[np.float64]]:
    """What the class shows, own scores (n,) of its students' faces, best scores (m,) of the strangers'."""
    seen = describe(drawn.among, drawn.owners, drawn.sizes, drawn.terms[0])
    penalty = seen.crowding_weight * seen.crowding
    return (
        seen,
        own_scores(with_margin(drawn.students) - penalty - drawn.terms[1][:, None]),
        (with_margin(drawn.strangers) - penalty - drawn.terms[2][:, None]).min(axis=1),
    )


def _classes(random: np.random.Generator) -> Iterator[Seen]:
    for name, share, size, photographs, weight in POPULATIONS:
        people = half(drawn_together(load(name), share), "choosing")
        for _ in range(WORLDS):
            world = World(people, size, random, photographs)
            for setting in SETTINGS:
                if _suffices(world, setting):
                    for _ in range(CLASSES):
                        yield Seen(
                            *judge(world.draw(setting, random)),
                            weight,
                            f"{name} {share} {size} {photographs}: {setting.students} {setting.kind}",
                        )


def _suffices(world: World, setting: Setting) -> bool:
    """Whether there are people enough; of a few hundred, the strangers most like a class are simply everybody else."""
    enough = setting.students * setting.alike <= LARGEST_PART * len(world.can_enrol)
    return enough and (setting.kind == "mixed" or len(world.large) > 2 * STRANGERS)


def _excess(strangers: NDArray[np.float64]) -> float:
    """Mean excess of the lowest 3 in 100 below the level that bounds them."""
    level = float(np.quantile(strangers, 0.03))
    below = strangers[strangers < level]
    return float((level - below).mean()) if len(below) else 0.0


def _log_odds(seen: list[Seen], thresholds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Intercept and slope of a logistic regression of "right" on threshold minus score, by Newton's method."""
    leads = [np.concatenate([t - each.students, t - each.strangers]) for each, t in zip(seen, thresholds, strict=True)]
    right = np.concatenate([np.repeat([1.0, 0.0], [len(each.students), len(each.strangers)]) for each in seen])
    weights = np.concatenate(
        [
            np.repeat(
                [(1 - STRANGER_SHARE) / len(each.students), STRANGER_SHARE / len(each.strangers)],
                [len(each.students), len(each.strangers)],
            )
            for each in seen
        ]
    )
    lead = np.concatenate(leads)
    usable = np.isfinite(lead)
    x, y, w = np.c_[np.ones(usable.sum()), lead[usable]], right[usable], weights[usable] / weights[usable].sum()
    estimate = np.zeros(2)
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ estimate))
        estimate += np.linalg.solve((x * (w * p * (1 - p))[:, None]).T @ x, x.T @ (w * (y - p)))
    return estimate
