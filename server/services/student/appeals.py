"""Take a student's wish that a person looks again, have it prepared, and answer it once."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from server.domain.appeals import (
    ANSWER_WITHIN,
    MOST_OF_ONE_HOUR,
    MOST_OPEN,
    MOST_TEXT,
    Appeal,
    AppealState,
    Refusal,
    refusal,
)
from server.domain.attendance import Source, State
from server.domain.calendar import campus_day
from server.domain.ledger import MarkOutcome
from server.errors import BadRequest, NoSession, RollcallError
from server.services.class_day.courses import Courses
from server.services.class_day.decisions import Batch, Decision, Decisions
from server.services.student.attendance import StudentAttendance
from server.services.student.texts import StudentText
from server.store import Store

MOST_LISTED: Final = 500
# As long as the reason of a mark may be; the whole answer stands with the appeal.
_WHY: Final = 400


@dataclass(frozen=True, slots=True)
class Appeals:
    """For any thread. within_days: until so long after the class an hour may be asked about."""

    store: Store
    courses: Courses
    decisions: Decisions
    attendance: StudentAttendance
    within_days: int

    def file(self, student: str, session: int, hour: int, text: str, *, now: datetime, by: str) -> Appeal:
        """Raises NoSession for an hour that is not theirs, and BadRequest for one appeal too many."""
        text = _required(text, StudentText.EMPTY_APPEAL)
        about = self.attendance.hour(student, session, hour, now)
        today, last_day = campus_day(now, self.courses.zone), about.day + timedelta(days=self.within_days)

        def check(before: Sequence[Appeal]) -> None:
            match refusal(before, about.course, about.day, hour, today=today, within_days=self.within_days):
                case Refusal.TOO_LATE:
                    raise BadRequest(StudentText.TOO_LATE, day=last_day)
                case Refusal.OPEN_ALREADY:
                    raise BadRequest(StudentText.OPEN_ALREADY)
                case Refusal.OFTEN_ENOUGH:
                    raise BadRequest(StudentText.OFTEN_ENOUGH, most=MOST_OF_ONE_HOUR)
                case Refusal.TOO_MANY:
                    raise BadRequest(StudentText.TOO_MANY, most=MOST_OPEN)

        appeal = Appeal(
            number=0,
            student=student,
            course=about.course,
            day=about.day,
            hour=hour,
            filed_at=now,
            due_at=now + ANSWER_WITHIN,
            text=text,
        )
        return self.store.appeals.add(appeal, check, by=by)

    def of_student(self, student: str) -> list[Appeal]:
        """Newest first."""
        return self.store.appeals.of_student(student)

    def of_courses(self, courses: Collection[str] | None) -> list[Appeal]:
        """Open ones first; None: of every course."""
        return self.store.appeals.of_courses(courses, MOST_LISTED)

    def get(self, number: int, may_see: Callable[[str], bool]) -> Appeal:
        """Raises NoSession, alike for one of a course that they may not see and one that is not there."""
        found = self.store.appeals.get(number)
        if found is None or not may_see(found.course):
            raise NoSession(StudentText.NO_APPEAL)
        return found

    def prepare(self, appeal: Appeal, note: str, *, now: datetime, by: str) -> None:
        """Keep a note for who decides. Raises BadRequest."""
        self.store.appeals.note(appeal, _required(note, StudentText.EMPTY_ANSWER), at=now, by=by)

    def answer(
        self, appeal: Appeal, state: State | None, text: str, *, now: datetime, by: str, origin: str = ""
    ) -> Appeal:
        """Answer it, and record that state; None: what stands, stands. Raises what refuses the mark, and BadRequest."""
        text = _required(text, StudentText.EMPTY_ANSWER)
        if not appeal.is_open:
            raise BadRequest(StudentText.ANSWERED_MEANWHILE)
        if state is not None:
            self._record(appeal, state, text, now=now, by=by, origin=origin)
        outcome = AppealState.UPHELD if state is None else AppealState.CHANGED
        if not self.store.appeals.answer(appeal, outcome, text, at=now, by=by):
            raise BadRequest(StudentText.ANSWERED_MEANWHILE)
        found = self.store.appeals.get(appeal.number)
        return found or appeal

    def _record(self, appeal: Appeal, state: State, text: str, *, now: datetime, by: str, origin: str) -> None:
        session = self.store.sessions.on_day(appeal.course, appeal.day)
        if session is None:
            raise NoSession(StudentText.NO_APPEAL)
        decision = Decision(
            student=appeal.student,
            course=appeal.course,
            state=state,
            hour=appeal.hour,
            at=now,
            by=by,
            why=text[:_WHY],
            origin=origin,
        )
        outcomes: list[MarkOutcome] = self.decisions.record(
            [Batch(decisions=(decision,), source=Source.PROFESSOR, session=session.id)], now=now
        )
        if isinstance(outcomes[0], RollcallError):
            raise outcomes[0]


def _required(text: str, refused: StudentText) -> str:
    text = text.strip()
    if not text or len(text) > MOST_TEXT:
        raise BadRequest(refused, most=MOST_TEXT)
    return text
