"""Open, list, submit, close, reopen and discard sessions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from protocol.error_texts import ServerText
from server.domain.attendance import overtaking
from server.domain.calendar import CLASS_YEARS, HOUR_WITHOUT_TIMETABLE, campus_day
from server.domain.course_plan import CoursePlan
from server.domain.heads import HeadCount
from server.domain.sessions import (
    SessionState,
    allowed,
    is_overdue,
    state_at,
    stays,
)
from server.domain.timetable import PlannedHour, hour_on
from server.errors import BadRequest, NoSession
from server.services.class_day.courses import Courses
from server.services.class_day.evidence import Evidence, SessionEvidence, heads_of
from server.services.class_day.submission import Submission
from server.services.rooms.kept_rooms import invisible_heads
from server.store import Once, Pair, Session, Store

# So many are looked at together where some are passed over.
LOT: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """A session with its course, as of a moment."""

    session: Session  # with the timetable's hours and times where a mark opened it without any
    plan: CoursePlan
    state: SessionState
    overdue: bool
    hour_now: int | None  # None: it is another day's
    unplanned: bool = False  # on a day without class by the timetable, and not opened as a make-up


class ClassSessions:
    """For any thread."""

    def __init__(self, store: Store, courses: Courses, evidence: Evidence) -> None:
        self._store = store
        self._courses = courses
        self._evidence = evidence

    def view(self, number: int, now: datetime) -> SessionView:
        """The session as it stands. Raises NoSession."""
        session = self._store.sessions.get(number)
        return self._view(session, self._courses.plan_of(session.course, session.day), now)

    def completed(self, number: int, now: datetime) -> SessionView:
        """The same; hours and times that the view fills in are kept. Raises NoSession."""
        session = self._store.sessions.get(number)
        view = self._view(session, self._courses.plan_of(session.course, session.day), now)
        if view.session.hours == session.hours:
            return view
        return replace(view, session=self._store.sessions.add_hours(number, view.session.hours))

    def open(
        self, course: str, day: date, hours: Sequence[int] | None, *, makeup: bool, now: datetime, by: str
    ) -> SessionView:
        """The course's session of that day, with these hours too (None: the timetable's, without one the first).

        Raises UnknownCourse, NoSession on a day without class and without a session yet, and BadRequest for a day of
        another century.
        """
        if day.year not in CLASS_YEARS:
            raise BadRequest(ServerText.NO_DAY_OF_CLASS, day=day)
        plan = self._courses.plan_of(course, day)
        wanted = self._usual(course, plan, day) if hours is None else self._courses.usual_hours(course, hours, day)
        frozen_at = self._courses.closes_at(course, day, plan)
        session = self._store.sessions.open(course, day, wanted, closes_at=frozen_at, makeup=makeup, at=now, by=by)
        return self._view(session, plan, now)

    def for_picture(self, course: str, taken_at: datetime, *, now: datetime, by: str) -> SessionView:
        """The session that a picture belongs to; opened where there is none yet. Raises as `open`."""
        day = self._courses.day_of(course, taken_at)
        session = self._store.sessions.on_day(course, day)
        if session:
            return self.completed(session.id, now)
        return self.open(course, day, None, makeup=False, now=now, by=by)

    def hour_at(self, view: SessionView, moment: datetime) -> int:
        """The session's hour at that moment. Raises BadRequest for a moment of another day."""
        day, number = self._courses.day_of(view.session.course, moment), hour_on(view.session.hours, moment)
        if day != view.session.day or number is None:
            raise BadRequest(ServerText.OTHER_DAY, number=view.session.id, day=view.session.day, other=day)
        return number

    def list(
        self, course: str | None, since: date | None, until: date | None, *, overdue: bool, now: datetime
    ) -> list[SessionView]:
        """Newest first; overdue: only those. Raises UnknownCourse."""
        known = {} if course is None else {course: self._courses.history(course)}
        found = self._store.sessions.listed(course, since, until)
        # Plans after sessions: a course that is made meanwhile has one.
        plans = known or self._courses.histories()
        views = [
            self._view(session, plans[session.course].on(session.day), now)
            for session in found
            if session.course in plans
        ]
        return [view for view in views if view.overdue or not overdue]

    def page(
        self,
        course: str | None,
        since: date | None,
        until: date | None,
        *,
        overdue: bool,
        courses: Collection[str] | None,
        behind: tuple[date, str] | None = None,
        limit: int,
        now: datetime,
    ) -> Sequence[SessionView]:
        """At most so many of `list`. courses: of these alone. behind: day and course of the last one before."""
        known = {} if course is None else {course: self._courses.history(course)}
        views: list[SessionView] = []
        lot = max(limit, LOT) if overdue else limit
        while len(views) < limit:
            found = self._store.sessions.page(course, since, until, courses=courses, behind=behind, limit=lot)
            # Plans after sessions, as in `list`.
            plans = known or self._courses.histories()
            made = [self._view(each, plans[each.course].on(each.day), now) for each in found if each.course in plans]
            views += [each for each in made if each.overdue or not overdue]
            if len(found) < lot:
                break
            behind = found[-1].day, found[-1].course
        return views[:limit]

    def set_state(
        self,
        number: int,
        new: SessionState,
        *,
        at: datetime,
        now: datetime,
        by: str,
        why: str,
        origin: str = "",
        once: Once | None = None,
        both_there: Collection[Pair] = (),
    ) -> SessionView:
        """Submit, close or reopen; submission keeps proposals and head counts, and copies rolls forward.

        both_there: pairs of students who were both there, though the camera took them for one. What was decided later
        than `at` stays, and `once` is done once. Raises NoSession, and BadRequest for a step that is not possible, a
        key that was used for other content, and a pair that nobody has answered for.
        """
        view = self.view(number, now)
        session = view.session
        by_itself = new is view.state and new is not session.state
        if by_itself or (once is not None and self._store.answers.was_done(once)):
            return view
        if session.changed_at is not None:
            at = overtaking(at, session.changed_at, now)
        nothing_new = stays(view.state, session.changed_at, new, at)
        if not nothing_new and not allowed(view.state, new):
            raise BadRequest(ServerText.SUBMIT_FIRST, number=number, state=view.state, new=new)
        if nothing_new or new is not SessionState.SUBMITTED:
            changed = self._store.sessions.set_state(number, new, at=at, by=by, why=why, origin=origin, once=once)
        else:
            changed = self._submit(view, both_there, at=at, now=now, by=by, why=why, origin=origin, once=once)
        return self._view(changed, view.plan, now)

    def _submit(
        self,
        view: SessionView,
        both_there: Collection[Pair],
        *,
        at: datetime,
        now: datetime,
        by: str,
        why: str,
        origin: str,
        once: Once | None,
    ) -> Session:
        # What the pictures show takes long to find out: it is asked before the session is held.
        evidence = self.evidence(view)
        heads = self.heads(view, evidence)
        submission = Submission(
            view.session, view.plan.rules, evidence, heads, both_there, at, now, by, why, origin, once
        )
        return self._store.transaction(submission.write)

    def discard(self, number: int, *, now: datetime, by: str, why: str) -> SessionView:
        """Take back a session that was opened by mistake, and return it as it was; the access log keeps the reason.

        Raises NoSession, and BadRequest where it holds something.
        """
        if not why.strip():
            raise BadRequest(ServerText.NO_REASON_TO_DISCARD, number=number)
        session = self._store.sessions.discard(number, at=now, by=by, why=why)
        return self._view(session, self._courses.plan_of(session.course, session.day), now)

    def heads(self, view: SessionView, evidence: SessionEvidence) -> dict[int, HeadCount]:
        """By hour, with what the check of the course's room says."""
        return heads_of(evidence, invisible_heads(self._store, view.plan.room))

    def evidence(self, view: SessionView) -> SessionEvidence:
        session = view.session
        students = self._store.rosters.students_of(session.course, session.day)
        return self._evidence.of_session(session.course, session.day, session.hours, students, view.plan.rules)

    def _usual(self, course: str, plan: CoursePlan, day: date) -> tuple[PlannedHour, ...]:
        if planned := self._courses.planned(course, day):
            return planned
        if session := self._store.sessions.on_day(course, day):
            return session.hours
        if plan.timetable.has_hours:
            raise NoSession(ServerText.NO_CLASS, course=course, day=day)
        return (PlannedHour(HOUR_WITHOUT_TIMETABLE),)

    def _view(self, session: Session, plan: CoursePlan, now: datetime) -> SessionView:
        planned = self._courses.planned_by(plan, session.course, session.day)
        session = replace(session, hours=_with_times(session.hours, planned))
        today = self._is_on(session, now)
        return SessionView(
            session=session,
            plan=plan,
            state=state_at(session.state, session.closes_at, now),
            overdue=is_overdue(session.state, session.closes_at, now),
            hour_now=hour_on(session.hours, now) if today else None,
            unplanned=plan.timetable.has_hours and not session.makeup and not planned,
        )

    def _is_on(self, session: Session, now: datetime) -> bool:
        """Whether the session is of the day that is on for its course."""
        near = -1 <= (session.day - campus_day(now, self._courses.zone)).days <= 0
        return near and session.day == self._courses.day_of(session.course, now)


def _with_times(hours: Sequence[PlannedHour], planned: Sequence[PlannedHour]) -> tuple[PlannedHour, ...]:
    """The hours, and with them the timetable's where one that it plans has no times, as a mark opens it."""
    known = {hour.number: hour for hour in planned}
    if not any(hour.starts is None and hour.number in known for hour in hours):
        return tuple(hours)
    held = {hour.number: hour if hour.starts else known.get(hour.number, hour) for hour in hours}
    return tuple(each for _, each in sorted({**known, **held}.items()))
