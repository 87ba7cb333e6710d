"""Fit the threshold of a family to the scores of drawn classes."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from server.gallery.calibration import REFERENCE_FPIR, calibrate, reference_threshold
from server.gallery.constants import DecisionConstants, Thresholds
from server.gallery.fitting.populations import DrawnClass, Setting
from server.gallery.scores import Matrix, distances

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """What a class gives by some way of scoring."""

    drawn: DrawnClass
    # Own scores, infinity where another student fits better.
    students: Floats
    # Their best scores.
    strangers: Floats
    mean_distance: float


def score(drawn: DrawnClass, constants: DecisionConstants) -> Scored:
    """The scores of a class by the product's own calibration of it."""
    calibration = calibrate(drawn.templates, constants, REFERENCE_FPIR)
    students, strangers = (
        calibration.scores(distances(faces, drawn.templates.means), faces)
        for faces in (drawn.students, drawn.strangers)
    )
    return Scored(drawn, own(students), strangers.min(axis=1), calibration.mean_distance)


def own(scores: Matrix) -> Floats:
    """Score of each student's face for themselves, (n,); infinity where another student fits it better."""
    every = np.arange(len(scores))
    result: Floats = np.where(scores.argmin(axis=1) == every, scores[every, every], np.inf)
    return result


def fitted_thresholds(
    scored: Sequence[Scored],
    tight: Sequence[Scored],
    small: Sequence[Scored],
    constants: DecisionConstants,
    caution: float = 1.0,
) -> Thresholds:
    """By least squares over populations and class sizes, then lowered to what the strictest of them asks for."""
    real = list(by_setting(scored))
    x, y = _features(real, constants)
    slope = float(np.linalg.lstsq(x[:, :2], y, rcond=None)[0][1])
    class_weight = 0.0
    if tight:
        x_tight, y_tight = _features(list(by_setting(tight)), constants)
        usual = np.mean(y - slope * x[:, 1])
        beyond = y_tight - usual - slope * x_tight[:, 1]
        class_weight = max(0.0, float((beyond @ x_tight[:, 2]) / (x_tight[:, 2] @ x_tight[:, 2])))
    levels = [_common_level(of, slope, class_weight, constants) for of in _by_population(real)]
    tails = [_mean_excess(np.concatenate([each.strangers for each in group])) for group in real]
    tail = float(np.mean(tails))
    plain = Thresholds(min(levels) + tail * float(np.log(caution)), slope, class_weight, 0.0, tail, 0.0)
    at = msgspec.structs.replace(constants, thresholds=plain)
    size_weight = _size_weight(small, at) if constants.visibility.reduced else 0.0
    errors = [
        np.quantile(each.strangers, REFERENCE_FPIR) - threshold_of(each, at)
        for each in scored
        if each.drawn.setting.students >= 10
    ]
    return msgspec.structs.replace(plain, size_weight=size_weight, error=float(np.std(errors)))


def _common_level(
    groups: Sequence[Sequence[Scored]], slope: float, class_weight: float, constants: DecisionConstants
) -> float:
    # The level at which REFERENCE_FPIR of one population's strangers are named, in the mean over class sizes.
    values, weights = [], []
    for group, row in zip(groups, _features(groups, constants)[0], strict=True):
        strangers = np.concatenate([each.strangers for each in group])
        values.append(strangers - slope * row[1] - class_weight * row[2])
        weights.append(np.full(len(strangers), 1 / len(strangers) / len(groups)))
    value, weight = np.concatenate(values), np.concatenate(weights)
    order = np.argsort(value)
    return float(value[order][np.searchsorted(np.cumsum(weight[order]), REFERENCE_FPIR)])


def _by_population(groups: Sequence[list[Scored]]) -> list[list[list[Scored]]]:
    names = sorted({group[0].drawn.population for group in groups})
    return [[group for group in groups if group[0].drawn.population == name] for name in names]


def _features(groups: Sequence[Sequence[Scored]], constants: DecisionConstants) -> tuple[Floats, Floats]:
    # 1, ln(students) and how much farther apart people are than is typical; the threshold that would be right.
    typical = constants.scores.typical_distance
    x = [(1.0, np.log(g[0].drawn.setting.students), np.mean([e.mean_distance for e in g]) - typical) for g in groups]
    return np.array(x), np.array([level_of(group) for group in groups])


def _size_weight(small: Sequence[Scored], constants: DecisionConstants) -> float:
    # How the threshold moves where several face sizes are averaged in a template.
    groups = [group for group in by_setting(small) if group[0].drawn.templates.sizes > 1]
    if not groups:
        return 0.0
    weights = []
    for of in _by_population(groups):
        x = np.array([1.0 - 1.0 / group[0].drawn.templates.sizes for group in of])
        y = np.array([level_of(group) - np.mean([threshold_of(each, constants) for each in group]) for group in of])
        weights.append(float((x @ y) / (x @ x)))
    return min(weights)


def threshold_of(scored: Scored, constants: DecisionConstants) -> float:
    templates = scored.drawn.templates
    return reference_threshold(constants, len(templates.students), templates.sizes, scored.mean_distance)


def by_setting(scored: Sequence[Scored]) -> list[list[Scored]]:
    groups: dict[tuple[str, Setting], list[Scored]] = {}
    for each in scored:
        groups.setdefault((each.drawn.population, each.drawn.setting), []).append(each)
    return list(groups.values())


def level_of(scored: Sequence[Scored]) -> float:
    """The score under which REFERENCE_FPIR of the strangers of all these classes lie."""
    return float(np.quantile(np.concatenate([each.strangers for each in scored]), REFERENCE_FPIR))


def _mean_excess(strangers: Floats) -> float:
    # Of the lowest 3 in 100 below the level that bounds them: peaks over threshold with an exponential tail.
    level = float(np.quantile(strangers, 0.03))
    below = strangers[strangers < level]
    return float((level - below).mean()) if len(below) else 0.0
