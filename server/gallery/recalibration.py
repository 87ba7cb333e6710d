"""Move a course's threshold by its confirmed sightings, or refuse to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.errors import BadRequest
from server.gallery.constants import DecisionConstants
from server.gallery.matcher import Matcher

# A confirmed sighting says what the room's camera and light do to these very students. It does not show strangers, so
# it may only move the threshold within what the class's own photographs allow. Fewer students than this say nothing
# about the next one.
FEWEST_STUDENTS: Final = 10
FEWEST_SIGHTINGS: Final = 30
# Share of a course's students who may be missed in most of their pictures once the threshold has moved.
WANTED_MISSED: Final = 0.05


@dataclass(frozen=True, slots=True)
class Recalibration:
    """How a threshold should move, and what it was learnt from."""

    # To add to the threshold that the photographs foretell, distance; positive names more faces.
    shift: float
    # Before and after: shares of students, each counted by the share of their sightings.
    missed_before: float
    missed_after: float
    # How many it rests on.
    students: int
    sightings: int


def recalibrate(
    matcher: Matcher,
    confirmed: Sequence[str],
    embeddings: NDArray[np.float32],
    face_px: NDArray[np.float64],
    *,
    # By how much the course's threshold is moved now.
    shift_before: float = 0.0,
) -> Recalibration:
    """How far the threshold of this course should move so that at most WANTED_MISSED of its students are missed.

    confirmed has the student of each sighting; who is not in the matcher is left out. Raises BadRequest where there are
    too few, or where a face of one student would then be taken for another's.
    """
    places = {student: column for column, student in enumerate(matcher.students)}
    kept = np.array([row for row, student in enumerate(confirmed) if student in places], dtype=np.intp)
    columns = np.array([places[confirmed[row]] for row in kept], dtype=np.intp)
    students = len(np.unique(columns))
    _refuse_too_few(len(kept), students)
    leads = matcher.judge(matcher.checked(embeddings)[kept], np.asarray(face_px, np.float64)[kept]).leads
    own = leads[np.arange(len(kept)), columns]
    # In either direction the shift stays within the error that the predicted threshold is known to have.
    most = matcher.constants.thresholds.error
    shift = float(np.clip(-np.quantile(_by_student(own, columns), WANTED_MISSED), -most, most))
    _refuse_exchange(matcher.students, leads, columns, shift)
    return Recalibration(shift, _missed(own, columns, shift_before), _missed(own, columns, shift), students, len(kept))


def fpir_after(constants: DecisionConstants, fpir: float, shift: float) -> float:
    """The rate of strangers given a name once the threshold is moved by `shift`."""
    # By the tail that the threshold was predicted with.
    return min(1.0, fpir * float(np.exp(shift / constants.thresholds.tail_scale)))


def _refuse_too_few(sightings: int, students: int) -> None:
    if sightings < FEWEST_SIGHTINGS or students < FEWEST_STUDENTS:
        raise BadRequest(
            f"{sightings} confirmed sightings of {students} enrolled students are too few to calibrate by; at least "
            f"{FEWEST_SIGHTINGS} of {FEWEST_STUDENTS} students are needed. Record pictures and confirm who was there."
        )


def _by_student(values: NDArray[np.float64], columns: NDArray[np.intp]) -> NDArray[np.float64]:
    # Median of each student's sightings: pictures of one person are not independent of each other.
    return np.array([np.median(values[columns == column]) for column in np.unique(columns)])


def _missed(own: NDArray[np.float64], columns: NDArray[np.intp], shift: float) -> float:
    missed = (own + shift < 0).astype(np.float64)
    return float(np.mean([missed[columns == column].mean() for column in np.unique(columns)]))


def _refuse_exchange(
    students: Sequence[str], leads: NDArray[np.float64], columns: NDArray[np.intp], shift: float
) -> None:
    # No threshold is worth that two students exchange.
    others = leads.copy()
    others[np.arange(len(columns)), columns] = -np.inf
    wrong = np.flatnonzero((others.max(axis=1) + shift >= 0) & (others.max(axis=1) > leads.max(axis=1) - 1e-12))
    if len(wrong):
        right, taken = students[columns[wrong[0]]], students[int(others[wrong[0]].argmax())]
        raise BadRequest(
            f"With these sightings a face of student {right} would be given to student {taken}: nothing "
            "is changed. Look at both students' photographs and at who was confirmed."
        )
