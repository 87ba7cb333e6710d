"""Show a student their own courses and hours: what stands, from where, and by which rule. Knows no other student."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from server.access import Role
from server.domain.attendance import Source, State
from server.domain.evidence import Proposal
from server.domain.rules import Rules
from server.domain.sessions import SessionState
from server.domain.timetable import PlannedHour
from server.errors import NoSession, UnknownCourse
from server.services.class_day.courses import Courses
from server.services.class_day.sessions import ClassSessions
from server.services.reports.report import AttendanceReport, ReportRow, course_report
from server.services.student.names import without_others
from server.services.student.texts import StudentText
from server.store import Session, Store


@dataclass(frozen=True, slots=True)
class OwnCourse:
    """A course with this student's row of its report. sessions: by day."""

    report: AttendanceReport
    row: ReportRow
    sessions: Mapping[date, Session]

    @property
    def code(self) -> str:
        return self.report.course

    @property
    def days(self) -> dict[date, dict[int, State]]:
        """What each hour counts as, newest day first."""
        found: dict[date, dict[int, State]] = {}
        for (day, hour), state in sorted(self.row.tally.hours.items()):
            found.setdefault(day, {})[hour] = state
        return dict(sorted(found.items(), reverse=True))

    def session_of(self, day: date, hour: int) -> int | None:
        """The number of the session that has this hour; None: nobody opened it."""
        session = self.sessions.get(day)
        return session.id if session and any(each.number == hour for each in session.hours) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnChange:
    """A decision about the student's hour. stood: whether it took effect."""

    at: datetime
    old: State | None
    new: State
    stood: bool
    source: Source
    role: Role | None  # of who decided; None: not known any more
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnHour:
    """How one hour of a student came about."""

    session: int
    course: str
    title: str
    day: date
    hour: PlannedHour
    session_state: SessionState
    overdue: bool
    state: State  # NOT_TAKEN where nobody decided
    last: OwnChange | None  # the decision that stands
    proposal: Proposal | None  # the camera's, as it was kept; None: none, or the course does not show them
    rules: Rules
    changes: tuple[OwnChange, ...]


class StudentAttendance:
    """For any thread."""

    def __init__(self, store: Store, courses: Courses, sessions: ClassSessions) -> None:
        self._store = store
        self._courses = courses
        self._sessions = sessions

    def courses(self, student: str, now: datetime) -> list[OwnCourse]:
        """Those in whose report the student is, by code."""
        found = (self._course(student, code, now) for code in self._store.rosters.courses_of(student))
        return [each for each in found if each is not None]

    def course(self, student: str, code: str, now: datetime) -> OwnCourse:
        """Raises UnknownCourse, alike for one that is not theirs and one that is not there."""
        theirs = code in self._store.rosters.courses_of(student)
        found = self._course(student, code, now) if theirs else None
        if found is None:
            raise UnknownCourse(StudentText.NO_COURSE_OF_YOURS)
        return found

    def hour(self, student: str, session: int, hour: int, now: datetime) -> OwnHour:
        """Raises NoSession, alike for one that is not theirs and one that is not there."""
        try:
            view = self._sessions.view(session, now)
        except NoSession as error:
            raise NoSession(StudentText.NO_HOUR_OF_YOURS) from error
        held = view.session
        planned = next((each for each in held.hours if each.number == hour), None)
        enrolled = self._store.rosters.students_of(held.course, held.day)
        if planned is None or student not in enrolled:
            raise NoSession(StudentText.NO_HOUR_OF_YOURS)
        changes = self._changes(held, hour, student)
        mark = self._store.marks.standing(held.id).get((student, hour))
        proposals = self._store.proposals.of_course(held.course, held.day, held.day).get((held.day, hour), {})
        return OwnHour(
            session=held.id,
            course=held.course,
            title=view.plan.title,
            day=held.day,
            hour=planned,
            session_state=view.state,
            overdue=view.overdue,
            state=mark.state if mark else State.NOT_TAKEN,
            last=next((each for each in reversed(changes) if each.stood), None),
            proposal=None if view.plan.rules.shadow else proposals.get(student),
            rules=view.plan.rules,
            changes=changes,
        )

    def _course(self, student: str, code: str, now: datetime) -> OwnCourse | None:
        report = course_report(self._store, self._courses, code, student=student, now=now)
        if not report.rows:
            return None
        sessions = self._store.sessions.listed(code, report.since, report.until)
        return OwnCourse(report, report.rows[0], {each.day: each for each in sessions})

    def _changes(self, session: Session, hour: int, student: str) -> tuple[OwnChange, ...]:
        lines = [each for each in self._store.marks.history(session.id, student) if each.hour == hour]
        names = {each.student: each.name for each in self._store.rosters.of_day(session.course, session.day)}
        roles = {
            who: self.role(who, session.course, session.day, student=student) for who in {each.who for each in lines}
        }
        return tuple(
            OwnChange(
                at=each.decided_at,
                old=each.old,
                new=each.new,
                stood=each.stood,
                source=each.source,
                role=roles[each.who],
                why=without_others(each.why, names, student),
            )
            for each in lines
        )

    def role(self, who: str, course: str, day: date, *, student: str) -> Role | None:
        """What somebody is in that course on that day; None: not known. student: who asks."""
        user = self._store.accounts.find(who)
        if user is not None and user.student == student:
            return Role.STUDENT
        if user is None:
            return Role.DEVICE if who in self._devices() else None
        taught: Sequence[Role] = [
            each.role for each in self._store.accounts.taught_by(user.id, day) if each.course == course
        ]
        return taught[0] if taught else next((each for each in Role if each.value == user.role), None)

    def _devices(self) -> set[str]:
        return {device.name for device, _ in self._store.devices.listed()}
