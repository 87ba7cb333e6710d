"""Average the photographs of each student to one template, for each face size."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.gallery.scores import distances

# Photographs of one student that say how near they come to the others; more say nothing new.
MOST_PROBES: Final = 8


@dataclass(frozen=True, slots=True, eq=False)
class Templates:
    """A class at one face size."""

    students: tuple[str, ...]
    # float32 (n, d), one a student.
    means: NDArray[np.float32]
    # float32 (r, d), single photographs as seen at that size.
    probes: NDArray[np.float32]
    # (r,), the student of each, a column of the others.
    owners: NDArray[np.intp]
    # How many face sizes are averaged in means.
    sizes: int


def make_templates(
    student_ids: Sequence[str],
    embeddings: NDArray[np.float32],
    reduced: Mapping[int, NDArray[np.float32]],
    face_px: int | None,
    same_person_at_most: float,
) -> Templates:
    """Templates for faces of face_px pixels (None: large): the mean over all sizes down to it.

    Photographs farther than same_person_at_most from the student's middle one are not used.
    """
    students = tuple(sorted(set(student_ids)))
    columns = {student: column for column, student in enumerate(students)}
    owners = np.array([columns[student] for student in student_ids], dtype=np.intp)
    sizes = [embeddings] if face_px is None else [embeddings] + [reduced[px] for px in reduced if px >= face_px]
    seen = embeddings if face_px is None else reduced[face_px]
    by_photograph: NDArray[np.float32] = np.mean(np.stack(sizes), axis=0)
    ordered = np.split(np.argsort(owners, kind="stable"), np.cumsum(np.bincount(owners, minlength=len(students)))[:-1])
    kept = [_of_one_person(embeddings, rows, same_person_at_most) for rows in ordered if len(rows)]
    means = [np.mean(by_photograph[rows], axis=0) for rows in kept]
    used = np.array([row for rows in kept for row in rows[:MOST_PROBES]], dtype=np.intp)
    return Templates(
        students,
        np.array(means, np.float32).reshape(len(students), embeddings.shape[1]),
        seen[used],
        owners[used],
        len(sizes),
    )


def _of_one_person(embeddings: NDArray[np.float32], rows: NDArray[np.intp], at_most: float) -> NDArray[np.intp]:
    # The rows that agree with the one in the middle; of two that disagree neither can be preferred.
    if len(rows) < 3:
        return rows
    return rows[from_the_middle(embeddings[rows]) <= at_most]


def from_the_middle(photographs: NDArray[np.float32]) -> NDArray[np.float64]:
    """(r,), distances of one student's photographs (r, d) from the one nearest to their median."""
    middle = distances(photographs, np.median(photographs, axis=0)[None])[:, 0].argmin()
    apart: NDArray[np.float64] = distances(photographs, photographs[[middle]])[:, 0]
    return apart
