"""Report a course's hours and every student's tally, counted by the rules of the domain."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final

from protocol.error_texts import ServerText
from server.domain.attendance import State
from server.domain.calendar import CLASS_YEARS, Calendar, Term, campus_day
from server.domain.course_plan import CoursePlan, PlanHistory
from server.domain.rules import Rules
from server.domain.sessions import SessionState, is_overdue
from server.domain.tally import HourHeld, Key, Tally, failing_limit, hours_of, tally
from server.domain.timetable import PlannedHour
from server.errors import BadRequest
from server.services.class_day.courses import Courses
from server.store import CourseEnrolment, CourseRecord, Session, Store

MOST_DAYS: Final = 1000  # the longest span of a report: every day of it is asked for its timetable


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A student of the report."""

    student: str
    name: str
    tally: Tally  # of the days asked for
    term: Tally  # of the whole term until now, for the limit
    # The first day on which they are no longer on the course's list; None: still there, or until the course's last
    # day, for lists may end with the term.
    left_on: date | None

    @property
    def fails(self) -> bool:
        return self.term.failed and self.left_on is None  # who has left the course cannot fail it

    @property
    def near(self) -> bool:
        return self.term.near and self.left_on is None


@dataclass(frozen=True, slots=True)
class AttendanceReport:
    """A course's hours of the days asked for, and a row for each student who was on its list in them."""

    course: str
    title: str
    room: str
    term: str | None
    since: date  # the days asked for, both included
    until: date
    planned_hours: int  # of the whole term, held or to come; 0: not known without a timetable and a term
    limit: int | None  # the fewest absences that fail; None: none do, or the planned hours are not known
    hours: tuple[HourHeld, ...]  # of the days asked for, those that are past or have marks
    rows: tuple[ReportRow, ...]  # by student number

    @property
    def held_hours(self) -> int:
        """Hours in which something is recorded of somebody."""
        return len({key for row in self.rows for key, state in row.tally.hours.items() if state is not State.NOT_TAKEN})


@dataclass(frozen=True, slots=True)
class _Days:
    begins: date  # both included
    ends: date

    def holds(self, day: date) -> bool:
        return self.begins <= day <= self.ends

    def days(self) -> Iterator[date]:
        return (self.begins + timedelta(days=after) for after in range((self.ends - self.begins).days + 1))


def course_report(
    store: Store,
    courses: Courses,
    code: str,
    *,
    since: date | None = None,
    until: date | None = None,
    term: str | None = None,
    history: PlanHistory | None = None,
    now: datetime,
) -> AttendanceReport:
    """Report from `since` to `until`, both included. Raises UnknownCourse, BadRequest for impossible days.

    None: from the term's begin (without a term from the first session) until today. term: its name; None: the one that
    is on at `since` or `until`, or the last before. history: plans that might be; None: the course's.
    """
    history, calendar = history or courses.history(code), courses.calendar()
    record = store.marks.of_course(code, None, None)
    today = campus_day(now, courses.zone)
    found = calendar.term_of(since or until or today) if term is None else named_term(calendar, term)
    so_far = _so_far(found, record, today)
    asked = _asked(_Days(since or so_far.begins, until or so_far.ends))
    whole = [_Days(found.begins, found.ends)] if found else []
    planned = _planned(courses, history, code, [asked, so_far, *whole])
    held = _held(record, planned, history, now, today)
    of_term = {key for key in planned for days in whole if days.holds(key[0])}
    of_term |= {key for key in _held_beside(record, planned) for days in whole if days.holds(key[0])}
    counting = tuple(hour for hour in held if so_far.holds(hour.key[0]))
    shown = tuple(hour for hour in held if asked.holds(hour.key[0]))
    last_class = max((key[0] for key in (*of_term, *(hour.key for hour in held))), default=today)
    plan, last_plan = history.on(so_far.ends), history.on(asked.ends)
    rules = {day: history.on(day).rules for day in {hour.key[0] for hour in held}}
    counter = _Counter(rules, plan, len(of_term), record.marks, last_class, asked, shown, counting)
    rows = map(counter.row, _by_student(store.rosters.enrolled(code)))
    return AttendanceReport(
        code,
        last_plan.title,
        last_plan.room,
        found.name if found else None,
        asked.begins,
        asked.ends,
        len(of_term),
        failing_limit(plan.rules, len(of_term), plan.timetable.weekly_hours),
        shown,
        tuple(filter(None, rows)),
    )


def named_term(calendar: Calendar, name: str) -> Term:
    """Raises BadRequest where none has that name."""
    found = next((term for term in calendar.terms if term.name == name), None)
    if found is None:
        terms = ", ".join(repr(term.name) for term in calendar.terms) or "none yet"
        raise BadRequest(ServerText.NO_TERM, term=name, terms=terms)
    return found


@dataclass(frozen=True, slots=True)
class _Counter:
    rules: Mapping[date, Rules]  # of each day
    plan: CoursePlan  # by which the limit is reckoned
    term_hours: int
    marks: Mapping[Key, Mapping[str, State]]
    last_class: date
    asked: _Days
    shown: Sequence[HourHeld]
    counting: Sequence[HourHeld]

    def row(self, enrolments: Sequence[CourseEnrolment]) -> ReportRow | None:
        """A student's row; None where they were not on the list on any of the days asked for."""
        spans = [(each.begins, each.span.over) for each in enrolments if each.begins <= self.asked.ends]
        if not any(ends is None or ends > self.asked.begins for _, ends in spans):
            return None
        student, name, (_, over) = enrolments[0].student, enrolments[0].name, spans[-1]
        of_term = self._tally(student, hours_of(self.counting, spans))
        same = self.shown == self.counting
        of_asked = of_term if same else self._tally(student, hours_of(self.shown, spans))
        left = over is not None and over <= self.asked.ends and over < self.last_class
        return ReportRow(student, name, of_asked, of_term, over if left else None)

    def _tally(self, student: str, hours: Iterable[HourHeld]) -> Tally:
        states = {key: of_hour[student] for key, of_hour in self.marks.items() if student in of_hour}
        return tally(
            student,
            states,
            hours,
            self.plan.rules,
            term_hours=self.term_hours,
            weekly_hours=self.plan.timetable.weekly_hours,
            rules_on=self.rules.__getitem__,
        )


def _so_far(term: Term | None, record: CourseRecord, today: date) -> _Days:
    """The days that count for the limit: of the term until today; without a term since the first session."""
    if term:
        return _Days(term.begins, min(max(today, term.begins), term.ends))
    # A mark of long ago, from a computer whose clock began anew, must not keep everybody from a report.
    earliest = today - timedelta(days=MOST_DAYS - 1)
    return _Days(min((each.day for each in record.sessions if earliest <= each.day <= today), default=today), today)


def _asked(span: _Days) -> _Days:
    if not {span.begins.year, span.ends.year}.issubset(CLASS_YEARS):
        text = "A report from {since} to {until} is none of a class: check the years."
        raise BadRequest(text, since=span.begins, until=span.ends)
    days = (span.ends - span.begins).days + 1
    if not 1 <= days <= MOST_DAYS:
        text = "A report from {since} to {until} has {days} days; it can have 1 to {most}."
        raise BadRequest(text, since=span.begins, until=span.ends, days=days, most=MOST_DAYS)
    return span


def _planned(courses: Courses, history: PlanHistory, code: str, spans: Iterable[_Days]) -> dict[Key, PlannedHour]:
    days = {day for span in spans for day in span.days()} if history.plans else set()
    return {(day, hour.number): hour for day in days for hour in courses.planned_by(history.on(day), code, day)}


def _held(
    record: CourseRecord, planned: Mapping[Key, PlannedHour], history: PlanHistory, now: datetime, today: date
) -> tuple[HourHeld, ...]:
    """The planned hours and those of sessions, if they have begun or have marks; in order."""
    days = {day for day, _ in planned}
    marked = {key for key, states in record.marks.items() if states}
    taken = {day for day, _ in _taken(record)}
    of_sessions = {
        (each.day, hour.number): hour
        for each in record.sessions
        if not _is_cancelled(each, days, taken, history)
        for hour in each.hours
    }
    overdue = {each.day for each in record.sessions if is_overdue(each.state, each.closes_at, now)}
    hours = {**of_sessions, **planned}
    begun = {key for key, hour in hours.items() if (hour.starts <= now if hour.starts else key[0] <= today)}
    return tuple(HourHeld(key, overdue=key[0] in overdue) for key in sorted(begun | marked & hours.keys()))


def _taken(record: CourseRecord) -> set[Key]:
    """Hours in which something is recorded of somebody."""
    return {key for key, states in record.marks.items() if any(each is not State.NOT_TAKEN for each in states.values())}


def _is_cancelled(session: Session, planned: Collection[date], taken: Collection[date], history: PlanHistory) -> bool:
    """Whether a session of a day without class (휴강) was opened by a camera or by mistake: nobody is marked."""
    if session.day in planned or session.day in taken or session.makeup:
        return False
    return history.on(session.day).timetable.has_hours


def _held_beside(record: CourseRecord, planned: Mapping[Key, PlannedHour]) -> set[Key]:
    """Hours that were held and are in no plan: of make-up sessions, of plans that were replaced, of submitted rolls."""
    # Not those of a mark on a day without class that nobody has confirmed: it may be a slip.
    taken = _taken(record)
    return {
        (each.day, hour.number)
        for each in record.sessions
        for hour in each.hours
        if each.makeup or hour.starts is not None or each.state is not SessionState.DRAFT
        if (each.day, hour.number) in taken and (each.day, hour.number) not in planned
    }


def _by_student(enrolments: Iterable[CourseEnrolment]) -> list[list[CourseEnrolment]]:
    """The enrolments of each student, by number and then by begin."""
    in_order = sorted(enrolments, key=lambda each: (each.student, each.begins))
    return [list(of_one) for _, of_one in groupby(in_order, key=lambda each: each.student)]
