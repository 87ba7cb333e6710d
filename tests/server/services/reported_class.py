"""A course with a timetable, a term, students and marks in a store, for the tests of what is reported of it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from fractions import Fraction
from zoneinfo import ZoneInfo

from server.domain.attendance import Mark, Source, State
from server.domain.calendar import Holiday, Term
from server.domain.evidence import Proposal, Reason
from server.domain.ledger import MarkRequest
from server.domain.rules import Rules
from server.domain.timetable import ClassHour, Timetable
from server.services.class_day.courses import Courses
from server.services.plans.course_plan import CoursePlan
from server.store import RosterLine, Store

ZONE = ZoneInfo("Asia/Seoul")
COURSE = "EA0017_1"
HANEUL, BADA, NAMU = "202610001", "202610002", "202610003"
NAMES = {HANEUL: "김하늘", BADA: "이바다", NAMU: "박나무"}
TERM = Term("2026-2", date(2026, 8, 31), date(2026, 9, 27))
FIRST, SECOND, OFF = date(2026, 8, 31), date(2026, 9, 7), date(2026, 9, 14)
"""Mondays of the term: two with class, one a holiday; with the last one it has six class hours, two of them a day."""
RULES = Rules(fail_fraction=Fraction(1, 3), near=1, freeze_days=1)
PLAN = CoursePlan(
    title="자료구조",
    room="공학관 301",
    rules=RULES,
    timetable=Timetable(
        ((ClassHour(3, time(10, 30), time(11, 20)), ClassHour(4, time(11, 30), time(12, 20))), (), (), (), (), (), ())
    ),
)
NOON = datetime(2026, 9, 7, 4, tzinfo=UTC)
"""The second Monday at one o'clock in Seoul: its two hours are over."""


def make_course(store: Store, plan: CoursePlan = PLAN) -> Courses:
    """The course with its three students and the term."""
    courses = Courses(store, ZONE)
    rows = [RosterLine(number, name, COURSE) for number, name in NAMES.items()]
    store.rosters.change(rows, at=NOON, by="office", day=FIRST)
    courses.set_plan(COURSE, plan, at=NOON, by="office")
    store.courses.set_calendar(TERM, [Holiday(OFF, OFF, "휴강")], [], at=NOON, by="office")
    return courses


def with_rules(**changed: object) -> CoursePlan:
    return replace(PLAN, rules=replace(RULES, **changed))


def mark(store: Store, day: date, hour: int, states: dict[str, State], *, why: str = "", at: datetime = NOON) -> None:
    """Marks of one hour, by the professor."""
    marks = tuple(
        Mark(student, COURSE, day, hour, state, at, "professor", Source.PROFESSOR, why)
        for student, state in states.items()
    )
    outcome = store.marks.record([MarkRequest(marks)], now=NOON)[0]
    assert not isinstance(outcome, Exception), outcome


def everybody(state: State, **others: State) -> dict[str, State]:
    return dict.fromkeys(NAMES, state) | others


def keep(store: Store, day: date, states: Iterable[tuple[str, int, State, bool]]) -> None:
    """Keep proposals in the day's session: student, hour, state, sure."""
    session = store.sessions.on_day(COURSE, day)
    assert session
    proposals = [
        Proposal(student, hour, state, sure, Reason.NONE, None, None, 0, 3, None, None)
        for student, hour, state, sure in states
    ]
    store.proposals.keep(session.id, proposals, at=NOON)
