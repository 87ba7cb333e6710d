"""Turn people's decisions into marks of a session and hour, where the course's rules allow it."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Final

from protocol.error_texts import ServerText
from server.domain.attendance import Mark, Source, State
from server.domain.calendar import HOUR_WITHOUT_TIMETABLE, campus_day
from server.domain.ledger import MarkOutcome, MarkRequest
from server.domain.rules import Rules
from server.domain.timetable import HOURS_A_DAY, PlannedHour, hour_on
from server.errors import BadRequest, NoSession, RollcallError, UnknownCourse
from server.services.class_day.courses import Courses
from server.services.class_day.recorder import Recorder
from server.store import Session, Store

ANY_HOUR: Final = range(1, HOURS_A_DAY + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A student's state in an hour, as somebody says."""

    student: str
    course: str | None  # None: that of the session that the batch names
    state: State
    hour: int | None  # None: the one that was on `at`
    at: datetime
    by: str
    why: str = ""
    origin: str = ""  # as of Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Decisions that stand or fall together."""

    decisions: tuple[Decision, ...]
    source: Source
    session: int | None = None  # None: of each decision's course, on the day of its `at`
    # As of MarkRequest.
    key: str | None = None
    digest: bytes = b""
    partial: bool = False


class Decisions:
    """For any thread."""

    def __init__(self, store: Store, courses: Courses, recorder: Recorder) -> None:
        self._store = store
        self._courses = courses
        self._recorder = recorder

    def record(self, batches: Sequence[Batch], *, now: datetime) -> list[MarkOutcome]:
        """What stands for each batch, once it is on disk, or the error that refused it; batches share a commit.

        What keeps one back for later keeps back those behind it.
        """
        outcomes: list[MarkOutcome] = []
        for together in _independent(batches):
            if held_back := _asks_for_later(outcomes):
                outcomes += [held_back] * len(together)
            else:
                outcomes += self._recorded(together, now)
        return outcomes

    def _recorded(self, together: Sequence[Batch], now: datetime) -> list[MarkOutcome]:
        prepared = self._prepared(together)
        requests = [each for each in prepared if isinstance(each, MarkRequest)]
        recorded = iter(self._outcomes(requests, now) if requests else ())
        return [next(recorded) if isinstance(each, MarkRequest) else each for each in prepared]

    def _prepared(self, together: Sequence[Batch]) -> list[MarkRequest | RollcallError]:
        known = _Known(self._store, self._courses)
        prepared: list[MarkRequest | RollcallError] = []
        for batch in together:
            # A database that is away would be waited for by every one of them.
            prepared.append(_asks_for_later(prepared) or self._one_prepared(batch, known))
        return prepared

    def _one_prepared(self, batch: Batch, known: "_Known") -> MarkRequest | RollcallError:
        try:
            session = None if batch.session is None else known.session(batch.session)
            return self._request(batch, session, known)
        except RollcallError as error:
            return error

    def _outcomes(self, requests: Sequence[MarkRequest], now: datetime) -> Sequence[MarkOutcome]:
        try:
            return self._recorder.record(requests, now=now)
        except RollcallError as error:
            return [error] * len(requests)

    def _request(self, batch: Batch, session: Session | None, known: "_Known") -> MarkRequest:
        marks = tuple(known.mark(each, session, batch.source) for each in batch.decisions)
        if batch.source is Source.CAMERA and session is not None and known.rules(session.course, session.day).shadow:
            # Refused by the store, and not here: a batch that it has answered before it answers so again.
            hidden = BadRequest(ServerText.SHADOW_MODE, course=session.course)
            return MarkRequest(marks, batch.key, batch.digest, wrong=dict.fromkeys(range(len(marks)), hidden))
        wrong = {}
        for row, (decision, mark) in enumerate(zip(batch.decisions, marks, strict=True)):
            if error := _fault(decision, mark, session, known):
                wrong[row] = error
        places = {(mark.course, mark.day) for mark in marks}
        freezes = {place: moment for place in places if (moment := known.closes_at(*place))}
        return MarkRequest(marks, batch.key, batch.digest, batch.partial, wrong, freezes)


def _asks_for_later(outcomes: Sequence[object]) -> RollcallError | None:
    """What the last one was refused by, where the same may succeed later."""
    last = outcomes[-1] if outcomes else None
    return last if isinstance(last, RollcallError) and last.retry else None


def _fault(decision: Decision, mark: Mark, session: Session | None, known: "_Known") -> RollcallError | None:
    """Why the decision cannot be this mark: the session that it names, the timetable or the rules forbid it."""
    if session is not None and decision.course not in (None, mark.course):
        return BadRequest(ServerText.OTHER_COURSE, number=session.id, course=mark.course, other=decision.course or "")
    if mark.hour not in known.hours(mark.course, mark.day, session):
        return NoSession(ServerText.HOUR_NOT_OPEN, course=mark.course, hour=mark.hour, day=mark.day)
    if mark.state not in known.rules(mark.course, mark.day).allowed_states:
        return BadRequest(ServerText.STATE_NOT_IN_RULES, course=mark.course, state=mark.state)
    return None


def _numbers(hours: Iterable[PlannedHour]) -> set[int]:
    return {hour.number for hour in hours}


def _independent(batches: Sequence[Batch]) -> Iterator[list[Batch]]:
    """The batches in pieces, in their order."""
    # Which hour an open one is may follow from a session that an earlier mark of the course opens: it begins a piece.
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
    """What the decisions of one moment are about, asked once for each session, course, day and hour."""

    def __init__(self, store: Store, courses: Courses) -> None:
        self._store = store
        self._courses = courses
        self.session = cache(store.sessions.get)
        self.rules = cache(self._rules)
        self.closes_at = cache(self._closes_at)
        self.hours = cache(self._hours)
        self._session_on = cache(store.sessions.on_day)
        self._hour = cache(self._find_hour)
        self._day_of = cache(self._find_day)

    def mark(self, each: Decision, session: Session | None, source: Source) -> Mark:
        """session: the one that the batch names."""
        if session is not None:
            course, day = session.course, session.day
        else:
            assert each.course is not None  # noqa: S101 - who makes a batch without a session names the courses
            course, day = each.course, self._day_of(each.course, each.at)
        hour = self._hour(session, course, each.at) if each.hour is None else each.hour
        return Mark(each.student, course, day, hour, each.state, each.at, each.by, source, each.why, each.origin)

    def _rules(self, course: str, day: date) -> Rules:
        try:
            return self._courses.plan_of(course, day).rules
        except UnknownCourse:
            return Rules()  # the store reports it later

    def _closes_at(self, course: str, day: date) -> datetime | None:
        try:
            return self._courses.closes_at(course, day, self._courses.plan_of(course, day))
        except UnknownCourse:
            return None  # the store reports it later

    def _find_day(self, course: str, at: datetime) -> date:
        try:
            return self._courses.day_of(course, at)
        except UnknownCourse:
            return campus_day(at, self._courses.zone)

    def _hours(self, course: str, day: date, session: Session | None) -> Collection[int]:
        """The hours that may be marked: those of the session and of the timetable; any where there is no timetable."""
        planned = self._planned(course, day)
        if session is not None:
            timetable = self._courses.plan_of(course, day).timetable
            return planned | _numbers(session.hours) if timetable.has_hours else ANY_HOUR
        if not planned:
            return ANY_HOUR
        opened = self._session_on(course, day)
        return planned | _numbers(opened.hours if opened else ())

    def _planned(self, course: str, day: date) -> set[int]:
        try:
            return _numbers(self._courses.planned(course, day))
        except UnknownCourse:
            return set()  # the store reports it later

    def _find_hour(self, session: Session | None, course: str, at: datetime) -> int:
        day = self._day_of(course, at)
        if session is not None and session.day != day:
            return hour_on(session.hours, at) or HOUR_WITHOUT_TIMETABLE
        try:
            found = session or self._session_on(course, day)
            return self._courses.hour_in(found, course, at) or HOUR_WITHOUT_TIMETABLE
        except UnknownCourse:
            return HOUR_WITHOUT_TIMETABLE
