"""What people decided becomes marks: in which session and hour it belongs, and whether the course's rules allow it.

Knows no SQL, no messages, no clock.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from protocol.error_texts import ServerText
from server.domain.attendance import Mark, Source, State
from server.domain.calendar import HOUR_WITHOUT_TIMETABLE, campus_day
from server.domain.ledger import MarkAnswer, MarkRequest
from server.domain.rules import Rules
from server.domain.sessions import closes_at
from server.domain.timetable import HOURS_A_DAY, PlannedHour, hour_on
from server.errors import BadRequest, NoSession, RollcallError, UnknownCourse
from server.services.class_day.courses import Courses
from server.services.class_day.record import Recorder
from server.store import Session, Store

Place = tuple[str, date]
"""A course and a day of the campus."""
ANY_HOUR: Final = range(1, HOURS_A_DAY + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One student's state in one hour, as somebody says. hour: None: the one that was on `at`."""

    student: str
    course: str
    state: State
    hour: int | None
    at: datetime
    by: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Decisions that stand or fall together. session: None: of each decision's course, on the day of its `at`.

    key, digest, partial: as of MarkRequest.
    """

    decisions: tuple[Decision, ...]
    source: Source
    session: int | None = None
    key: str | None = None
    digest: bytes = b""
    partial: bool = False


class Decisions:
    """Takes decisions from any thread."""

    def __init__(self, store: Store, courses: Courses, recorder: Recorder) -> None:
        self._store = store
        self._courses = courses
        self._recorder = recorder

    def prepare(self, batch: Batch) -> MarkRequest:
        """The marks that the decisions are, in their order, and which of them cannot be. Raises NoSession."""
        session = None if batch.session is None else self._store.sessions.get(batch.session)
        hours = _Hours(self._store, self._courses, session)
        marks = tuple(hours.mark(each, batch.source) for each in batch.decisions)
        if batch.source is Source.CAMERA and session is not None and self._rules(session.course).shadow:
            # Refused by the store, and not here: a batch that it has answered before it answers so again.
            return MarkRequest(marks, batch.key, batch.digest, wrong=dict.fromkeys(range(len(marks)), _hidden(session)))
        wrong = self._wrong(batch, marks, hours)
        return MarkRequest(marks, batch.key, batch.digest, batch.partial, wrong, self._freezes(marks))

    def record(self, request: MarkRequest, *, now: datetime) -> MarkAnswer:
        """What stands, once it is on disk. Raises as Recorder.record."""
        return self._recorder.record(request, now=now)

    def _wrong(self, batch: Batch, marks: Sequence[Mark], known: "_Hours") -> dict[int, RollcallError]:
        rules = {course: self._rules(course) for course in {mark.course for mark in marks}}
        hours = self._hours_to_mark(marks, known)
        found: dict[int, RollcallError] = {}
        for row, (decision, mark) in enumerate(zip(batch.decisions, marks, strict=True)):
            if decision.course != mark.course:
                found[row] = BadRequest(
                    ServerText.OTHER_COURSE, number=batch.session or 0, course=mark.course, other=decision.course
                )
            elif mark.hour not in hours.get((mark.course, mark.day), ANY_HOUR):
                found[row] = NoSession(ServerText.HOUR_NOT_OPEN, course=mark.course, hour=mark.hour, day=mark.day)
            elif mark.state not in rules[mark.course].allowed_states:
                found[row] = BadRequest(ServerText.STATE_NOT_IN_RULES, course=mark.course, state=mark.state)
        return found

    def _freezes(self, marks: Sequence[Mark]) -> dict[Place, datetime]:
        """When the sessions freeze that the marks may open, by the rules of now."""
        places = {(mark.course, mark.day) for mark in marks}
        found = {(course, day): closes_at(day, self._rules(course), self._courses.zone) for course, day in places}
        return {place: moment for place, moment in found.items() if moment}

    def _hours_to_mark(self, marks: Sequence[Mark], known: "_Hours") -> dict[Place, set[int]]:
        """By course and day, the hours of the session and of the timetable.

        A day that is not in it, named by no session, may have any; so may every day of a course without a timetable.
        """
        if (session := known.session) is not None:
            if not self._courses.plan_of(session.course).timetable.weekly_hours:
                return {}
            return {(session.course, session.day): _numbers(session.hours) | self._planned(session.course, session.day)}
        found: dict[Place, set[int]] = {}
        for course, day in {(mark.course, mark.day) for mark in marks}:
            if planned := self._planned(course, day):
                opened = known.session_on(course, day)
                found[course, day] = planned | _numbers(opened.hours if opened else ())
        return found

    def _planned(self, course: str, day: date) -> set[int]:
        """Numbers of the timetable's hours of that day; of a course that there is not, none."""
        try:
            return _numbers(self._courses.planned(course, day))
        except UnknownCourse:
            return set()

    def _rules(self, course: str) -> Rules:
        """The course's; of one that there is not any, for the store says so."""
        try:
            return self._courses.plan_of(course).rules
        except UnknownCourse:
            return Rules()


def _hidden(session: Session) -> BadRequest:
    return BadRequest(ServerText.SHADOW_MODE, course=session.course)


def _numbers(hours: Iterable[PlannedHour]) -> set[int]:
    return {hour.number for hour in hours}


class _Hours:
    """Finds the day and hour of decisions; asks once for each course and moment, and for the session of a day.

    session: the one that all are said to belong to.
    """

    def __init__(self, store: Store, courses: Courses, session: Session | None) -> None:
        self._store = store
        self._courses = courses
        self.session: Final = session
        self._sessions: dict[Place, Session | None] = {}
        self._known: dict[tuple[str, datetime], int] = {}

    def mark(self, each: Decision, source: Source) -> Mark:
        course, day = (self.session.course, self.session.day) if self.session else (each.course, self._day(each.at))
        hour = self._hour(course, each.at) if each.hour is None else each.hour
        return Mark(each.student, course, day, hour, each.state, each.at, each.by, source, each.why)

    def session_on(self, course: str, day: date) -> Session | None:
        if self.session is not None and (course, day) == (self.session.course, self.session.day):
            return self.session
        if (course, day) not in self._sessions:
            self._sessions[course, day] = self._store.sessions.on_day(course, day)
        return self._sessions[course, day]

    def _day(self, at: datetime) -> date:
        return campus_day(at, self._courses.zone)

    def _hour(self, course: str, at: datetime) -> int:
        if (course, at) not in self._known:
            self._known[course, at] = self._find(course, at)
        return self._known[course, at]

    def _find(self, course: str, at: datetime) -> int:
        if self.session is not None and self.session.day != self._day(at):
            return hour_on(self.session.hours, at) or HOUR_WITHOUT_TIMETABLE
        try:
            return self._courses.hour_in(self.session_on(course, self._day(at)), course, at) or HOUR_WITHOUT_TIMETABLE
        except UnknownCourse:
            return HOUR_WITHOUT_TIMETABLE
