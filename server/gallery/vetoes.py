"""Keep students from being proposed for faces of which somebody has said that they are not theirs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from server.gallery.scores import Matrix, distances


@dataclass(frozen=True, slots=True, eq=False)
class Vetoes:
    """By student the faces, float32 (v, d), that are somebody else's."""

    faces: Mapping[str, NDArray[np.float32]]

    def refused(
        self, seen: NDArray[np.float32], plain: Matrix, students: Sequence[str], same_face: float
    ) -> NDArray[np.bool_]:
        """(k, n), which of these students a face (k, d) cannot be, where plain (k, n) are the distances to each.

        A face is a vetoed one where it is as near to it as one person's faces in a class's pictures are, same_face, and
        nearer than to the student's own photographs: a look-alike's veto does not hide the student.
        """
        refused = np.zeros(plain.shape, np.bool_)
        for column, student in enumerate(students):
            if student in self.faces:
                apart = distances(seen, self.faces[student]).min(axis=1)
                refused[:, column] = (apart <= same_face) & (apart < plain[:, column])
        return refused
