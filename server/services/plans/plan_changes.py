"""Say from which day on a new plan holds, and what it changes of days that are over."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from server.domain.calendar import CLASS_YEARS, campus_day
from server.domain.course_plan import CoursePlan, PlanHistory
from server.domain.enrolments import SINCE_EVER
from server.errors import BadRequest, SetupProblem, UnknownCourse
from server.services.class_day.courses import Courses
from server.services.reports.report import MOST_DAYS, course_report
from server.store import Store

ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PlanChange:
    """What a plan changes that is to hold from a day on."""

    begins: date
    until: date | None  # its last day, where a later plan is set already
    gained: tuple[tuple[date, int], ...] = ()  # hours of days before today that would have been planned now
    lost: tuple[tuple[date, int], ...] = ()  # that were planned and would not have been
    hours: tuple[int, int] = (0, 0)  # planned hours of the term, before and after; 0: not known
    limit: tuple[int | None, int | None] = (None, None)  # absences that fail, before and after
    fail_now: tuple[str, ...] = ()  # students who would fail by it
    fail_no_more: tuple[str, ...] = ()


def first_day(store: Store, courses: Courses, code: str, today: date) -> date:
    """From when on a plan holds where nobody says it: today, or the term's first day where that lies ahead.

    The first plan of a term holds from its first day, as long as no class of it was held: there is nothing that it
    could rewrite.
    """
    calendar = courses.calendar()
    if calendar.term_on(today) is None and (ahead := calendar.next_term(today)):
        return ahead.begins
    term, plans = calendar.term_of(today), _history(courses, code).plans
    begins = term.begins if term else SINCE_EVER
    if any(each.begins >= begins for each in plans) or (plans and calendar.term_on(today) is None):
        return today
    held = store.sessions.listed(code, begins, today - ONE_DAY) if _exists(store, code) else []
    return today if held else begins


def require_day(begins: date) -> None:
    """Raise BadRequest for a day from which no plan can hold."""
    if begins.year not in CLASS_YEARS:
        raise BadRequest("A plan cannot hold from {day} on: check the year.", day=begins)


def plan_change(
    store: Store, courses: Courses, code: str, plan: CoursePlan, begins: date, *, now: datetime
) -> PlanChange:
    """What it would change, were it set now."""
    today, before = campus_day(now, courses.zone), _history(courses, code)
    after = before.changed(begins, plan)
    until = after.until(begins)
    if not _exists(store, code):
        return PlanChange(begins, until)
    days = list(_days_before(today, max(begins, today - timedelta(days=MOST_DAYS)), until))
    old, new = ({*_planned(courses, each, code, days)} for each in (before, after))
    lost = frozenset(old - new)
    reports = [
        course_report(store, courses, code, history=before, now=now),
        course_report(store, courses, code, history=after, was_planned=lost, now=now),
    ]
    failing = [{row.student for row in each.rows if row.fails} for each in reports]
    return PlanChange(
        begins,
        until,
        tuple(sorted(new - old)),
        tuple(sorted(lost)),
        (reports[0].planned_hours, reports[1].planned_hours),
        (reports[0].limit, reports[1].limit),
        tuple(sorted(failing[1] - failing[0])),
        tuple(sorted(failing[0] - failing[1])),
    )


def keep_times(store: Store, courses: Courses, code: str, change: PlanChange) -> None:
    """Let sessions keep the times of hours that will be in no plan any more: what was held counts for the limit."""
    lost = set(change.lost)
    for day in sorted({day for day, _ in lost}):
        session = store.sessions.on_day(code, day)
        numbers = {hour.number for hour in session.hours} if session else set()
        hours = [each for each in courses.planned(code, day) if each.number in numbers and (day, each.number) in lost]
        if session and hours:
            store.sessions.add_hours(session.id, hours)


def _days_before(today: date, begins: date, until: date | None) -> Iterator[date]:
    last = min(today - ONE_DAY, until or today)
    return (begins + timedelta(days=after) for after in range((last - begins).days + 1))


def _planned(courses: Courses, history: PlanHistory, code: str, days: list[date]) -> Iterator[tuple[date, int]]:
    return ((day, hour.number) for day in days for hour in courses.planned_by(history.on(day), code, day))


def _history(courses: Courses, code: str) -> PlanHistory:
    # None too of a course that is not there yet, or whose plan cannot be read.
    try:
        return courses.history(code)
    except (UnknownCourse, SetupProblem):
        return PlanHistory()


def _exists(store: Store, code: str) -> bool:
    try:
        store.courses.get(code)
    except UnknownCourse:
        return False
    return True
