"""Hold the enrolled students' embeddings."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.errors import BadRequest
from server.gallery.calibration import calibrate
from server.gallery.constants import DecisionConstants, constants_of
from server.gallery.matcher import Matcher
from server.gallery.templates import Templates, make_templates

# Lengths of embeddings: dlib's are 1.2 to 1.7, MobileFaceNet's 1. One that is far out would make a class of strangers
# to everybody.
SHORTEST: Final = 0.1
LONGEST: Final = 50.0
# Other people of the place who say how near people come to a class: more say nothing new, and take time.
MOST_OTHERS: Final = 500


class Gallery:
    """Students and their embeddings, several rows a student. Never changes, so any thread may use it."""

    def __init__(
        self,
        student_ids: Sequence[str],
        embeddings: NDArray[np.float32],
        *,
        model_id: str,
        reduced: Mapping[int, NDArray[np.float32]] | None = None,
        constants: DecisionConstants | None = None,
    ) -> None:
        """Raises BadRequest for embeddings of another shape, or that are not `usable`.

        student_ids: (n,), the student of each row of embeddings (n, d). reduced: by face size in pixels, the same
        photographs seen that small; None: not known. Without constants those of the nearest family decide.
        """
        self.model_id = model_id
        self.student_ids = tuple(student_ids)
        self.embeddings = _checked(embeddings, self.student_ids)
        self.reduced = {int(px): _checked(rows, self.student_ids) for px, rows in sorted((reduced or {}).items())}
        self.students = frozenset(self.student_ids)
        self.constants = constants or constants_of(model_id, self.embeddings.shape[1])
        if any(px < 1 for px in self.reduced):
            raise BadRequest(f"Face sizes are whole pixels from 1; given were {sorted(self.reduced)}.")

    def of(self, students: Collection[str]) -> "Gallery":
        """The gallery of these students alone; those without a photograph are not in it."""
        wanted = frozenset(students)
        rows = [row for row, student in enumerate(self.student_ids) if student in wanted]
        return Gallery(
            [self.student_ids[row] for row in rows],
            self.embeddings[rows],
            model_id=self.model_id,
            reduced={px: each[rows] for px, each in self.reduced.items()},
            constants=self.constants,
        )

    def of_student(self, student: str) -> NDArray[np.float32]:
        """(n, d), the embeddings of their photographs."""
        return self.embeddings[[row for row, each in enumerate(self.student_ids) if each == student]]

    def joined(self, other: "Gallery") -> "Gallery":
        """Both galleries in one. Raises BadRequest where another model made the other's embeddings."""
        self.require_model(other.model_id)
        sizes = self.reduced.keys() & other.reduced.keys()
        return Gallery(
            self.student_ids + other.student_ids,
            np.concatenate([self.embeddings, other.embeddings]),
            model_id=self.model_id,
            reduced={px: np.concatenate([self.reduced[px], other.reduced[px]]) for px in sizes},
            constants=self.constants,
        )

    def require_model(self, model_id: str) -> None:
        """Raises BadRequest unless the model with that id made this gallery's embeddings."""
        if model_id != self.model_id:
            raise BadRequest(
                f"The gallery was made by the model {self.model_id} and cannot be compared with faces of "
                f"the model {model_id}; enrol the photographs again with the model in use."
            )

    def matcher(self, fpir: float = 0.01, others: "Gallery | None" = None) -> Matcher:
        """What says who a face is, calibrated for large faces and for each reduced size.

        At most fpir of the faces of people who are not enrolled are given a name, `sure` and `check` together. others
        are everybody at the same place, who show how near people come. Raises BadRequest for a rate that is not between
        0 and 1, and for others of another model.
        """
        if not 0.0 < fpir < 1.0:
            raise BadRequest(f"The rate of strangers given a name must lie between 0 and 1, not at {fpir}.")
        outside = self._outside(others) if others else None
        return Matcher(
            self.constants,
            {
                px: calibrate(
                    self.templates(px),
                    self.constants,
                    fpir,
                    outside.templates(px) if outside and (px is None or px in outside.reduced) else None,
                )
                for px in (None, *(self.reduced if self.constants.visibility.reduced else ()))
            },
        )

    def templates(self, face_px: int | None) -> Templates:
        """One template a student for faces of that size (None: large)."""
        most = self.constants.resemblance.same_person_at_most
        return make_templates(self.student_ids, self.embeddings, self.reduced, face_px, most)

    def _outside(self, others: "Gallery") -> "Gallery":
        # Who is not in this gallery, evenly taken.
        self.require_model(others.model_id)
        names = sorted(others.students - self.students)
        return others.of(names[:: max(1, -(-len(names) // MOST_OTHERS))])


def usable(embeddings: NDArray[np.float32]) -> NDArray[np.bool_]:
    """(n,), which of embeddings (n, d) can be those of faces: finite, neither nearly zero nor far too long."""
    lengths = np.linalg.norm(embeddings.astype(np.float64), axis=1)
    possible: NDArray[np.bool_] = (lengths > SHORTEST) & (lengths < LONGEST)
    return possible


def _checked(embeddings: NDArray[np.float32], student_ids: Sequence[str]) -> NDArray[np.float32]:
    # A read-only copy.
    with np.errstate(over="ignore"):
        copy = np.array(embeddings, np.float32)
    rows = len(student_ids)
    if copy.ndim != 2 or len(copy) != rows or (rows and not copy.shape[1]):
        raise BadRequest(f"{rows} rows of a gallery need embeddings of shape ({rows}, n), not {copy.shape}.")
    unusable = np.flatnonzero(~usable(copy))
    if len(unusable):
        raise BadRequest(
            f"The embedding of a photograph of student {student_ids[unusable[0]]} is all zeros, holds a "
            "number that is not finite, or is too long for a face's; enrol the photograph again."
        )
    copy.flags.writeable = False
    return copy
