"""Fit every constant of a family from people's photographs, step by step."""

from collections.abc import Callable, Sequence
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from server.errors import BadRequest
from server.gallery.calibration import REFERENCE_FMR
from server.gallery.constants import DecisionConstants, Probabilities, Scoring, Verification
from server.gallery.fitting.hours import tracking
from server.gallery.fitting.looks import first_look
from server.gallery.fitting.pairs import Pairs, pairs_of, resemblance
from server.gallery.fitting.populations import FEWEST_PEOPLE, DrawnClass, Kind, Population, Setting, World
from server.gallery.fitting.thresholds import Scored, by_setting, fitted_thresholds, level_of, score, threshold_of
from server.gallery.fitting.visibility import large_of, small_settings, visibility_of

# Ways of scoring that are tried, plainest first: margin_weight and length_weight. The latter is of no use where
# embeddings have one length.
RULES: Final = ((0.0, 0.0), (0.25, 0.0), (0.33, 0.0), (0.5, 0.0), (0.33, 0.2), (0.33, 0.3))
SAME_LENGTH: Final = 1e-3
KIND_SIZES: Final = (10, 30, 100)
# Photographs of a student, by which it is seen that a way of scoring does not mind how many there are.
SEVERAL: Final = 3
KINDS: Final[tuple[tuple[Kind, int], ...]] = (("mixed", 1), ("similar", 1), ("similar", 3))
SIZES: Final = (10, 30, 100, 300)
CLASSES: Final = 20
WORLDS: Final = 4
STRANGER_SHARE: Final = 0.1
Floats = NDArray[np.float64]
Progress = Callable[[str], None]


def fit(
    populations: Sequence[Population],
    base: DecisionConstants,
    *,
    fitted: str,
    family: str | None = None,
    tightened: Sequence[Population] = (),
    caution: float = 1.0,
    progress: Progress = lambda _: None,
) -> DecisionConstants:
    """Constants made from people of one or several populations: what is promised holds in each.

    base says whether photographs as seen small are used, what too few people cannot show, and the family's name unless
    it is given; fitted says when and on whom, in words. From populations tightened to homogeneous ones it is learnt how
    the threshold follows a class whose people resemble each other. caution: the share of the promised rate that is
    aimed at. Raises BadRequest where there are too few people.
    """
    for each in populations:
        require_people(each)
    pairs = [pairs_of(each) for each in populations]
    tight_pairs = [pairs_of(each) for each in tightened]
    constants = msgspec.structs.replace(
        base, family=family or base.family, fitted=fitted, scores=_typical(base.scores, pairs, tight_pairs, populations)
    )
    reduced = base.visibility.reduced
    random = np.random.default_rng(7)
    apart = float(np.quantile(np.concatenate([each.same for each in pairs]), 0.98))
    settings = [Setting(n) for n in SIZES]
    kinds = [Setting(n, kind, alike) for n in KIND_SIZES for kind, alike in KINDS]
    kinds += [Setting(n, photographs=SEVERAL) for n in KIND_SIZES]
    drawn = draw(populations, settings, random, reduced=reduced, apart=apart)
    progress("ways of scoring")
    of_kinds = draw(populations, kinds, random, reduced=reduced, apart=apart)
    constants = msgspec.structs.replace(constants, scores=chosen_scoring(of_kinds, constants, progress))
    progress("thresholds")
    tight = draw(tightened, settings, random, reduced=reduced, apart=apart)
    small = draw(populations, small_settings(populations), random, reduced=reduced, apart=apart)
    scored = [score(each, constants) for each in drawn]
    thresholds = fitted_thresholds(
        scored,
        [score(each, constants) for each in tight],
        [score(each, constants) for each in small],
        constants,
        caution,
    )
    constants = msgspec.structs.replace(constants, thresholds=thresholds)
    leads = [_leads(each, constants) for each in scored]
    constants = msgspec.structs.replace(
        constants,
        probabilities=_probabilities(leads),
        verification=_verification(pairs, tight_pairs, constants),
    )
    progress("first looks, tracks, look-alikes and small faces")
    constants = msgspec.structs.replace(
        constants,
        resemblance=resemblance(populations, pairs, constants, apart),
        first_look=first_look([*drawn, *small], constants),
    )
    return msgspec.structs.replace(
        constants,
        tracks=tracking(populations, constants),
        visibility=visibility_of([score(each, constants) for each in small], large_of(scored), constants),
    )


def require_people(population: Population) -> None:
    """Raises BadRequest where a population is too small to learn anything from."""
    _, counts = np.unique(population.owners[population.faces[None].any(axis=1)], return_counts=True)
    able = int((counts >= 2).sum())
    if able < FEWEST_PEOPLE:
        raise BadRequest(
            f"Of {len(population.people)} people {able} have two photographs with a face; at least {FEWEST_PEOPLE} are "
            "needed to fit the constants of a decision, and hundreds are better."
        )


def draw(
    populations: Sequence[Population],
    settings: Sequence[Setting],
    random: np.random.Generator,
    *,
    reduced: bool,
    apart: float,
) -> list[DrawnClass]:
    """Classes of every population and setting that people suffice for."""
    return [
        each
        for population in populations
        for setting in settings
        for _ in range(WORLDS)
        for each in World(population, setting, random, reduced=reduced, apart=apart).classes(CLASSES // WORLDS)
    ]


def chosen_scoring(drawn: Sequence[DrawnClass], constants: DecisionConstants, progress: Progress) -> Scoring:
    """The plainest of RULES whose misses are within one standard error of the fewest (Breiman et al. 1984)."""
    candidates, missed = [], []
    lengths = np.linalg.norm(np.concatenate([each.strangers for each in drawn]), axis=1)
    rules = [each for each in RULES if not each[1] or lengths.std() > SAME_LENGTH]
    for margin, length in rules:
        scoring = msgspec.structs.replace(constants.scores, margin_weight=margin, length_weight=length)
        trial = msgspec.structs.replace(constants, scores=scoring)
        candidates.append(scoring)
        missed.append(_missed_by_person([score(each, trial) for each in drawn]))
        rate = 100 * np.mean([np.mean(shares) for shares in missed[-1].values()])
        progress(f"margin {margin}, length {length}: {rate:.2f} % missed")
    means = [np.mean([np.mean(shares) for shares in each.values()]) for each in missed]
    best = int(np.argmin(means))
    for candidate, by_person in zip(candidates, missed, strict=True):
        # The error is over people.
        difference = np.array([np.mean(by_person[who]) - np.mean(missed[best][who]) for who in missed[best]])
        if difference.mean() <= difference.std() / np.sqrt(len(difference)):
            return candidate
    return candidates[best]


def _missed_by_person(scored: Sequence[Scored]) -> dict[str, list[bool]]:
    # Whether each person was missed, each time they came, at the threshold that keeps the promise in every population
    # at once, one for each class size.
    missed: dict[str, list[bool]] = {}
    for students in sorted({each.drawn.setting.students for each in scored}):
        of_size = [each for each in scored if each.drawn.setting.students == students]
        level = min(map(level_of, by_setting(of_size)))
        for each in of_size:
            for who, value in zip(each.drawn.names, each.students, strict=True):
                missed.setdefault(f"{each.drawn.population}:{who}", []).append(bool(value > level))
    return missed


def _leads(scored: Scored, constants: DecisionConstants) -> tuple[Floats, Floats, Floats]:
    # Threshold minus score, whether the best student is the right one, weights: one face in ten is a stranger's.
    threshold = threshold_of(scored, constants)
    n, m = len(scored.students), len(scored.strangers)
    lead = np.concatenate([threshold - scored.students, threshold - scored.strangers])
    right = np.repeat([1.0, 0.0], [n, m])
    return lead, right, np.repeat([(1 - STRANGER_SHARE) / n, STRANGER_SHARE / m], [n, m])


def _probabilities(leads: Sequence[tuple[Floats, Floats, Floats]]) -> Probabilities:
    # Logistic regression of "right" on the lead, by Newton's method.
    lead, right, weight = (np.concatenate(each) for each in zip(*leads, strict=True))
    usable = np.isfinite(lead)
    scale = float(lead[usable].std())
    x, y, w = np.c_[np.ones(usable.sum()), lead[usable] / scale], right[usable], weight[usable] / weight[usable].sum()
    estimate = np.zeros(2)
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(x @ estimate, -30, 30)))
        step = np.linalg.solve((x * (w * p * (1 - p))[:, None]).T @ x + 1e-9 * np.eye(2), x.T @ (w * (y - p)))
        estimate += np.clip(step, -2, 2)
    return Probabilities(float(estimate[0]), float(estimate[1] / scale))


def _verification(pairs: Sequence[Pairs], tight: Sequence[Pairs], constants: DecisionConstants) -> Verification:
    # The strictest population's level at REFERENCE_FMR, and its tail.
    many = [each for each in pairs if each.shows(REFERENCE_FMR)] or list(pairs)
    levels = [each.level(REFERENCE_FMR) for each in many]
    strict = many[int(np.argmin(levels))]
    tail = (strict.level(1e-3) - strict.level(REFERENCE_FMR)) / np.log(10)
    typical, weight = constants.scores.typical_distance, 0.0
    if tight:
        apart = np.array([each.mean - typical for each in tight])
        beyond = np.array([each.level(REFERENCE_FMR) - min(levels) for each in tight])
        weight = max(0.0, float((apart @ beyond) / (apart @ apart)))
    above = strict.mean - typical
    return Verification(float(min(levels) - weight * above), float(tail), weight)


def _typical(
    scoring: Scoring, pairs: Sequence[Pairs], tight: Sequence[Pairs], populations: Sequence[Population]
) -> Scoring:
    lengths = [np.linalg.norm(each.faces[None], axis=1) for each in populations]
    typical = float(np.mean([each.mean for each in pairs]))
    share = scoring.homogeneous_distance / scoring.typical_distance
    return msgspec.structs.replace(
        scoring,
        typical_distance=typical,
        homogeneous_distance=float(np.mean([each.mean for each in tight])) if tight else share * typical,
        typical_length=float(np.mean([each[each > 0].mean() for each in lengths])),
    )
