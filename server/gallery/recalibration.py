"""Confirmed sightings of a course in, another threshold out, or a refusal. Knows no store.

A sighting that a professor has confirmed says what the room's camera and light do to these very students; it does not
show strangers, so it may only move the threshold within what the class's own photographs allow.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.errors import BadRequest
from server.gallery.matcher import Matcher, checked_faces
from server.gallery.prior import TAIL_SCALE, THRESHOLD_ERROR

FEWEST_STUDENTS: Final = 10
"""Fewer students than this say nothing about the next one."""
FEWEST_SIGHTINGS: Final = 30


@dataclass(frozen=True, slots=True)
class Recalibration:
    """shift: to add to the threshold, distance; positive names more faces. missed_before, missed_after: shares of
    students, each counted by the share of his sightings. students, sightings: how many it rests on.
    """

    shift: float
    missed_before: float
    missed_after: float
    students: int
    sightings: int


def recalibrate(
    matcher: Matcher, confirmed: Sequence[str], embeddings: NDArray[np.float32], face_px: NDArray[np.float64],
    wanted_missed: float = 0.05,
) -> Recalibration:
    """How far the threshold of this course should move so that at most `wanted_missed` of its students are missed.

    confirmed: (s,), the student of each sighting; embeddings: (s, 128); face_px: (s,). The shift never passes the error
    that the predicted threshold is known to have, in either direction. Raises BadRequest where there are too few
    students or sightings, or where a face of one enrolled student would then be taken for another's: no threshold is
    worth that two students exchange.
    """
    faces = checked_faces(embeddings)
    names, columns = _known(matcher, confirmed, len(faces))
    leads = matcher.judge(faces, np.asarray(face_px, np.float64)).leads
    own = leads[np.arange(len(faces)), columns]
    shift = float(np.clip(-np.quantile(_by_student(own, columns), wanted_missed), -THRESHOLD_ERROR, THRESHOLD_ERROR))
    _refuse_exchange(matcher.students, leads, columns, shift)
    return Recalibration(shift, _missed(own, columns, 0.0), _missed(own, columns, shift), len(names), len(faces))


def fpir_after(fpir: float, shift: float) -> float:
    """The rate of strangers given a name once the threshold is moved by `shift`, by the tail it was predicted with."""
    return min(1.0, fpir * float(np.exp(shift / TAIL_SCALE)))


def _known(matcher: Matcher, confirmed: Sequence[str], sightings: int) -> tuple[set[str], NDArray[np.intp]]:
    names = set(confirmed)
    if len(confirmed) != sightings or sightings < FEWEST_SIGHTINGS or len(names) < FEWEST_STUDENTS:
        raise BadRequest(
            f"{len(confirmed)} confirmed sightings of {len(names)} students are too few to calibrate by (or have not "
            f"one embedding each); at least {FEWEST_SIGHTINGS} of {FEWEST_STUDENTS} students are needed.")
    places = {student: column for column, student in enumerate(matcher.students)}
    missing = sorted(names - places.keys())
    if missing:
        raise BadRequest(f"Student {missing[0]} was confirmed, but has no photograph in this gallery; enrol one first.")
    return names, np.array([places[each] for each in confirmed], dtype=np.intp)


def _by_student(values: NDArray[np.float64], columns: NDArray[np.intp]) -> NDArray[np.float64]:
    """Median of each student's sightings: pictures of one person are not independent of each other."""
    return np.array([np.median(values[columns == column]) for column in np.unique(columns)])


def _missed(own: NDArray[np.float64], columns: NDArray[np.intp], shift: float) -> float:
    missed = (own + shift < 0).astype(np.float64)
    return float(np.mean([missed[columns == column].mean() for column in np.unique(columns)]))


def _refuse_exchange(
    students: Sequence[str], leads: NDArray[np.float64], columns: NDArray[np.intp], shift: float
) -> None:
    others = leads.copy()
    others[np.arange(len(columns)), columns] = -np.inf
    wrong = np.flatnonzero((others.max(axis=1) + shift >= 0) & (others.max(axis=1) > leads.max(axis=1) - 1e-12))
    if len(wrong):
        right, taken = students[columns[wrong[0]]], students[int(others[wrong[0]].argmax())]
        raise BadRequest(f"With these sightings a face of student {right} would be given to student {taken}: nothing "
                         "is changed. Look at both students' photographs and at who was confirmed.")
