"""The enrolled students' embeddings, immutable."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from server.errors import BadRequest
from server.gallery.matcher import Matcher

DIMENSIONS = 128
"""Length of an embedding of dlib's face recognition network."""


class Gallery:
    """Students and their embeddings; several rows a student. Never changes, so any thread may use it.

    student_ids: (n,), the student of each row. embeddings: (n, 128) float32. model_id: the model that made them.
    reduced: {face size in px: (n, 128)}, the same photographs seen that small, or None: not known.
    Raises BadRequest for embeddings of another shape or with a number that is not finite.
    """

    def __init__(
        self,
        student_ids: Sequence[str],
        embeddings: NDArray[np.float32],
        *,
        model_id: str,
        reduced: Mapping[int, NDArray[np.float32]] | None = None,
    ) -> None:
        self.model_id = model_id
        self.student_ids = tuple(student_ids)
        self.embeddings = _checked(embeddings, len(self.student_ids))
        self.reduced = {size: _checked(rows, len(self.student_ids)) for size, rows in (reduced or {}).items()}
        self.students = frozenset(self.student_ids)

    def of(self, students: Collection[str]) -> "Gallery":
        """The gallery of these students alone; those without a photograph are simply not in it."""
        wanted = frozenset(students)
        rows = [row for row, student in enumerate(self.student_ids) if student in wanted]
        return Gallery(
            [self.student_ids[row] for row in rows],
            self.embeddings[rows],
            model_id=self.model_id,
            reduced={size: each[rows] for size, each in self.reduced.items()},
        )

    def matcher(self) -> Matcher:
        """What says who a face is, by this gallery."""
        return Matcher(self.student_ids, self.embeddings)


def _checked(embeddings: NDArray[np.float32], rows: int) -> NDArray[np.float32]:
    """A read-only float32 copy of the right shape."""
    copy = np.array(embeddings, np.float32)
    if copy.shape != (rows, DIMENSIONS):
        raise BadRequest(f"{rows} rows of a gallery need embeddings of shape ({rows}, {DIMENSIONS}), not {copy.shape}.")
    if not np.isfinite(copy).all():
        raise BadRequest("An embedding of the gallery holds a number that is not finite; enrol the photograph again.")
    copy.flags.writeable = False
    return copy
