"""Find what people have to be told of, by account."""

# Once a day, and of everything that is so just then: what is over by itself meanwhile is never told.

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from server.access import Role
from server.domain.calendar import campus_day
from server.domain.consents import Policy, Purpose
from server.domain.notices import NEEDED, Notice, NoticeKind
from server.errors import RollcallError
from server.services.class_day.courses import Courses
from server.services.class_day.sessions import ClassSessions
from server.services.reports.report import ReportRow, course_report
from server.store import Store, Token, User

# What was answered, or not submitted, longer ago was told before, or nobody was told by mail then.
LOOKED_BACK: Final = timedelta(days=14)
Found = tuple[User, Notice]


@dataclass(frozen=True, slots=True, kw_only=True)
class Collector:
    """policy: what a consent decides. current_text: the version that is asked by; accepted_texts: those that count."""

    store: Store
    courses: Courses
    sessions: ClassSessions
    policy: Policy
    current_text: str
    accepted_texts: frozenset[str]

    def found(self, now: datetime) -> dict[int, list[Notice]]:
        """By the account's id, of those who can be written to; what they do not want is left out."""
        people = _People(self.store.accounts.listed())
        notices: dict[int, list[Notice]] = defaultdict(list)
        for user, notice in (*self._of_students(people, now), *self._of_staff(people, now)):
            if user.notices or notice.kind in NEEDED:
                notices[user.id].append(notice)
        return notices

    def _of_students(self, people: "_People", now: datetime) -> Iterator[Found]:
        if not people.by_student:
            return
        since = now - LOOKED_BACK
        for appeal in self.store.appeals.answered_since(since):
            course = self._called(appeal.course, appeal.day)
            blanks = {"course": course, "day": appeal.day.isoformat(), "hour": str(appeal.hour)}
            yield from people.students(appeal.student, Notice(NoticeKind.APPEAL, str(appeal.number), blanks))
        for request in self.store.absences.answered_since(since):
            days = {"begins": request.begins.isoformat(), "ends": request.ends.isoformat()}
            blanks = {"course": self._called(request.course, request.begins), **days}
            yield from people.students(request.student, Notice(NoticeKind.ABSENCE, str(request.number), blanks))
        yield from self._asked_again(people)
        for course in self.courses.histories():
            yield from self._near(people, course, now)

    def _asked_again(self, people: "_People") -> Iterator[Found]:
        if self.policy is Policy.OFF:
            return
        asked = {
            student
            for purpose in Purpose
            for student, last in self.store.consents.standing(purpose).items()
            if last.given and not last.counts(self.accepted_texts)
        }
        for student in sorted(asked):
            yield from people.students(student, Notice(NoticeKind.CONSENT, self.current_text, {}))

    def _near(self, people: "_People", course: str, now: datetime) -> Iterator[Found]:
        """Of a course that is on, or was until shortly before."""
        if not any(each.student in people.by_student for each in self.store.rosters.enrolled(course)):
            return
        try:
            report = course_report(self.store, self.courses, course, now=now)
        except RollcallError:
            return
        if campus_day(now, self.courses.zone) - report.until > LOOKED_BACK:
            return
        called = _called(course, report.title)
        for row in report.rows:
            if row.near or row.fails:
                yield from people.students(row.student, _absences(row, course, called))

    def _of_staff(self, people: "_People", now: datetime) -> Iterator[Found]:
        today = campus_day(now, self.courses.zone)
        if people.by_name:
            for view in self.sessions.list(None, today - LOOKED_BACK, today, overdue=True, now=now):
                session = view.session
                hours = ", ".join(str(each.number) for each in session.hours)
                blanks = {"course": self._called(session.course, session.day), "hours": hours}
                notice = Notice(NoticeKind.OVERDUE, str(session.id), {**blanks, "day": session.day.isoformat()})
                yield from people.professors(self._professors(session.course, session.day), notice)
        if people.offices:
            for notice in self._silent(today - timedelta(days=1)):
                yield from ((user, notice) for user in people.offices)

    def _professors(self, course: str, day: date) -> frozenset[str]:
        return frozenset(
            each.user
            for each in self.store.accounts.staff_of(course)
            if each.role is Role.PROFESSOR and each.begins <= day and (each.ends is None or day < each.ends)
        )

    def _silent(self, day: date) -> Iterator[Notice]:
        """Devices that sent nothing since before a class began in their room on that day."""
        begins = self._first_classes(day)
        for device, tokens in self.store.devices.listed():
            first = begins.get(device.room)
            if first is not None and _is_silent(tokens, first):
                blanks = {"device": device.name, "room": device.room, "day": day.isoformat()}
                yield Notice(NoticeKind.SILENT, f"{day.isoformat()} {device.id}", blanks)

    def _first_classes(self, day: date) -> Mapping[str, datetime]:
        """When the first class of that day begins, by room."""
        first: dict[str, datetime] = {}
        for course, plan in self.courses.all_plans(day).items():
            starts = [hour.starts for hour in self.courses.planned_by(plan, course, day) if hour.starts]
            if plan.room and starts:
                first[plan.room] = min(*starts, first.get(plan.room, starts[0]))
        return first

    def _called(self, course: str, day: date) -> str:
        try:
            return _called(course, self.courses.plan_of(course, day).title)
        except RollcallError:
            return course


class _People:
    """Accounts that can be written to."""

    def __init__(self, users: Sequence[User]) -> None:
        reached = [each for each in users if each.email and not each.email_refused_at and not each.disabled_at]
        self.by_student: dict[str, list[User]] = defaultdict(list)
        for each in reached:
            if each.student is not None:
                self.by_student[each.student].append(each)
        self.by_name = {each.name: each for each in reached}
        self.offices = [each for each in reached if each.role in {Role.OFFICE, Role.ADMIN}]

    def students(self, student: str, notice: Notice) -> Iterator[Found]:
        yield from ((user, notice) for user in self.by_student.get(student, ()))

    def professors(self, names: Collection[str], notice: Notice) -> Iterator[Found]:
        yield from ((user, notice) for name, user in sorted(self.by_name.items()) if name in names)


def _absences(row: ReportRow, course: str, called: str) -> Notice:
    kind = NoticeKind.FAILED if row.fails else NoticeKind.NEAR
    counted = {"absences": str(row.term.absences), "left": str(row.term.left or 0)}
    about = course if row.fails else f"{course} {row.term.left}"
    return Notice(kind, about, {"course": called, **counted})


def _called(course: str, title: str) -> str:
    return f"{title} ({course})" if title else course


def _is_silent(tokens: Sequence[Token], begin: datetime) -> bool:
    """One that never sent anything, or whose token has ended, is not there to send."""
    alive = [
        each for each in tokens if each.revoked_at is None and (each.expires_at is None or each.expires_at > begin)
    ]
    used = [each.last_used_at for each in alive if each.last_used_at is not None]
    return bool(used) and max(used) < begin
