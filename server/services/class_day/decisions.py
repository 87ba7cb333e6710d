"""What people decided becomes marks: in which session and hour it belongs, and whether the course's rules allow it.

Knows no SQL, no messages, no clock.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from server.domain.attendance import Mark, Source, State
from server.domain.calendar import HOUR_WITHOUT_TIMETABLE, campus_day
from server.domain.rules import Rules
from server.domain.sessions import closes_at
from server.domain.timetable import HOURS_A_DAY, PlannedHour, hour_on
from server.errors import BadRequest, NoSession, RollcallError, UnknownCourse
from server.services.class_day.courses import Courses
from server.services.class_day.record import Recorder
from server.store.base import MarkOutcome, MarkRequest, Session, Store

Place = tuple[str, date]
"""A course and a day of the campus."""
ANY_HOUR: Final = range(1, HOURS_A_DAY + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One student's state in one hour, as somebody says. hour: None: the one that was on `at`.

    course: None: that of the session that the batch names.
    """

    student: str
    course: str | None
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

    def record(self, batches: Sequence[Batch], *, now: datetime) -> list[MarkOutcome]:
        """What stands for each batch, once it is on disk, or the error that refused it; they share a commit."""
        outcomes: list[MarkOutcome] = []
        for together in _independent(batches):
            known = _Known(self._store, self._courses)
            prepared = [self._prepared(batch, known) for batch in together]
            requests = [each for each in prepared if isinstance(each, MarkRequest)]
            recorded = iter(self._recorder.record_all(requests, now=now) if requests else ())
            outcomes += (next(recorded) if isinstance(each, MarkRequest) else each for each in prepared)
        return outcomes

    def _prepared(self, batch: Batch, known: "_Known") -> MarkRequest | RollcallError:
        """The marks that the decisions are, in their order, and which of them cannot be; NoSession."""
        try:
            session = None if batch.session is None else known.session(batch.session)
            return self._request(batch, session, known)
        except RollcallError as error:
            return error

    def _request(self, batch: Batch, session: Session | None, known: "_Known") -> MarkRequest:
        marks = tuple(known.mark(each, session, batch.source) for each in batch.decisions)
        if batch.source is Source.CAMERA and session is not None and self._rules(session.course).shadow:
            # Refused by the store, and not here: a batch that it has answered before it answers so again.
            return MarkRequest(marks, batch.key, batch.digest, wrong=dict.fromkeys(range(len(marks)), _hidden(session)))
        wrong = self._wrong(batch, marks, session, known)
        return MarkRequest(marks, batch.key, batch.digest, batch.partial, wrong, self._freezes(marks))

    def _wrong(
        self, batch: Batch, marks: Sequence[Mark], session: Session | None, known: "_Known"
    ) -> dict[int, RollcallError]:
        rules = {course: self._rules(course) for course in {mark.course for mark in marks}}
        hours = self._hours_to_mark(marks, session, known)
        found: dict[int, RollcallError] = {}
        for row, (decision, mark) in enumerate(zip(batch.decisions, marks, strict=True)):
            if decision.course not in (None, mark.course):
                found[row] = BadRequest(
                    f"Session {batch.session} is of course {mark.course}, not of {decision.course}."
                )
            elif mark.hour not in hours.get((mark.course, mark.day), ANY_HOUR):
                found[row] = NoSession(
                    f"Course {mark.course} has no hour {mark.hour} on {mark.day}: open its session "
                    "of that day with that hour first."
                )
            elif mark.state not in rules[mark.course].allowed_states:
                found[row] = BadRequest(f"By its rules course {mark.course} does not record the state {mark.state}.")
        return found

    def _freezes(self, marks: Sequence[Mark]) -> dict[Place, datetime]:
        """When the sessions freeze that the marks may open, by the rules of now."""
        places = {(mark.course, mark.day) for mark in marks}
        found = {(course, day): closes_at(day, self._rules(course), self._courses.zone) for course, day in places}
        return {place: moment for place, moment in found.items() if moment}

    def _hours_to_mark(self, marks: Sequence[Mark], session: Session | None, known: "_Known") -> dict[Place, set[int]]:
        """By course and day, the hours of the session and of the timetable.

        A day that is not in it, named by no session, may have any; so may every day of a course without a timetable.
        """
        if session is not None:
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
    return BadRequest(
        f"Course {session.course} is in shadow mode: its proposals cannot be confirmed. Record what you "
        "decided by `marks`."
    )


def _numbers(hours: Iterable[PlannedHour]) -> set[int]:
    return {hour.number for hour in hours}


def _independent(batches: Sequence[Batch]) -> Iterator[list[Batch]]:
    """The batches in pieces: one that leaves an hour open comes after those that name one of the same course.

    Those may open the session that says which hour is meant.
    """
    piece: list[Batch] = []
    named: set[str | None] = set()
    for batch in batches:
        if any(each.hour is None and not named.isdisjoint({each.course, None}) for each in batch.decisions):
            yield piece
            piece, named = [], set()
        piece.append(batch)
        named |= {each.course for each in batch.decisions if each.hour is not None}
    if piece:
        yield piece


class _Known:
    """Finds the day and hour of decisions; asks once for each course and moment, and for each session."""

    def __init__(self, store: Store, courses: Courses) -> None:
        self._store = store
        self._courses = courses
        self._numbered: dict[int, Session] = {}
        self._sessions: dict[Place, Session | None] = {}
        self._hours: dict[tuple[int | None, str, datetime], int] = {}

    def session(self, number: int) -> Session:
        """Raises NoSession."""
        if number not in self._numbered:
            found = self._store.session(number)
            self._numbered[number] = self._sessions[found.course, found.day] = found
        return self._numbered[number]

    def mark(self, each: Decision, session: Session | None, source: Source) -> Mark:
        """session: the one that it is said to belong to."""
        if session is not None:
            course, day = session.course, session.day
        else:
            assert each.course is not None  # noqa: S101 - who makes a batch without a session names the courses
            course, day = each.course, self._day(each.at)
        hour = self._hour(session, course, each.at) if each.hour is None else each.hour
        return Mark(each.student, course, day, hour, each.state, each.at, each.by, source, each.why)

    def session_on(self, course: str, day: date) -> Session | None:
        if (course, day) not in self._sessions:
            self._sessions[course, day] = self._store.session_on(course, day)
        return self._sessions[course, day]

    def _day(self, at: datetime) -> date:
        return campus_day(at, self._courses.zone)

    def _hour(self, session: Session | None, course: str, at: datetime) -> int:
        key = session.id if session else None, course, at
        if key not in self._hours:
            self._hours[key] = self._find(session, course, at)
        return self._hours[key]

    def _find(self, session: Session | None, course: str, at: datetime) -> int:
        if session is not None and session.day != self._day(at):
            return hour_on(session.hours, at) or HOUR_WITHOUT_TIMETABLE
        try:
            return self._courses.hour_in(self.session_on(course, self._day(at)), course, at) or HOUR_WITHOUT_TIMETABLE
        except UnknownCourse:
            return HOUR_WITHOUT_TIMETABLE
