"""A course's report: which hours it has, what counts for whom, and what the days that are asked for change."""

from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest

from server.domain.attendance import State
from server.domain.course_plan import CoursePlan
from server.domain.sessions import SessionState
from server.errors import BadRequest, UnknownCourse
from server.services.reports.report import AttendanceReport, ReportRow, course_report
from server.store import RosterLine, Store, open_store
from tests.server.services.reported_class import (
    BADA,
    COURSE,
    FIRST,
    HANEUL,
    NAMU,
    NOON,
    SECOND,
    TERM,
    everybody,
    make_course,
    mark,
    with_rules,
)

P, A, L = State.PRESENT, State.ABSENT, State.LATE


def _report(
    store: Store,
    *,
    since: date | None = None,
    until: date | None = None,
    now: datetime = NOON,
    plan: CoursePlan | None = None,
) -> AttendanceReport:
    courses = make_course(store, plan or with_rules(freeze_days=None))
    return course_report(store, courses, COURSE, since=since, until=until, now=now)


def _row(report: AttendanceReport, student: str) -> ReportRow:
    return next(row for row in report.rows if row.student == student)


def _keys(report: AttendanceReport) -> list[tuple[date, int]]:
    return [hour.key for hour in report.hours]


def test_the_planned_hours_that_have_begun_are_the_reports_hours_marked_or_not(store: Store) -> None:
    make_course(store)
    mark(store, FIRST, 3, everybody(P))
    report = _report(store)
    assert _keys(report) == [(FIRST, 3), (FIRST, 4), (SECOND, 3), (SECOND, 4)]
    assert (report.planned_hours, report.held_hours, report.limit) == (6, 1, 3)
    assert _row(report, HANEUL).tally.counts[State.NOT_TAKEN] == 3
    assert _row(report, HANEUL).term.absences == 0


def test_an_hour_counts_from_its_start_on(store: Store) -> None:
    begins = datetime(2026, 9, 7, 1, 30, tzinfo=UTC)
    assert (SECOND, 3) in _keys(_report(store, now=begins))
    assert (SECOND, 3) not in _keys(_report(store, now=begins - timedelta(seconds=1)))


def test_a_holiday_has_no_hours_unless_a_session_was_held(store: Store) -> None:
    make_course(store)
    later = NOON + timedelta(days=8)
    assert (date(2026, 9, 14), 3) not in _keys(_report(store, now=later))
    mark(store, date(2026, 9, 14), 3, everybody(P))
    report = _report(store, now=later)
    assert (date(2026, 9, 14), 3) in _keys(report)
    assert report.planned_hours == 6


def test_an_hour_that_is_marked_ahead_of_time_is_one_of_them(store: Store) -> None:
    make_course(store)
    mark(store, SECOND + timedelta(days=14), 3, {HANEUL: State.EXCUSED})
    until = SECOND + timedelta(days=14)
    assert _row(_report(store, until=until), HANEUL).tally.counts[State.EXCUSED] == 1


def test_hours_beside_the_plan_do_not_move_the_limit_and_absences_in_them_count(store: Store) -> None:
    make_course(store)
    for days in range(1, 4):
        mark(store, FIRST + timedelta(days=days), 3, everybody(A))
    report = _report(store)
    assert (report.planned_hours, report.held_hours, report.limit) == (6, 3, 3)
    assert _row(report, HANEUL).term.failed


def test_absences_and_what_is_left_are_the_domains(store: Store) -> None:
    make_course(store)
    mark(store, FIRST, 3, everybody(P, **{BADA: A, NAMU: A}))
    mark(store, FIRST, 4, everybody(P, **{NAMU: A}))
    mark(store, SECOND, 3, everybody(P, **{NAMU: A}))
    report = _report(store)
    standing = {row.student: (row.term.absences, row.term.left, row.term.near, row.term.failed) for row in report.rows}
    assert standing == {HANEUL: (0, 2, False, False), BADA: (1, 1, True, False), NAMU: (3, 0, False, True)}
    assert _row(report, HANEUL).tally.attended == Fraction(3)


def test_a_draft_that_was_not_submitted_in_time_counts_as_not_taken(store: Store) -> None:
    plan = with_rules(freeze_days=1)
    make_course(store, plan)
    courses_day = datetime(2026, 9, 2, tzinfo=UTC)
    store.sessions.open(COURSE, FIRST, (), closes_at=courses_day, makeup=False, at=NOON, by="professor")
    mark(store, FIRST, 3, everybody(A))
    assert _row(_report(store, plan=plan), HANEUL).tally.hours[FIRST, 3] is State.NOT_TAKEN
    session = store.sessions.on_day(COURSE, FIRST)
    assert session
    store.sessions.set_state(session.id, SessionState.SUBMITTED, at=NOON, by="professor", why="")
    assert _row(_report(store, plan=plan), HANEUL).tally.hours[FIRST, 3] is A


def test_days_that_are_asked_for_change_the_counts_and_not_the_absences_of_the_term(store: Store) -> None:
    make_course(store)
    mark(store, FIRST, 3, everybody(A))
    mark(store, SECOND, 3, everybody(P))
    report = _report(store, since=SECOND, until=SECOND)
    assert _keys(report) == [(SECOND, 3), (SECOND, 4)]
    row = _row(report, HANEUL)
    assert (row.tally.counts[A], row.tally.counts[P], row.term.absences) == (0, 1, 1)


def test_nothing_counts_before_a_student_is_on_the_list_and_after_he_left_it(store: Store) -> None:
    make_course(store)
    store.rosters.change(
        [RosterLine(BADA, "이바다", COURSE, begins=SECOND)], [(COURSE, NAMU)], at=NOON, by="office", day=SECOND
    )
    report = _report(store)
    assert set(_row(report, BADA).tally.hours) == {(SECOND, 3), (SECOND, 4)}
    assert set(_row(report, NAMU).tally.hours) == {(FIRST, 3), (FIRST, 4)}
    assert (_row(report, BADA).left_on, _row(report, NAMU).left_on) == (None, SECOND)


def test_a_list_that_ends_with_the_term_has_been_left_by_nobody(store: Store) -> None:
    make_course(store)
    for day in (FIRST, SECOND):
        mark(store, day, 3, everybody(A))
        mark(store, day, 4, everybody(A))
    last_class = SECOND + timedelta(days=14)
    rows = [
        RosterLine(HANEUL, "김하늘", COURSE, ends=last_class),
        RosterLine(BADA, "이바다", COURSE, ends=TERM.ends),
        RosterLine(NAMU, "박나무", COURSE, ends=last_class - timedelta(days=1)),
    ]
    store.rosters.change(rows, [], at=NOON, by="office", day=SECOND)
    report = _report(store, now=NOON + timedelta(days=60))
    assert {row.student: (row.left_on, row.fails) for row in report.rows} == {
        HANEUL: (None, True),
        BADA: (None, True),
        NAMU: (last_class - timedelta(days=1), False),
    }


def test_who_was_on_the_list_on_none_of_the_days_is_not_in_the_report(store: Store) -> None:
    make_course(store)
    store.rosters.change([], [(COURSE, NAMU)], at=NOON, by="office", day=SECOND)
    report = _report(store, since=SECOND)
    assert [row.student for row in report.rows] == [HANEUL, BADA]


def test_after_the_term_the_report_is_of_the_term_that_ended(store: Store) -> None:
    report = _report(store, now=NOON + timedelta(days=60))
    assert (report.term, report.since, report.until) == ("2026-2", TERM.begins, TERM.ends)
    assert len(report.hours) == 6


def test_without_a_timetable_the_hours_are_those_of_the_sessions_and_no_limit_is_known(store: Store) -> None:
    make_course(store)
    mark(store, FIRST, 3, everybody(P))
    report = _report(store, plan=CoursePlan())
    assert (_keys(report), report.planned_hours, report.limit) == ([(FIRST, 3)], 0, None)
    assert _row(report, HANEUL).term.left is None


@pytest.mark.parametrize(("since", "until"), [(SECOND, FIRST), (date(2000, 1, 1), SECOND)])
def test_days_in_the_wrong_order_or_too_many_are_refused(store: Store, since: date, until: date) -> None:
    with pytest.raises(BadRequest, match="it can have 1 to 1000"):
        _report(store, since=since, until=until)


def test_a_course_that_there_is_not_is_told(store: Store) -> None:
    courses = make_course(store)
    with pytest.raises(UnknownCourse):
        course_report(store, courses, "C9", now=NOON)


def test_the_report_is_the_same_on_every_database(database_url: str) -> None:
    with closing(open_store(database_url, key_file=None)) as store:
        make_course(store)
        mark(store, FIRST, 3, everybody(P, **{BADA: A, NAMU: L}))
        mark(store, SECOND, 4, everybody(P))
        store.rosters.change([], [(COURSE, NAMU)], at=NOON, by="office", day=SECOND)
        report = _report(store)
    found = {
        row.student: (row.tally.counts[P], row.tally.counts[L], row.term.absences, row.left_on) for row in report.rows
    }
    assert found == {HANEUL: (2, 0, 0, None), BADA: (1, 0, 1, None), NAMU: (0, 1, 0, SECOND)}
