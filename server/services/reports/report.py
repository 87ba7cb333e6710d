"""Report a course's hours and every student's tally, counted by the rules of the domain."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final

from protocol.error_texts import ServerText
from server.domain.attendance import THERE, State
from server.domain.calendar import CLASS_YEARS, Calendar, Term, campus_day
from server.domain.course_plan import CoursePlan, PlanHistory
from server.domain.rules import Rules
from server.domain.tally import HourHeld, Key, Tally, failing_limit, hours_of, tally
from server.errors import BadRequest
from server.services.class_day.courses import Courses
from server.services.reports.held_hours import Days, held_beside, held_hours, planned_in
from server.services.reports.moves import NO_HOURS, BroughtHours, Move, brought_hours
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
    came: Move | None = None  # from which course and when they came with their hours, which the tallies count
    went: Move | None = None  # to which course and when they took their hours

    @property
    def fails(self) -> bool:
        return self.term.failed and self.left_on is None  # who has left the course cannot fail it

    @property
    def near(self) -> bool:
        return self.term.near and self.left_on is None


@dataclass(frozen=True, slots=True)
class HourHeads:
    """Students marked as there in an hour beside the heads that the camera counted. at_most: None: cannot be said."""

    key: Key
    marked: int
    at_least: int
    at_most: int | None

    @property
    def too_many(self) -> bool:
        """Whether more are marked than there can have been."""
        return self.at_most is not None and self.marked > self.at_most


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
    heads: tuple[HourHeads, ...] = ()  # of hours that were submitted with pictures

    @property
    def held_hours(self) -> int:
        """Hours in which something is recorded of somebody."""
        own = {hour.key for hour in self.hours}
        found = (key for row in self.rows for key, state in row.tally.hours.items() if state is not State.NOT_TAKEN)
        return len(own.intersection(found))


def course_report(
    store: Store,
    courses: Courses,
    code: str,
    *,
    since: date | None = None,
    until: date | None = None,
    term: str | None = None,
    history: PlanHistory | None = None,
    was_planned: Collection[Key] = (),
    student: str | None = None,
    now: datetime,
) -> AttendanceReport:
    """Report from `since` to `until`, both included. Raises UnknownCourse, BadRequest for impossible days.

    None: from the term's begin (without a term from the first session) until today. term: its name; None: the one that
    is on at `since` or `until`, or the last before. history: plans that might be; None: the course's.
    was_planned: hours that would be in no plan any more by these. student: of this one alone; None: of everybody.
    """
    history, calendar = history or courses.history(code), courses.calendar()
    record = store.marks.of_course(code, None, None)
    today = campus_day(now, courses.zone)
    found = calendar.term_of(since or until or today) if term is None else named_term(calendar, term)
    so_far = _so_far(found, record, today)
    asked = _asked(Days(since or so_far.begins, until or so_far.ends))
    whole = [Days(found.begins, found.ends)] if found else []
    planned = planned_in(courses, history, code, [asked, so_far, *whole])
    held = held_hours(record, planned, history, now, today)
    of_term = {key for key in planned for days in whole if days.holds(key[0])}
    of_term |= {key for key in held_beside(record, planned, was_planned) for days in whole if days.holds(key[0])}
    counting = tuple(hour for hour in held if so_far.holds(hour.key[0]))
    shown = tuple(hour for hour in held if asked.holds(hour.key[0]))
    last_class = max((key[0] for key in (*of_term, *(hour.key for hour in held))), default=today)
    plan, last_plan = history.on(so_far.ends), history.on(asked.ends)
    rules = {day: history.on(day).rules for day in {hour.key[0] for hour in held}}
    enrolled = [each for each in store.rosters.enrolled(code) if student in (None, each.student)]
    brought = brought_hours(store, courses, code, enrolled, so_far, now=now)
    went = {student: Move(course, day) for student, course, day in store.rosters.moved_out(code)}
    counter = _Counter(
        rules, plan, len(of_term), record.marks, last_class, asked, so_far, shown, counting, brought, went
    )
    rows = map(counter.row, _by_student(enrolled))
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
        () if student else tuple(_heads(store, code, asked, record, shown)),
    )


def _heads(
    store: Store, code: str, asked: Days, record: CourseRecord, shown: Sequence[HourHeld]
) -> Iterator[HourHeads]:
    counted = store.submissions.heads(code, asked.begins, asked.ends)
    for key in (hour.key for hour in shown if hour.key in counted):
        marked = sum(state in THERE for state in record.marks.get(key, {}).values())
        yield HourHeads(key, marked, counted[key].at_least, counted[key].at_most)


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
    asked: Days
    so_far: Days
    shown: Sequence[HourHeld]
    counting: Sequence[HourHeld]
    brought: Mapping[str, BroughtHours]  # by student
    went: Mapping[str, Move]

    def row(self, enrolments: Sequence[CourseEnrolment]) -> ReportRow | None:
        """A student's row; None where they were not on the list on any of the days asked for."""
        spans = [(each.begins, each.span.over) for each in enrolments if each.begins <= self.asked.ends]
        if not any(ends is None or ends > self.asked.begins for _, ends in spans):
            return None
        student, name, (_, over) = enrolments[0].student, enrolments[0].name, spans[-1]
        of_term = self._tally(student, hours_of(self.counting, spans), self.so_far)
        same = self.shown == self.counting
        of_asked = of_term if same else self._tally(student, hours_of(self.shown, spans), self.asked)
        left = over if over is not None and over <= self.asked.ends and over < self.last_class else None
        came, went = self.brought.get(student, NO_HOURS).move, self.went.get(student)
        return ReportRow(student, name, of_asked, of_term, left, came, went if left else None)

    def _tally(self, student: str, hours: Sequence[HourHeld], days: Days) -> Tally:
        states = {key: of_hour[student] for key, of_hour in self.marks.items() if student in of_hour}
        own, brought = {hour.key for hour in hours}, self.brought.get(student, NO_HOURS)
        came = [hour for hour in brought.hours if hour.key not in own and days.holds(hour.key[0])]
        return tally(
            student,
            {**brought.states, **states} if came else states,
            [*hours, *came],
            self.plan.rules,
            term_hours=self.term_hours,
            weekly_hours=self.plan.timetable.weekly_hours,
            rules_on=lambda day: self.rules.get(day, self.plan.rules),
        )


def _so_far(term: Term | None, record: CourseRecord, today: date) -> Days:
    """The days that count for the limit: of the term until today; without a term since the first session."""
    if term:
        return Days(term.begins, min(max(today, term.begins), term.ends))
    # A mark of long ago, from a computer whose clock began anew, must not keep everybody from a report.
    earliest = today - timedelta(days=MOST_DAYS - 1)
    return Days(min((each.day for each in record.sessions if earliest <= each.day <= today), default=today), today)


def _asked(span: Days) -> Days:
    if not {span.begins.year, span.ends.year}.issubset(CLASS_YEARS):
        text = "A report from {since} to {until} is none of a class: check the years."
        raise BadRequest(text, since=span.begins, until=span.ends)
    days = (span.ends - span.begins).days + 1
    if not 1 <= days <= MOST_DAYS:
        text = "A report from {since} to {until} has {days} days; it can have 1 to {most}."
        raise BadRequest(text, since=span.begins, until=span.ends, days=days, most=MOST_DAYS)
    return span


def _by_student(enrolments: Iterable[CourseEnrolment]) -> list[list[CourseEnrolment]]:
    """The enrolments of each student, by number and then by begin."""
    in_order = sorted(enrolments, key=lambda each: (each.student, each.begins))
    return [list(of_one) for _, of_one in groupby(in_order, key=lambda each: each.student)]
