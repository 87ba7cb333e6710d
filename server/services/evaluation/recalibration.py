"""Recalibrate a course's threshold by its confirmed sightings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from server.faces import stacked
from server.gallery import Matcher, fpir_after, recalibrate
from server.services.class_day.galleries import Galleries
from server.store import Store


@dataclass(frozen=True, slots=True)
class CourseShift:
    """How a course's threshold moves."""

    course: str
    # Distances from what the photographs predict; above 0 more faces are named.
    shift_before: float
    shift_after: float
    # The predicted shares of strangers' faces that are given a name.
    strangers_before: float
    strangers_after: float
    # The shares of confirmed sightings that are missed, averaged over students; None where no sighting was asked.
    missed_before: float | None = None
    missed_after: float | None = None
    # How many it rests on.
    students: int = 0
    sightings: int = 0


def foretell(store: Store, galleries: Galleries, course: str, day: date) -> CourseShift:
    """Where the course's confirmed sightings would move its threshold; changes nothing.

    day: whose students count. Raises UnknownCourse, and BadRequest where there are too few sightings or two enrolled
    students would be taken for each other.
    """
    students = store.rosters.students_of(course, day)
    matcher = galleries.matcher(students)
    confirmed = store.pictures.confirmed(course, galleries.model_id)
    sightings = _without_vetoed(galleries.matcher(students, course), confirmed)
    before = galleries.shift_of(course)
    result = recalibrate(
        matcher,
        [student for student, _, _ in sightings],
        stacked([embedding for _, embedding, _ in sightings], matcher.dimensions),
        np.array([face_px for _, _, face_px in sightings], np.float64),
        shift_before=before,
    )
    return CourseShift(
        course,
        before,
        result.shift,
        fpir_after(matcher.constants, galleries.fpir, before),
        fpir_after(matcher.constants, galleries.fpir, result.shift),
        result.missed_before,
        result.missed_after,
        result.students,
        result.sightings,
    )


def _without_vetoed(
    matcher: Matcher, sightings: Sequence[tuple[str, NDArray[np.float32], int]]
) -> list[tuple[str, NDArray[np.float32], int]]:
    """Those of which nobody has said that they are not the student's: a mark by hand confirms no face."""
    refused = matcher.refused(stacked([embedding for _, embedding, _ in sightings], matcher.dimensions))
    columns = {student: column for column, student in enumerate(matcher.students)}
    return [each for row, each in enumerate(sightings) if each[0] not in columns or not refused[row, columns[each[0]]]]


def back_to_photographs(store: Store, galleries: Galleries, course: str, day: date) -> CourseShift:
    """The shift that takes back every recalibration of the course; changes nothing. Raises UnknownCourse."""
    store.rosters.students_of(course, day)
    before = galleries.shift_of(course)
    strangers = fpir_after(galleries.current().constants, galleries.fpir, before)
    return CourseShift(course, before, 0.0, strangers, galleries.fpir)


def keep(store: Store, galleries: Galleries, shift: CourseShift, *, at: datetime, by: str) -> None:
    """Decide by it from the next picture on, in every process."""
    store.courses.set_shift(
        shift.course,
        galleries.model_id,
        shift.shift_after,
        students=shift.students,
        sightings=shift.sightings,
        at=at,
        by=by,
    )
