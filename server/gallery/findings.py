"""A gallery in, what is odd about its photographs out, in words. Decides nothing: the matcher leaves the same out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from server.gallery.calibration import MOST_DESCRIBED, calibrate
from server.gallery.gallery import Gallery
from server.gallery.prior import REFERENCE_FPIR
from server.gallery.scores import Matrix, distances
from server.gallery.templates import SAME_PERSON_AT_MOST, Templates, make_templates

ONE_PERSON_UNDER: Final = 0.35
"""Photographs of two students that are nearer are more likely to show one person than two who resemble each other:
half of the pairs of one person are, one in 100 000 pairs of different people (our mixed sets, November 2026)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should look at. students: whom it concerns; text: a sentence that says what to do."""

    kind: Literal["one person", "look-alikes", "odd photograph"]
    students: tuple[str, ...]
    distance: float
    text: str


def find_oddities(gallery: Gallery) -> list[Finding]:
    """One person under two numbers, look-alikes, photographs that do not fit a student's others; nearest first.

    Look-alikes are told of galleries of up to MOST_DESCRIBED students: ask course by course.
    """
    if not gallery.students:
        return []
    templates = make_templates(gallery.student_ids, gallery.embeddings, gallery.reduced, None)
    pairs = _alike_pairs(templates) if len(templates.students) <= MOST_DESCRIBED else _same_pairs(templates)
    alike = [_alike(templates.students[a], templates.students[b], apart) for a, b, apart in pairs]
    return sorted([*alike, *_odd_photographs(gallery)], key=lambda finding: (finding.distance, finding.students))


def _alike_pairs(templates: Templates) -> Iterator[tuple[int, int, float]]:
    apart = distances(templates.means, templates.means)
    for one, other in np.argwhere(np.triu(calibrate(templates, REFERENCE_FPIR).seen.twins, 1)):
        yield int(one), int(other), float(apart[one, other])


def _same_pairs(templates: Templates) -> Iterator[tuple[int, int, float]]:
    """Of a whole university only who looks like one person: among millions of pairs hundreds are alike by chance."""
    for start in range(0, len(templates.means), MOST_DESCRIBED):
        apart = distances(templates.means[start : start + MOST_DESCRIBED], templates.means)
        for row, other in np.argwhere(apart < ONE_PERSON_UNDER):
            if start + row < other:
                yield int(start + row), int(other), float(apart[row, other])


def _alike(one: str, other: str, distance: float) -> Finding:
    if distance < ONE_PERSON_UNDER:
        return Finding("one person", (one, other), distance, (
            f"Students {one} and {other} look like one person (distance {distance:.2f}): one person under two numbers, "
            "or a photograph filed under the wrong number. Compare their photographs."))
    return Finding("look-alikes", (one, other), distance, (
        f"Students {one} and {other} resemble each other more than chance allows (distance {distance:.2f}); where "
        "both fit a face, the professor is asked. A second and third photograph of each helps."))


def _odd_photographs(gallery: Gallery) -> list[Finding]:
    owners = np.array(gallery.student_ids)
    found = []
    for student in sorted(gallery.students):
        rows = np.flatnonzero(owners == student)
        apart = distances(gallery.embeddings[rows], gallery.embeddings[rows])
        found += [_odd(student, int(each), len(rows), apart) for each in _misfits(apart)]
    return found


def _misfits(apart: Matrix) -> NDArray[np.intp]:
    """Photographs farther from the one in the middle than one person's are."""
    if len(apart) < 2:
        return np.empty(0, dtype=np.intp)
    middle = np.median(apart, axis=1).argmin()
    return np.flatnonzero(apart[middle] > SAME_PERSON_AT_MOST)


def _odd(student: str, photograph: int, photographs: int, apart: Matrix) -> Finding:
    distance = float(np.median(np.delete(apart[photograph], photograph)))
    advice = "it is not used" if photographs > 2 else "which of the two is wrong cannot be told, and both are used"
    return Finding("odd photograph", (student,), distance, (
        f"Photograph {photograph + 1} of {photographs} of student {student} does not look like the same person "
        f"(distance {distance:.2f} to the others); {advice}. Look at it and take it away if it shows somebody else."))
