"""Report a course's hours and every student's tally, counted by the rules of the domain."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final

from server.domain.attendance import State
from server.domain.calendar import CLASS_YEARS, Calendar, Term, campus_day
from server.domain.course_plan import CoursePlan
from server.domain.sessions import is_overdue
from server.domain.tally import HourHeld, Key, Tally, failing_limit, hours_of, tally
from server.domain.timetable import PlannedHour, planned_hours
from server.errors import BadRequest
from server.services.class_day.courses import Courses
from server.store import CourseEnrolment, CourseRecord, Store

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
    store: Store, courses: Courses, code: str, *, since: date | None = None, until: date | None = None, now: datetime
) -> AttendanceReport:
    """Report from `since` to `until`, both included. Raises UnknownCourse, BadRequest for impossible days.

    None: from the term's begin (without a term from the first session) until today.
    """
    plan, calendar, record = courses.plan_of(code), store.courses.calendar(), store.marks.of_course(code, None, None)
    today = campus_day(now, courses.zone)
    term = _term(calendar, since or until or today)
    so_far = _so_far(term, record, today)
    asked = _asked(_Days(since or so_far.begins, until or so_far.ends))
    whole = [_Days(term.begins, term.ends)] if term else []
    planned = _planned(courses, plan, calendar, code, [asked, so_far, *whole])
    held = _held(record, planned, now, today)
    of_term = {key for key in planned for days in whole if days.holds(key[0])}
    counting = tuple(hour for hour in held if so_far.holds(hour.key[0]))
    term_hours = len(of_term)  # not those held beside the plan: the limit is the same from the first day to the last
    shown = tuple(hour for hour in held if asked.holds(hour.key[0]))
    last_class = max((key[0] for key in (*of_term, *(hour.key for hour in held))), default=today)
    counter = _Counter(plan, term_hours, record.marks, last_class, asked, shown, counting)
    rows = map(counter.row, _by_student(store.rosters.enrolled(code)))
    return AttendanceReport(
        code,
        plan.title,
        plan.room,
        term.name if term else None,
        asked.begins,
        asked.ends,
        term_hours,
        failing_limit(plan.rules, term_hours, plan.timetable.weekly_hours),
        shown,
        tuple(filter(None, rows)),
    )


@dataclass(frozen=True, slots=True)
class _Counter:
    plan: CoursePlan
    term_hours: int
    marks: Mapping[Key, Mapping[str, State]]
    last_class: date
    asked: _Days
    shown: Sequence[HourHeld]
    counting: Sequence[HourHeld]

    def row(self, enrolments: Sequence[CourseEnrolment]) -> ReportRow | None:
        """A student's row; None where they were not on the list on any of the days asked for."""
        spans = [(each.begins, each.ends) for each in enrolments]
        if not any(begins <= self.asked.ends and (ends is None or ends > self.asked.begins) for begins, ends in spans):
            return None
        last = enrolments[-1]
        of_term = self._tally(last.student, hours_of(self.counting, spans))
        same = self.shown == self.counting
        of_asked = of_term if same else self._tally(last.student, hours_of(self.shown, spans))
        left = last.ends is not None and last.ends <= self.asked.ends and last.ends < self.last_class
        left_on = last.ends if left else None
        return ReportRow(last.student, last.name, of_asked, of_term, left_on)

    def _tally(self, student: str, hours: Iterable[HourHeld]) -> Tally:
        states = {key: of_hour[student] for key, of_hour in self.marks.items() if student in of_hour}
        weekly = self.plan.timetable.weekly_hours
        return tally(student, states, hours, self.plan.rules, term_hours=self.term_hours, weekly_hours=weekly)


def _term(calendar: Calendar, day: date) -> Term | None:
    """The term of that day, between terms the one before."""
    begun = [term for term in calendar.terms if term.begins <= day]
    return calendar.term_on(day) or max(begun, key=lambda term: term.begins, default=None)


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


def _planned(
    courses: Courses, plan: CoursePlan, calendar: Calendar, code: str, spans: Iterable[_Days]
) -> dict[Key, PlannedHour]:
    days = {day for span in spans for day in span.days()} if plan.timetable.weekly_hours else set()
    return {
        (day, hour.number): hour
        for day in days
        for hour in planned_hours(plan.timetable, calendar, code, day, courses.zone)
    }


def _held(record: CourseRecord, planned: Mapping[Key, PlannedHour], now: datetime, today: date) -> tuple[HourHeld, ...]:
    """The planned hours and those of sessions, if they have begun or have marks; in order."""
    of_sessions = {(each.day, hour.number): hour for each in record.sessions for hour in each.hours}
    overdue = {each.day for each in record.sessions if is_overdue(each.state, each.closes_at, now)}
    hours = {**of_sessions, **planned}
    begun = {key for key, hour in hours.items() if (hour.starts <= now if hour.starts else key[0] <= today)}
    marked = {key for key, states in record.marks.items() if states}
    return tuple(HourHeld(key, overdue=key[0] in overdue) for key in sorted(begun | marked))


def _by_student(enrolments: Iterable[CourseEnrolment]) -> list[list[CourseEnrolment]]:
    """The enrolments of each student, by number and then by begin."""
    in_order = sorted(enrolments, key=lambda each: (each.student, each.begins))
    return [list(of_one) for _, of_one in groupby(in_order, key=lambda each: each.student)]
