"""Open, list, submit, close, reopen and discard sessions. Knows no SQL, no messages, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from protocol.error_texts import ServerText
from server.domain.attendance import Mark, Source, State, overtaking
from server.domain.board import MarkStanding
from server.domain.calendar import CLASS_YEARS, HOUR_WITHOUT_TIMETABLE, campus_day
from server.domain.course_plan import CoursePlan
from server.domain.evidence import Proposal
from server.domain.sessions import SessionState, allowed, closes_at, copied_forward, copied_from, is_overdue, state_at
from server.domain.timetable import PlannedHour, hour_on
from server.errors import BadRequest, NoSession
from server.services.class_day.courses import Courses
from server.services.class_day.evidence import Evidence, SessionEvidence
from server.services.class_day.record import Recorder
from server.store.base import MarkRequest, Once, Session, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """A session with its course, as of a moment. state: what counts then. hour_now: None: it is another day's.

    unplanned: on a day without class by the timetable, and not opened as a make-up: by a mark of that day, perhaps.
    """

    session: Session
    plan: CoursePlan
    state: SessionState
    overdue: bool
    hour_now: int | None
    unplanned: bool = False


class Sessions:
    """Sessions of courses; any thread may use it."""

    def __init__(self, store: Store, courses: Courses, evidence: Evidence, recorder: Recorder) -> None:
        self._store = store
        self._courses = courses
        self._evidence = evidence
        self._recorder = recorder

    def view(self, number: int, now: datetime) -> SessionView:
        """The session as it stands; what a mark that opened it left unsaid is filled in. Raises NoSession."""
        session = self._store.session(number)
        plan = self._courses.plan_of(session.course)
        return self._view(self._completed(session, now), plan, now)

    def open(
        self, course: str, day: date, hours: Sequence[int] | None, *, makeup: bool, now: datetime, by: str
    ) -> SessionView:
        """The course's session of that day, with these hours too (None: the timetable's, without one the first).

        Raises UnknownCourse, NoSession on a day on which the timetable has no class and there is no session yet, and
        BadRequest for a day of another century.
        """
        if day.year not in CLASS_YEARS:
            raise BadRequest(ServerText.NO_DAY_OF_CLASS, day=day)
        plan = self._courses.plan_of(course)
        wanted = self._usual(course, plan, day) if hours is None else self._courses.usual_hours(course, hours, day)
        frozen_at = closes_at(day, plan.rules, self._courses.zone)
        session = self._store.open_session(course, day, wanted, closes_at=frozen_at, makeup=makeup, at=now, by=by)
        return self._view(session, plan, now)

    def course_of(self, number: int) -> str:
        """The course that the session is of. Raises NoSession."""
        return self._store.session(number).course

    def on_day(self, course: str, day: date) -> Session | None:
        """The course's session of that day, if there is one yet."""
        return self._store.session_on(course, day)

    def for_picture(self, course: str, taken_at: datetime, *, now: datetime, by: str) -> SessionView:
        """The session that a picture belongs to; opened where there is none yet. Raises as `open`."""
        day = campus_day(taken_at, self._courses.zone)
        session = self._store.session_on(course, day)
        return self.view(session.id, now) if session else self.open(course, day, None, makeup=False, now=now, by=by)

    def hour_at(self, view: SessionView, moment: datetime) -> int:
        """The hour of the session that was on at that moment. Raises BadRequest for a moment of another day."""
        day, number = campus_day(moment, self._courses.zone), hour_on(view.session.hours, moment)
        if day != view.session.day or number is None:
            raise BadRequest(ServerText.OTHER_DAY, number=view.session.id, day=view.session.day, other=day)
        return number

    def list(
        self, course: str | None, since: date | None, until: date | None, *, overdue: bool, now: datetime
    ) -> list[SessionView]:
        """Sessions of these days, newest first; overdue: only those. Raises UnknownCourse."""
        known = {} if course is None else {course: self._courses.plan_of(course)}
        found = self._store.sessions(course, since, until)
        # Plans after sessions: a course that is made meanwhile has one.
        plans = known or self._courses.all_plans()
        views = [self._view(session, plans[session.course], now) for session in found]
        return [view for view in views if view.overdue or not overdue]

    def set_state(
        self,
        number: int,
        new: SessionState,
        *,
        at: datetime,
        now: datetime,
        by: str,
        why: str,
        once: Once | None = None,
    ) -> SessionView:
        """Submit, close or reopen. What the camera proposes is kept at submission, and rolls are copied forward.

        What was decided later than `at` stays, and `once` is done once. Raises NoSession, and BadRequest for a step
        that there is not, and for a key that was used for other content.
        """
        view = self.view(number, now)
        session = view.session
        by_itself = new is view.state and new is not session.state
        if by_itself or (once is not None and self._store.was_done(once)):
            return view
        if session.changed_at is not None:
            at = overtaking(at, session.changed_at, now)
        stays = new is view.state or (session.changed_at is not None and at < session.changed_at)
        if not stays and not allowed(view.state, new):
            raise BadRequest(ServerText.SUBMIT_FIRST, number=number, state=view.state, new=new)
        submits = new is SessionState.SUBMITTED and not stays
        proposals = self._handed_in(view, now=now, by=by) if submits else ()
        changed = self._store.set_session_state(number, new, at=at, by=by, why=why, proposals=proposals, once=once)
        return self._view(changed, view.plan, now)

    def _handed_in(self, view: SessionView, *, now: datetime, by: str) -> Sequence[Proposal]:
        """Copy the rolls forward that the rules say; what the camera proposes, to be kept."""
        evidence = self.evidence(view)
        if view.plan.rules.copy_consecutive:
            self._copy_forward(view, evidence, now=now, by=by)
        return evidence.proposals

    def discard(self, number: int, *, now: datetime, by: str, why: str) -> SessionView:
        """Take back a session that was opened by mistake; as it was. Raises NoSession, BadRequest: it holds something.

        The reason is kept in the access log.
        """
        if not why.strip():
            raise BadRequest(ServerText.NO_REASON_TO_DISCARD, number=number)
        session = self._store.discard_session(number, at=now, by=by, why=why)
        return self._view(session, self._courses.plan_of(session.course), now)

    def evidence(self, view: SessionView) -> SessionEvidence:
        """What the camera has of the session."""
        session = view.session
        students = self._store.students_of(session.course, session.day)
        return self._evidence.of_session(session.course, session.day, session.hours, students, view.plan.rules)

    def _usual(self, course: str, plan: CoursePlan, day: date) -> tuple[PlannedHour, ...]:
        if planned := self._courses.planned(course, day):
            return planned
        if session := self._store.session_on(course, day):
            return session.hours
        if plan.timetable.weekly_hours:
            raise NoSession(ServerText.NO_CLASS, course=course, day=day)
        return (PlannedHour(HOUR_WITHOUT_TIMETABLE),)

    def _completed(self, session: Session, now: datetime) -> Session:
        """With the timetable's hours and times, where a mark opened it and said none of them."""
        timeless = [hour.number for hour in session.hours if hour.starts is None]
        hours = self._courses.planned(session.course, session.day) if timeless else ()
        if not {hour.number for hour in hours}.intersection(timeless):
            return session
        return self._store.open_session(
            session.course,
            session.day,
            hours,
            closes_at=session.closes_at,
            makeup=session.makeup,
            at=now,
            by=session.opened_by,
        )

    def _view(self, session: Session, plan: CoursePlan, now: datetime) -> SessionView:
        today = campus_day(now, self._courses.zone) == session.day
        return SessionView(
            session=session,
            plan=plan,
            state=state_at(session.state, session.closes_at, now),
            overdue=is_overdue(session.state, session.closes_at, now),
            hour_now=hour_on(session.hours, now) if today else None,
            unplanned=bool(plan.timetable.weekly_hours)
            and not session.makeup
            and not self._courses.planned_by(plan, session.course, session.day),
        )

    def _copy_forward(self, view: SessionView, evidence: SessionEvidence, *, now: datetime, by: str) -> None:
        """Give the hours that nobody looked at the roll of the hour before (연강).

        What a person decides of that very hour stands over a copy, whenever it comes; until then the copy follows
        what it was copied from, which the store sees to.
        """
        session = view.session
        standing = self._store.standing(session.id)
        hours = [hour.number for hour in session.hours]
        # Of an hour whose pictures are gone by now what they showed may be kept: somebody looked at it.
        looked_at = {hour for _, hour in self._store.course_proposals(session.course, session.day, session.day)}
        decided = {hour for (_, hour), mark in standing.items() if mark.source is not Source.COPIED}
        unseen = set(hours) - decided - set(evidence.hours) - looked_at
        students = {student for student, _ in standing}
        marks = [
            Mark(
                student,
                session.course,
                session.day,
                hour,
                state,
                standing[student, origin].at,
                by,
                Source.COPIED,
                copied_from(origin),
            )
            for student in sorted(students)
            for hour, (state, origin) in _copied(student, hours, unseen, standing).items()
        ]
        if marks:
            self._recorder.record(MarkRequest(tuple(marks), partial=True), now=now)


def _copied(
    student: str, hours: Sequence[int], unseen: set[int], standing: dict[tuple[str, int], MarkStanding]
) -> dict[int, tuple[State, int]]:
    states = {hour: standing[student, hour].state if (student, hour) in standing else None for hour in hours}
    return copied_forward(states, unseen)
