"""Say which hours of a course are planned, and which have begun or were held beside the plan."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from server.domain.attendance import State
from server.domain.course_plan import PlanHistory
from server.domain.sessions import SessionState, is_overdue
from server.domain.tally import HourHeld, Key
from server.domain.timetable import PlannedHour
from server.services.class_day.courses import Courses
from server.store import CourseRecord, Session


@dataclass(frozen=True, slots=True)
class Days:
    begins: date  # both included
    ends: date

    def holds(self, day: date) -> bool:
        return self.begins <= day <= self.ends

    def days(self) -> Iterator[date]:
        return (self.begins + timedelta(days=after) for after in range((self.ends - self.begins).days + 1))


def planned_in(courses: Courses, history: PlanHistory, code: str, spans: Iterable[Days]) -> dict[Key, PlannedHour]:
    days = {day for span in spans for day in span.days()} if history.plans else set()
    return {(day, hour.number): hour for day in days for hour in courses.planned_by(history.on(day), code, day)}


def held_hours(
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


def held_beside(
    record: CourseRecord, planned: Mapping[Key, PlannedHour], was_planned: Collection[Key] = ()
) -> set[Key]:
    """Hours that were held and are in no plan: of make-up sessions, of plans that were replaced, of submitted rolls."""
    # Not those of a mark on a day without class that nobody has confirmed: it may be a slip.
    taken = _taken(record)
    return {
        (each.day, hour.number)
        for each in record.sessions
        for hour in each.hours
        if each.makeup
        or hour.starts is not None
        or each.state is not SessionState.DRAFT
        or (each.day, hour.number) in was_planned
        if (each.day, hour.number) in taken and (each.day, hour.number) not in planned
    }
