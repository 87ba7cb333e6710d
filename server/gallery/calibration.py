"""Find the threshold of a class at one face size by how near its students lie to each other."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.gallery.constants import DecisionConstants
from server.gallery.resemblance import alike
from server.gallery.scores import Matrix, distances, length_terms, with_margin
from server.gallery.templates import Templates

# The rate of strangers who are given a name for which thresholds are fitted.
REFERENCE_FPIR: Final = 0.01
REFERENCE_FMR: Final = 1e-4
# People, evenly taken, by whom a larger cohort is described: more say nothing new, and take time.
MOST_DESCRIBED: Final = 500
UNLIKE_ERRORS: Final = 2.0
# Pairs for which the distance in a homogeneous population stands in a class's own mean: a class that hardly shows
# itself may be of such a one.
SHRINKAGE: Final = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """A class of students at one face size."""

    constants: DecisionConstants
    templates: Templates
    # Between different students, drawn towards that in a homogeneous population.
    mean_distance: float
    # (n, n), look-alikes.
    twins: NDArray[np.bool_]
    # Score under which a face is named.
    threshold: float
    # The same for REFERENCE_FPIR, what probabilities refer to.
    reference: float
    # Rate asked for, of strangers' faces that are given a name.
    fpir: float

    def scores(self, plain: Matrix, faces: NDArray[np.float32]) -> Matrix:
        """(k, n), lower is more alike, of faces (k, d) at these plain distances (k, n)."""
        scoring = self.constants.scores
        margins = with_margin(plain, scoring, self.twins if self.twins.any() else None)
        result: Matrix = margins - self.length_terms(faces)[:, None]
        return result

    def length_terms(self, faces: NDArray[np.float32]) -> NDArray[np.float64]:
        """(k,), what is subtracted from the scores of faces (k, d) for their lengths."""
        return length_terms(faces, self.constants.scores)

    def pair_threshold(self, fmr: float) -> float:
        """Distance under which a face is one student's, where a share `fmr` of other people's faces is not."""
        verification = self.constants.verification
        level = verification.level + verification.class_weight * self._above_typical
        return level + verification.tail_scale * math.log(fmr / REFERENCE_FMR)

    @property
    def _above_typical(self) -> float:
        return self.mean_distance - self.constants.scores.typical_distance


def calibrate(
    templates: Templates, constants: DecisionConstants, fpir: float, others: Templates | None = None
) -> Calibration:
    """The calibration of a class; others of the same place, not in it, show beside it how near people come."""
    near = _cohort(templates, others)
    usual = near[np.isfinite(near)]
    pairs = usual.size / 2
    seen = pairs * float(usual.mean()) if pairs else 0.0
    mean = (seen + SHRINKAGE * constants.scores.homogeneous_distance) / (pairs + SHRINKAGE)
    reference = reference_threshold(constants, len(templates.students), templates.sizes, mean)
    return Calibration(
        constants,
        templates,
        mean,
        _twins(templates, constants),
        reference + constants.thresholds.tail_scale * math.log(fpir / REFERENCE_FPIR),
        reference,
        fpir,
    )


def reference_threshold(constants: DecisionConstants, students: int, sizes: int, mean_distance: float) -> float:
    """Score under which REFERENCE_FPIR of strangers' faces lie; sizes are those averaged in a template."""
    fitted = constants.thresholds
    return (
        fitted.level
        + fitted.per_log_students * math.log(max(students, 1))
        + fitted.class_weight * (mean_distance - constants.scores.typical_distance)
        + fitted.size_weight * (1.0 - 1.0 / max(sizes, 1))
    )


def _cohort(templates: Templates, others: Templates | None) -> Matrix:
    # (c, n), from single photographs of classmates and others to the templates; infinity to one's own.
    students = len(templates.students)
    some = np.linspace(0, students - 1, min(students, MOST_DESCRIBED)).astype(np.intp)
    rows = np.flatnonzero(np.isin(templates.owners, some))
    photographs = distances(templates.probes[rows], templates.means)
    owners = np.searchsorted(some, templates.owners[rows])
    among = np.zeros((len(some), students))
    np.add.at(among, owners, photographs)
    among /= np.maximum(np.bincount(owners, minlength=len(some)), 1)[:, None]
    among[np.arange(len(some)), some] = np.inf
    if others is None or not len(others.students):
        return among
    first = np.unique(others.owners, return_index=True)[1]
    outside = distances(others.probes[first], templates.means)
    return among if _unlike(among, outside) else np.concatenate([among, outside])


def _unlike(among: Matrix, outside: Matrix) -> bool:
    # Whether students are nearer to each other than others are to them, so that these show no strangers of theirs.
    own = among[np.isfinite(among)]
    if not own.size:
        return False
    error = own.std() / math.sqrt(among.shape[1])
    return bool(outside.mean() - own.mean() > UNLIKE_ERRORS * error)


def _twins(templates: Templates, constants: DecisionConstants) -> NDArray[np.bool_]:
    # (n, n); empty where nobody looks like anybody, and in classes too large to hold it.
    students = len(templates.students)
    twins = np.zeros((students, students) if students <= MOST_DESCRIBED else (0, 0), np.bool_)
    if twins.size:
        pairs, _ = alike(templates.means, constants)
        twins[pairs[:, 0], pairs[:, 1]] = twins[pairs[:, 1], pairs[:, 0]] = True
    return twins
