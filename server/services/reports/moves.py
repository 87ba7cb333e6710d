"""Find the hours that students brought along from another course in mid-term."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from server.domain.attendance import State
from server.domain.calendar import campus_day
from server.domain.tally import HourHeld, Key, hours_of
from server.services.class_day.courses import Courses
from server.services.reports.held_hours import Days, held_hours, planned_in
from server.store import CourseEnrolment, Store


@dataclass(frozen=True, slots=True)
class Move:
    """From or to another course, from that day on."""

    course: str
    day: date


@dataclass(frozen=True, slots=True)
class BroughtHours:
    """What a student brought along."""

    move: Move | None = None
    hours: tuple[HourHeld, ...] = ()
    states: Mapping[Key, State] = field(default_factory=dict)


NO_HOURS: Final = BroughtHours()


def brought_hours(
    store: Store, courses: Courses, code: str, enrolled: Sequence[CourseEnrolment], days: Days, *, now: datetime
) -> dict[str, BroughtHours]:
    """By student, of those days; through all the courses that they have been in."""
    found: dict[str, BroughtHours] = {}
    for each in enrolled:
        if each.moved_from is not None and days.holds(each.begins):
            way = list(_way(store, each, {code}))
            parts = [_hours(store, courses, source, each.student, span, days, now) for source, span in way]
            found[each.student] = BroughtHours(
                Move(each.moved_from, each.begins),
                tuple(hour for hours, _ in parts for hour in hours),
                {key: state for _, states in parts for key, state in states.items()},
            )
    return found


def _way(
    store: Store, enrolment: CourseEnrolment, seen: set[str]
) -> Iterator[tuple[str, list[tuple[date, date | None]]]]:
    """The courses that the student came through, latest first, with their spans there until the move."""
    source = enrolment.moved_from
    if source is None or source in seen:
        return
    there = [each for each in store.rosters.enrolled(source) if each.student == enrolment.student]
    before = [each for each in there if each.begins < enrolment.begins]
    yield source, [(each.begins, _first(each.span.over, enrolment.begins)) for each in before]
    for each in before:
        yield from _way(store, each, seen | {source})


def _first(over: date | None, move: date) -> date:
    return move if over is None else min(over, move)


def _hours(
    store: Store,
    courses: Courses,
    code: str,
    student: str,
    spans: Sequence[tuple[date, date | None]],
    days: Days,
    now: datetime,
) -> tuple[list[HourHeld], dict[Key, State]]:
    history, record = courses.history(code), store.marks.of_course(code, days.begins, days.ends)
    planned = planned_in(courses, history, code, [days])
    held = held_hours(record, planned, history, now, campus_day(now, courses.zone))
    hours = [hour for hour in hours_of(held, spans) if days.holds(hour.key[0])]
    states = {hour.key: record.marks.get(hour.key, {}).get(student) for hour in hours}
    return hours, {key: state for key, state in states.items() if state is not None}
