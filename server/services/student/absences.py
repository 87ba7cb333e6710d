"""Take a request for official absence (공결) with its proof, and grant or refuse it."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from server.domain.absences import (
    MOST_DAYS,
    MOST_OPEN,
    MOST_PROOF_BYTES,
    MOST_REASON,
    AbsenceRequest,
    AbsenceState,
    proof_type,
)
from server.domain.attendance import Source, State
from server.domain.calendar import campus_day
from server.errors import BadRequest, NoSession, RollcallError, UnknownCourse
from server.services.class_day.courses import Courses
from server.services.class_day.decisions import Batch, Decision, Decisions
from server.services.student.texts import StudentText
from server.store import Session, Store

MOST_LISTED: Final = 500
_WHY: Final = 400
GRANTABLE: Final = frozenset({State.EXCUSED, State.EXCUSED_ABSENCE})


@dataclass(frozen=True, slots=True)
class Absences:
    """For any thread. proof_days: so long after the answer the proof is kept."""

    store: Store
    courses: Courses
    decisions: Decisions
    proof_days: int

    def file(
        self, student: str, course: str, begins: date, ends: date, reason: str, proof: bytes, *, now: datetime, by: str
    ) -> AbsenceRequest:
        """Raises UnknownCourse for a course that is not theirs, and BadRequest."""
        if course not in self.store.rosters.courses_of(student):
            raise UnknownCourse(StudentText.NO_COURSE_OF_YOURS)
        today = campus_day(now, self.courses.zone)
        if not 0 <= (ends - begins).days < MOST_DAYS or abs((begins - today).days) > 366:
            raise BadRequest(StudentText.WRONG_DAYS, most=MOST_DAYS)
        reason = reason.strip()
        if not reason or len(reason) > MOST_REASON:
            raise BadRequest(StudentText.EMPTY_REASON, most=MOST_REASON)
        kind = proof_type(proof) if proof else ""
        if kind is None or len(proof) > MOST_PROOF_BYTES:
            raise BadRequest(StudentText.WRONG_PROOF, most=MOST_PROOF_BYTES >> 20)

        def check(before: Sequence[AbsenceRequest]) -> None:
            waiting = [each for each in before if each.is_open]
            if len(waiting) >= MOST_OPEN:
                raise BadRequest(StudentText.TOO_MANY, most=MOST_OPEN)
            if any((each.course, each.begins, each.ends) == (course, begins, ends) for each in waiting):
                raise BadRequest(StudentText.ASKED_ALREADY)

        request = AbsenceRequest(
            number=0,
            student=student,
            course=course,
            begins=begins,
            ends=ends,
            reason=reason,
            filed_at=now,
            proof_type=kind,
        )
        return self.store.absences.add(request, proof, check, by=by)

    def of_student(self, student: str) -> list[AbsenceRequest]:
        """Newest first."""
        return self.store.absences.of_student(student)

    def of_courses(self, courses: Collection[str] | None) -> list[AbsenceRequest]:
        """Open ones first; None: of every course."""
        return self.store.absences.of_courses(courses, MOST_LISTED)

    def get(self, number: int, may_see: Callable[[AbsenceRequest], bool]) -> AbsenceRequest:
        """Raises NoSession, alike for one that they may not see and one that is not there."""
        found = self.store.absences.get(number)
        if found is None or not may_see(found):
            raise NoSession(StudentText.NO_APPEAL)
        return found

    def answer(
        self, request: AbsenceRequest, state: State | None, text: str, *, now: datetime, by: str, origin: str = ""
    ) -> None:
        """Record that state in every hour of those days, and say so; None: refuse. Raises what refuses a mark."""
        text = text.strip()
        if not text or len(text) > MOST_REASON:
            raise BadRequest(StudentText.EMPTY_ANSWER, most=MOST_REASON)
        if not request.is_open:
            raise BadRequest(StudentText.ANSWERED_MEANWHILE)
        if state is not None:
            if state not in GRANTABLE:
                raise BadRequest(StudentText.NOT_GRANTABLE)
            if request.ends > campus_day(now, self.courses.zone):
                raise BadRequest(StudentText.DAYS_TO_COME, day=request.ends)
            self._record(request, state, text, now=now, by=by, origin=origin)
        outcome = AbsenceState.REFUSED if state is None else AbsenceState.GRANTED
        if not self.store.absences.answer(request, outcome, text, at=now, by=by):
            raise BadRequest(StudentText.ANSWERED_MEANWHILE)

    def destroy_proofs(self, now: datetime) -> int:
        """Those whose time is over; how many."""
        return self.store.absences.destroy_proofs(answered_before=now - timedelta(days=self.proof_days), at=now)

    def _record(self, request: AbsenceRequest, state: State, text: str, *, now: datetime, by: str, origin: str) -> None:
        sessions = self.store.sessions.listed(request.course, request.begins, request.ends)
        for session in sessions:
            decisions = tuple(self._decisions(request, session, state, text, now=now, by=by, origin=origin))
            if decisions:
                batch = Batch(decisions=decisions, source=Source.PROFESSOR, session=session.id)
                (outcome,) = self.decisions.record([batch], now=now)
                if isinstance(outcome, RollcallError):
                    raise outcome

    def _decisions(
        self, request: AbsenceRequest, session: Session, state: State, text: str, *, now: datetime, by: str, origin: str
    ) -> list[Decision]:
        if request.student not in self.store.rosters.students_of(session.course, session.day):
            return []
        return [
            Decision(
                student=request.student,
                course=request.course,
                state=state,
                hour=hour.number,
                at=now,
                by=by,
                why=text[:_WHY],
                origin=origin,
            )
            for hour in session.hours
        ]
