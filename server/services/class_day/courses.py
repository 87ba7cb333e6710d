"""Look up courses: their plans, the hours of a day, the hour that is on."""

import logging
import threading
import time
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final, Generic, TypeVar
from zoneinfo import ZoneInfo

from server.domain.calendar import HOUR_WITHOUT_TIMETABLE, Calendar, campus_day, overlapping
from server.domain.course_plan import CoursePlan
from server.domain.identifiers import flaw
from server.domain.timetable import ClassHour, PlannedHour, hour_on, planned_hours
from server.errors import BadRequest, RollcallError, UnknownCourse
from server.services.plans.course_file import as_json, from_json
from server.services.plans.term_file import TermCalendar
from server.store import Course, Session, Store

# So long before its first hour a course has the room, so that pictures are taken of who sits down early.
ROOM_OPENS: Final = timedelta(minutes=15)
# How long a change by another process may go unseen: short beside the way from an office's command to a class.
CACHE_S: Final = 2.0
MOST_CACHED: Final = 1000
_LONG_AGO: Final = datetime(1, 1, 2, tzinfo=UTC)

T = TypeVar("T")

log = logging.getLogger(__name__)


class Courses:
    """Plans, timetables and the calendar, for any thread."""

    def __init__(self, store: Store, zone: ZoneInfo) -> None:
        self._store = store
        self._plans: ExpiringCache[CoursePlan] = ExpiringCache()
        self._calendars: ExpiringCache[Calendar] = ExpiringCache()
        self.zone: Final = zone

    def plan_of(self, course: str) -> CoursePlan:
        """The course's plan, the default one where none was set. Raises UnknownCourse."""
        return self._plans.get(course, lambda: _plan(self._store.courses.get(course)))

    def all_plans(self) -> dict[str, CoursePlan]:
        """Of every course whose plan can be read."""
        return dict(self._readable_plans(self._store.courses.listed()))

    def _readable_plans(self, courses: Iterable[Course]) -> Iterator[tuple[str, CoursePlan]]:
        for each in courses:
            try:
                yield each.code, _plan(each)
            except RollcallError as error:
                log.warning("course %s is left out: %s", each.code, error.text)

    def set_plan(self, course: str, plan: CoursePlan, *, at: datetime, by: str) -> None:
        """Keep a plan, and make the course where it is new. Raises BadRequest for what is no course code."""
        if wrong := flaw(course):
            raise BadRequest(f"The course code {wrong}: no roster and no mark could name it.")
        kept = Course(code=course, title=plan.title, room=plan.room, devices=plan.devices, plan=as_json(plan))
        self._store.courses.put(kept, at=at, by=by)
        self._plans.clear()

    def import_term(self, calendar: TermCalendar, *, at: datetime, by: str) -> None:
        """Replace the calendar within the term's days. Raises as require_possible."""
        self.require_possible(calendar)
        self._store.courses.set_calendar(calendar.term, calendar.holidays, calendar.makeups, at=at, by=by)
        self._calendars.clear()

    def require_possible(self, calendar: TermCalendar) -> None:
        """Raise UnknownCourse for a course that is not known, BadRequest for days of another term."""
        if unknown := sorted(calendar.courses - {each.code for each in self._store.courses.listed()}):
            raise UnknownCourse(
                f"The file names the course {unknown[0]}, which is not known: correct its code, or set "
                "the course first by `course set`."
            )
        term = calendar.term
        # A term of just the same days is the same one under another name.
        others = [
            each
            for each in self._store.courses.calendar().terms
            if each.name != term.name and (each.begins, each.ends) != (term.begins, term.ends)
        ]
        if pair := overlapping([*others, term]):
            both = " and ".join(f"{each.name!r} ({each.begins} to {each.ends})" for each in pair)
            raise BadRequest(
                f"The terms {both} share days, and a day belongs to one term: put the days of "
                f"{term.name!r} right, or first import the other with other days."
            )

    def planned(self, course: str, day: date) -> tuple[PlannedHour, ...]:
        """The course's hours on that day by timetable and calendar. Raises UnknownCourse."""
        return self.planned_by(self.plan_of(course), course, day)

    def planned_by(self, plan: CoursePlan, course: str, day: date) -> tuple[PlannedHour, ...]:
        return planned_hours(plan.timetable, self._calendar(), course, day, self.zone)

    def hour_in(self, session: Session | None, course: str, moment: datetime) -> int | None:
        """The course's hour that is on; None on a day without class. Raises UnknownCourse.

        session: of that day, if there is one yet. Its hours count where they have times or are not the timetable's.
        """
        held = session.hours if session is not None else ()
        planned = self.planned(course, campus_day(moment, self.zone))
        its_own = {hour.number for hour in planned}.isdisjoint(hour.number for hour in held)
        if held and (its_own or all(hour.ends for hour in held)):
            return hour_on(held, moment)
        fallback = None if self.plan_of(course).timetable.weekly_hours else HOUR_WITHOUT_TIMETABLE
        return hour_on(planned, moment) or fallback

    def usual_hours(self, course: str, numbers: Sequence[int], day: date) -> tuple[PlannedHour, ...]:
        """Hours with the times that these numbers have on that day, else on any day of the timetable."""
        usual = {hour.number: hour for hours in self.plan_of(course).timetable.week for hour in hours}
        planned = {hour.number: hour for hour in self.planned(course, day)}
        return tuple(
            planned.get(number) or _on_day(number, usual.get(number), day, self.zone) for number in sorted(set(numbers))
        )

    def in_room(self, device: str, moment: datetime) -> str | None:
        """The course that the timetables have in the room of this device; None: none, or two at once."""
        # Until a course begins, one that is still on goes before it.
        day, calendar = campus_day(moment, self.zone), self._calendar()
        spans = {
            code: _span(planned_hours(plan.timetable, calendar, code, day, self.zone))
            for code, plan in self._readable_plans(self._store.courses.of_device(device))
        }
        running = [code for code, (starts, ends) in spans.items() if starts <= moment < ends]
        coming = [code for code, (starts, _) in spans.items() if starts - ROOM_OPENS <= moment < starts]
        on = running or coming
        return on[0] if len(on) == 1 else None

    def _calendar(self) -> Calendar:
        return self._calendars.get("", self._store.courses.calendar)


def _plan(course: Course) -> CoursePlan:
    return replace(from_json(course.plan), title=course.title, room=course.room, devices=course.devices)


def _on_day(number: int, hour: ClassHour | None, day: date, zone: ZoneInfo) -> PlannedHour:
    if hour is None:
        return PlannedHour(number)
    starts, ends = (datetime.combine(day, clock, zone).astimezone(UTC) for clock in (hour.starts, hour.ends))
    return PlannedHour(number, starts, ends)


def _span(hours: Sequence[PlannedHour]) -> tuple[datetime, datetime]:
    """From the start of the first hour to the end of the last; an empty span without hours."""
    starts = [hour.starts for hour in hours if hour.starts]
    ends = [hour.ends for hour in hours if hour.ends]
    return min(starts, default=_LONG_AGO), max(ends, default=_LONG_AGO)


class ExpiringCache(Generic[T]):
    """Values by key that are found again after CACHE_S seconds; for any thread. clock: seconds that only grow."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._cached: dict[Hashable, tuple[float, T]] = {}

    def get(self, key: Hashable, find: Callable[[], T]) -> T:
        """The cached value, or what `find` gives; what it raises is not cached."""
        now = self._clock()
        with self._lock:
            cached = self._cached.get(key)
        if cached is not None and now - cached[0] < CACHE_S:
            return cached[1]
        value = find()
        with self._lock:
            if len(self._cached) >= MOST_CACHED:
                self._cached.clear()
            self._cached[key] = (now, value)
        return value

    def clear(self) -> None:
        with self._lock:
            self._cached.clear()
