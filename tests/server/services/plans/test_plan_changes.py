"""A plan holds from a day on: what is over stays as it was, and where it does not, that is told first."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from server.cli.classes.plan_sentences import change_sentences
from server.domain.attendance import Mark, Source, State
from server.domain.calendar import Term
from server.domain.course_plan import CoursePlan
from server.domain.enrolments import SINCE_EVER
from server.domain.ledger import MarkRequest
from server.domain.rules import PRESETS
from server.errors import BadRequest
from server.services.class_day.courses import Courses
from server.services.plans.course_file import read_course_toml
from server.services.plans.plan_changes import first_day, keep_times, plan_change, require_day
from server.services.reports.report import AttendanceReport, course_report
from server.store import RosterLine, Store

ZONE = ZoneInfo("Asia/Seoul")
COURSE, ON_TIME, ABSENT = "EA0017_1", "202610001", "202610002"
TERM = Term("2026-2", date(2026, 9, 1), date(2026, 12, 18))
TUESDAYS = [date(2026, 9, day) for day in (1, 8, 15)]
TUESDAY_PLAN = read_course_toml(
    'title = "알고리즘"\npreset = "kookmin"\n[timetable]\n'
    'tuesday = ["2 10:00-10:50", "3 11:00-11:50", "4 12:00-12:50"]\n'.encode()
)
THURSDAY_PLAN = read_course_toml(
    'title = "알고리즘 II"\nroom = "C302"\npreset = "soongsil"\n[timetable]\nthursday = ["6 14:00-14:50"]\n'.encode()
)
NOW = datetime(2026, 9, 17, 10, tzinfo=UTC)
TODAY = date(2026, 9, 17)


@pytest.fixture
def taught(store: Store) -> Courses:
    """Three Tuesdays of three hours, in all of which one of two students is absent."""
    courses = Courses(store, ZONE)
    store.courses.set_calendar(TERM, [], [], at=NOW, by="office")
    courses.set_plan(COURSE, TUESDAY_PLAN, at=NOW, by="professor", begins=TERM.begins)
    rows = [RosterLine(ON_TIME, "김하늘", COURSE), RosterLine(ABSENT, "이다라", COURSE)]
    store.rosters.change(rows, at=NOW, by="office", day=TERM.begins)
    for day in TUESDAYS:
        for hour in (2, 3, 4):
            mark(store, day, hour)
    return courses


def mark(store: Store, day: date, hour: int) -> None:
    states = {ON_TIME: State.PRESENT, ABSENT: State.ABSENT}
    marks = tuple(
        Mark(student, COURSE, day, hour, state, NOW, "professor", Source.PROFESSOR) for student, state in states.items()
    )
    outcome = store.marks.record([MarkRequest(marks)], now=NOW)[0]
    assert not isinstance(outcome, Exception), outcome


def report(store: Store, **asked: date) -> AttendanceReport:
    return course_report(store, Courses(store, ZONE), COURSE, now=NOW, **asked)


def shown(report: AttendanceReport) -> object:
    counted = [(row.student, row.tally.hours, row.tally.attended, row.term.absences) for row in report.rows]
    return report.title, report.hours, counted


def test_a_plan_that_is_set_in_mid_term_leaves_every_day_before_it_as_it_was(store: Store, taught: Courses) -> None:
    before = report(store, until=date(2026, 9, 16))
    taught.set_plan(COURSE, THURSDAY_PLAN, at=NOW, by="professor", begins=TODAY)
    after = report(store, until=date(2026, 9, 16))
    assert shown(after) == shown(before)
    assert [hour.key for hour in report(store).hours][-1] == (TODAY, 6)


def test_the_limit_is_of_the_hours_of_each_plan_while_it_holds(store: Store, taught: Courses) -> None:
    assert (report(store).planned_hours, report(store).limit) == (48, 12)
    plan = read_course_toml(b'preset = "kookmin"\n[timetable]\nthursday = ["6 14:00-14:50"]')
    taught.set_plan(COURSE, plan, at=NOW, by="professor", begins=TODAY)
    found = report(store)
    assert (found.planned_hours, found.limit) == (3 * 3 + 14, 6), "14 Thursdays from 17 September on"
    assert {row.student: row.term.absences for row in found.rows} == {ON_TIME: 0, ABSENT: 9}


def test_a_day_is_asked_about_by_the_plan_of_that_day(store: Store, taught: Courses) -> None:
    taught.set_plan(COURSE, THURSDAY_PLAN, at=NOW, by="professor", begins=TODAY)
    hours = {
        day: [hour.number for hour in taught.planned(COURSE, day)] for day in (*TUESDAYS, TODAY, date(2026, 9, 22))
    }
    assert list(hours.values()) == [[2, 3, 4]] * 3 + [[6], []]
    assert taught.plan_of(COURSE, TUESDAYS[0]).rules == PRESETS["kookmin"]
    assert (taught.plan_of(COURSE, TODAY).title, taught.plan_of(COURSE, TODAY).room) == ("알고리즘 II", "C302")
    assert taught.plan_of(COURSE, date(2026, 8, 31)) == CoursePlan(), "before the first one there is none"


def test_lates_count_by_the_rules_of_their_day_and_add_up_where_the_rules_are_the_same(
    store: Store, taught: Courses
) -> None:
    def late(day: date, hour: int) -> None:
        made = (Mark(ON_TIME, COURSE, day, hour, State.LATE, NOW, "professor", Source.PROFESSOR),)
        store.marks.record([MarkRequest(made)], now=NOW)

    for hour in (2, 3):
        late(TUESDAYS[0], hour)
    taught.set_plan(COURSE, THURSDAY_PLAN, at=NOW, by="professor", begins=TODAY)
    late(TODAY, 6)
    assert report(store).rows[0].term.absences == 1
    stricter = read_course_toml(b'[timetable]\nthursday = ["6 14:00-14:50"]\n[rules]\nlates_per_absence = 1')
    taught.set_plan(COURSE, stricter, at=NOW, by="professor", begins=TODAY)
    assert report(store).rows[0].term.absences == 1, "one of today, and none of two of before"


def test_what_a_plan_changes_of_days_that_are_over_is_told(store: Store, taught: Courses) -> None:
    begins = date(2026, 9, 8)
    change = plan_change(store, taught, COURSE, THURSDAY_PLAN, begins, now=NOW)
    assert change.lost == tuple((day, hour) for day in TUESDAYS[1:] for hour in (2, 3, 4))
    assert change.gained == ((date(2026, 9, 10), 6),)
    assert change.hours == (48, 3 + 15 + 6), "the six hours that were held count on"
    assert (change.limit, change.fail_now) == ((12, 9), (ABSENT,))
    told = " ".join(change_sentences(COURSE, change))
    assert "6 hours of course EA0017_1 would not be planned any more (2026-09-08, 2026-09-15)" in told
    assert f"By this plan {ABSENT} would fail." in told
    assert report(store).limit == 12, "and nothing is changed by asking"


def test_classes_that_were_held_count_for_the_limit_when_their_plan_is_replaced_afterwards(
    store: Store, taught: Courses
) -> None:
    begins = date(2026, 9, 8)
    change = plan_change(store, taught, COURSE, THURSDAY_PLAN, begins, now=NOW)
    keep_times(store, taught, COURSE, change)
    taught.set_plan(COURSE, THURSDAY_PLAN, at=NOW, by="professor", begins=begins)
    found = report(store)
    assert (found.planned_hours, found.limit) == (change.hours[1], change.limit[1])
    assert [hour.key for hour in found.hours][:9] == [(day, hour) for day in (TUESDAYS[0],) for hour in (2, 3, 4)] + [
        (TUESDAYS[1], 2),
        (TUESDAYS[1], 3),
        (TUESDAYS[1], 4),
        (date(2026, 9, 10), 6),
        (TUESDAYS[2], 2),
        (TUESDAYS[2], 3),
    ]


def test_a_plan_from_today_on_changes_nothing_that_is_over_and_says_so_by_silence(
    store: Store, taught: Courses
) -> None:
    same = plan_change(store, taught, COURSE, TUESDAY_PLAN, TODAY, now=NOW)
    assert list(change_sentences(COURSE, same)) == []
    change = plan_change(store, taught, COURSE, THURSDAY_PLAN, TODAY, now=NOW)
    assert (change.gained, change.lost) == ((), ())


def test_a_plan_that_is_set_before_a_later_one_holds_until_that_begins(store: Store, taught: Courses) -> None:
    taught.set_plan(COURSE, THURSDAY_PLAN, at=NOW, by="professor", begins=date(2026, 10, 1))
    change = plan_change(store, taught, COURSE, THURSDAY_PLAN, TODAY, now=NOW)
    assert change.until == date(2026, 9, 30)


class TestFirstDay:
    def test_it_is_today_once_a_plan_holds(self, store: Store, taught: Courses) -> None:
        assert first_day(store, taught, COURSE, TODAY) == TODAY

    def test_it_is_the_terms_first_day_where_that_lies_ahead(self, store: Store, taught: Courses) -> None:
        assert first_day(store, taught, COURSE, date(2026, 8, 20)) == TERM.begins
        assert first_day(store, taught, "other", date(2026, 8, 20)) == TERM.begins

    def test_a_terms_first_plan_begins_with_the_term_as_long_as_no_class_was_held(
        self, store: Store, taught: Courses
    ) -> None:
        assert first_day(store, taught, "other", TODAY) == TERM.begins
        store.rosters.change([RosterLine(ON_TIME, "김하늘", "other")], at=NOW, by="office", day=TODAY)
        store.sessions.open("other", TUESDAYS[0], [], closes_at=None, makeup=False, at=NOW, by="professor")
        assert first_day(store, taught, "other", TODAY) == TODAY

    def test_next_terms_plan_begins_with_it_and_rewrites_nothing(self, store: Store, taught: Courses) -> None:
        winter = Term("2026 winter", date(2026, 12, 28), date(2027, 1, 22))
        store.courses.set_calendar(winter, [], [], at=NOW, by="office")
        courses = Courses(store, ZONE)
        assert first_day(store, courses, COURSE, date(2026, 12, 20)) == winter.begins
        assert first_day(store, courses, COURSE, date(2026, 12, 30)) == winter.begins

    def test_without_terms_a_courses_first_plan_holds_from_ever(self, store: Store) -> None:
        assert first_day(store, Courses(store, ZONE), "other", TODAY) == SINCE_EVER

    def test_a_year_that_nobody_means_is_refused(self) -> None:
        with pytest.raises(BadRequest, match="check the year"):
            require_day(date(206, 9, 1))
