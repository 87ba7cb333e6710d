"""Look up courses: their plans, the hours of a day, the hour that is on."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from server.domain.calendar import HOUR_WITHOUT_TIMETABLE, Calendar, campus_day, overlapping
from server.domain.course_plan import CoursePlan, PlanHistory
from server.domain.enrolments import SINCE_EVER
from server.domain.identifiers import flaw
from server.domain.sessions import closes_at
from server.domain.timetable import PlannedHour, hour_on, planned_hours, timed
from server.errors import BadRequest, RollcallError, UnknownCourse
from server.services.class_day.expiring_cache import ExpiringCache
from server.services.plans.course_file import as_json
from server.services.plans.kept_plans import history_of
from server.services.plans.term_file import TermCalendar
from server.store import Course, KeptPlan, Session, Store

# So long before its first hour a course has the room, so that pictures are taken of who sits down early.
ROOM_OPENS: Final = timedelta(minutes=15)
ONE_DAY: Final = timedelta(days=1)

log = logging.getLogger(__name__)


class Courses:
    """Plans, timetables and the calendar, for any thread."""

    def __init__(self, store: Store, zone: ZoneInfo) -> None:
        self._store = store
        self._histories: ExpiringCache[PlanHistory] = ExpiringCache()
        self._calendars: ExpiringCache[Calendar] = ExpiringCache()
        self.zone: Final = zone

    def history(self, course: str) -> PlanHistory:
        """The course's plans. Raises UnknownCourse."""
        return self._histories.get(course, lambda: history_of(self._store.courses.get(course)))

    def all_plans(self, day: date) -> dict[str, CoursePlan]:
        """Of every course the plan of that day, by code."""
        return {code: plans.on(day) for code, plans in self.histories().items()}

    def histories(self) -> dict[str, PlanHistory]:
        """Those of every course whose plans can be read, by code."""
        return dict(_readable(self._store.courses.listed()))

    def plan_of(self, course: str, day: date) -> CoursePlan:
        """The course's plan of that day, the default one where none was set. Raises UnknownCourse."""
        return self.history(course).on(day)

    def set_plan(self, course: str, plan: CoursePlan, *, at: datetime, by: str, begins: date = SINCE_EVER) -> None:
        """Keep a plan from its first day on, and make the course where it is new.

        Raises BadRequest for what is no course code.
        """
        if wrong := flaw(course):
            raise BadRequest(f"The course code {wrong}: no roster and no mark could name it.")
        kept = KeptPlan(begins, plan.title, plan.room, plan.devices, as_json(plan))
        self._store.courses.put(course, kept, at=at, by=by)
        self._histories.clear()

    def calendar(self) -> Calendar:
        return self._calendars.get("", self._store.courses.calendar)

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
        return self.planned_by(self.plan_of(course, day), course, day)

    def planned_by(self, plan: CoursePlan, course: str, day: date) -> tuple[PlannedHour, ...]:
        return planned_hours(plan.timetable, self.calendar(), course, day, self.zone)

    def day_of(self, course: str | None, moment: datetime) -> date:
        """The day of the course's class that is on, or the campus's. Raises UnknownCourse.

        Until a class that goes on past midnight is over, it is the day on which it began.
        """
        today = campus_day(moment, self.zone)
        before = today - ONE_DAY
        if course is None or not self.plan_of(course, before).timetable.past_midnight:
            return today
        held = self._store.sessions.on_day(course, before)
        hours = (*self.planned(course, before), *(held.hours if held else ()))
        return before if any(hour.ends and moment < hour.ends for hour in hours) else today

    def closes_at(self, course: str, day: date, plan: CoursePlan) -> datetime | None:
        """When the course's session of that day freezes; None: never."""
        # A class that ends after midnight has its last day then.
        ends = [campus_day(hour.ends, self.zone) for hour in self.planned_by(plan, course, day) if hour.ends]
        past = plan.timetable.past_midnight and max(ends, default=day) > day
        return closes_at(day + ONE_DAY if past else day, plan.rules, self.zone)

    def hour_in(self, session: Session | None, course: str, moment: datetime) -> int | None:
        """The course's hour that is on; None on a day without class. Raises UnknownCourse.

        session: of that day, if there is one yet. Its hours count where they have times or are not the timetable's.
        """
        day = self.day_of(course, moment)
        held = session.hours if session is not None else ()
        planned = self.planned(course, day)
        its_own = {hour.number for hour in planned}.isdisjoint(hour.number for hour in held)
        if held and (its_own or all(hour.ends for hour in held)):
            return hour_on(held, moment)
        fallback = None if self.plan_of(course, day).timetable.has_hours else HOUR_WITHOUT_TIMETABLE
        return hour_on(planned, moment) or fallback

    def usual_hours(self, course: str, numbers: Sequence[int], day: date) -> tuple[PlannedHour, ...]:
        """Hours with the times that these numbers have on that day, else on any day of the timetable."""
        usual = {hour.number: hour for hours in self.plan_of(course, day).timetable.week for hour in hours}
        known = {number: timed(hour, day, self.zone) for number, hour in usual.items()}
        known |= {hour.number: hour for hour in self.planned(course, day)}
        return tuple(known.get(number) or PlannedHour(number) for number in sorted(set(numbers)))

    def in_room(self, device: str, moment: datetime) -> str | None:
        """The course that the timetables have in the room of this device; None: none, or two at once."""
        # Until a course begins, one that is still on goes before it.
        today = campus_day(moment, self.zone)
        spans = {
            (code, day): span
            for code, plans in _readable(self._store.courses.of_device(device))
            for day in (today - ONE_DAY, today)
            for span in self._spans(plans.on(day), code, device, day)
        }
        running = [code for (code, _), (starts, ends) in spans.items() if starts <= moment < ends]
        coming = [code for (code, _), (starts, _) in spans.items() if starts - ROOM_OPENS <= moment < starts]
        on = running or coming
        return on[0] if len(on) == 1 else None

    def _spans(self, plan: CoursePlan, course: str, device: str, day: date) -> Iterator[tuple[datetime, datetime]]:
        """From the start of the course's first hour to the end of its last, where it is in the device's room."""
        hours = self.planned_by(plan, course, day) if device in plan.devices else ()
        starts = [hour.starts for hour in hours if hour.starts]
        ends = [hour.ends for hour in hours if hour.ends]
        if starts and ends:
            yield min(starts), max(ends)


def _readable(courses: Iterable[Course]) -> Iterator[tuple[str, PlanHistory]]:
    for each in courses:
        try:
            yield each.code, history_of(each)
        except RollcallError as error:
            log.warning("course %s is left out: %s", each.code, error.text)
