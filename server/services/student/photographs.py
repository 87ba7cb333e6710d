"""Take a photograph that a student sends of themselves, and say at once what is wrong with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.errors import BadImage
from server.services.class_day.recognition import Recognition
from server.services.enrolment.portrait import Unfit
from server.services.enrolment.upload import PhotographUploads, TakenPhotograph
from server.services.student.texts import StudentText
from server.store import AccessLine, Store

# What is told to the office, and to no student: see access_log.
HELD: Final = "held_photograph"
_SAID: Final = {
    "image": StudentText.NO_IMAGE,
    "nobody": StudentText.NO_FACE,
    "several": StudentText.SEVERAL_FACES,
    "small": StudentText.SMALL_FACE,
    "unusable": StudentText.UNUSABLE_FACE,
}


@dataclass(frozen=True, slots=True)
class OwnPhotographs:
    """For any thread."""

    store: Store
    uploads: PhotographUploads
    recognition: Recognition

    def count(self, student: str) -> int:
        return len(self.store.templates.photographs(student))

    def add(self, student: str, data: bytes, *, at: datetime, by: str, address: str) -> TakenPhotograph:
        """As PhotographUploads.add; one that surely shows another student is not enrolled, and the office is told.

        The answer is then the same: who sent it learns nothing of whom it shows.
        """

        def is_own(embedding: NDArray[np.float32]) -> bool:
            shown = self.recognition.surely(embedding)
            if shown in {None, student}:
                return True
            self._tell_office(student, at=at, by=by, address=address)
            return False

        try:
            return self.uploads.add(student, data, at=at, accept=is_own)
        except BadImage as refused:
            cause = refused.__cause__
            if isinstance(cause, Unfit):
                raise BadImage(_SAID[cause.kind]) from cause
            raise

    def _tell_office(self, student: str, *, at: datetime, by: str, address: str) -> None:
        line = AccessLine(
            at=at,
            who=by,
            action=HELD,
            subject=student,
            detail="a photograph that shows another student was not enrolled",
            address=address,
            device="",
            course="",
            subjects=1,
            why="",
        )
        self.store.access_log.write(line)
