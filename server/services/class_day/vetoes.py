"""Keep that a face is not a student's, as a person who teaches them has said, for the term."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from protocol.error_texts import ServerText
from server.domain.vetoes import Veto, last_day
from server.errors import BadRequest, NoSession, NotEnrolled
from server.services.class_day.courses import Courses
from server.services.class_day.sessions import ClassSessions
from server.store import Store

NO_FACE: Final = (
    "No picture of this hour that can still be compared shows a face that is taken for {student}: wait for the next "
    "one, or mark the student by hand."
)
NO_VETO: Final = "This is taken back already, or was never said: load the page anew."


class FaceVetoes:
    """For any thread. model_id: by which the faces that are vetoed were seen."""

    def __init__(self, store: Store, sessions: ClassSessions, courses: Courses, model_id: str) -> None:
        self._store = store
        self._sessions = sessions
        self._courses = courses
        self.model_id: Final = model_id

    def veto(
        self,
        number: int,
        student: str,
        hour: int,
        *,
        face: NDArray[np.float32] | None = None,
        now: datetime,
        by: str,
    ) -> Veto:
        """Say that a face is not this student's, in the session's course from now to the end of the term.

        face: float32 (d,); None: what that hour's pictures take for theirs. Raises NoSession (for
        an hour too), NotEnrolled, and BadRequest where they take none.
        """
        view = self._sessions.view(number, now)
        course, day = view.session.course, view.session.day
        if hour not in [each.number for each in view.session.hours]:
            held = ", ".join(str(each.number) for each in view.session.hours)
            raise NoSession(ServerText.NO_HOUR, number=number, hour=hour, hours=held)
        if student not in self._store.rosters.students_of(course, day):
            raise NotEnrolled(ServerText.NOT_ENROLLED, student=student, course=course, day=day)
        if face is None:
            face = self._sessions.evidence(view).face(student, hour)
        if face is None:
            raise BadRequest(NO_FACE, student=student)
        veto = Veto(
            number=0,
            course=course,
            student=student,
            day=day,
            hour=hour,
            made_at=now,
            who=by,
            ends=last_day(self._courses.calendar(), day),
            model_id=self.model_id,
        )
        return self._store.vetoes.add(veto, face)

    def is_taken_for(self, number: int, student: str, hour: int, now: datetime) -> bool:
        """Whether the hour's pictures take a face for this student's that can be vetoed."""
        return self._sessions.evidence(self._sessions.view(number, now)).face(student, hour) is not None

    def of_courses(self, courses: Collection[str] | None, student: str | None = None) -> list[Veto]:
        """Newest first; None: of every course."""
        return self._store.vetoes.listed(courses, student)

    def get(self, number: int) -> Veto:
        """Raises BadRequest where it is gone."""
        veto = self._store.vetoes.get(number)
        if veto is None:
            raise BadRequest(NO_VETO)
        return veto

    def take_back(self, veto: Veto, *, now: datetime, by: str) -> None:
        """Raises BadRequest where somebody else has done it."""
        if not self._store.vetoes.remove(veto, at=now, by=by):
            raise BadRequest(NO_VETO)
