"""A course code that comes back next term is a new run: its students, plan, sheet and limit are the term's."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.domain.attendance import Mark, Source, State
from server.domain.calendar import Term
from server.domain.enrolments import SINCE_EVER
from server.domain.ledger import MarkRequest
from server.errors import BadRequest, NotEnrolled
from server.services.class_day.courses import Courses
from server.services.plans.course_file import read_course_toml
from server.services.reports.report import AttendanceReport, course_report
from server.services.rosters.first_days import with_begins
from server.services.rosters.imports import ImportedRoster
from server.services.rosters.plan import change_roster, plan_roster
from server.store import RosterLine, Store

ZONE = ZoneInfo("Asia/Seoul")
COURSE = "EA0017_1"
HANEUL, DARA, SEOJUN, ISEUL = (f"20261000{number}" for number in range(1, 5))
SPRING = Term("2026-1", date(2026, 3, 2), date(2026, 6, 19))
WINTER = Term("2026 winter", date(2026, 11, 30), date(2027, 1, 22))
APRIL = date(2026, 4, 14)
SPRING_PLAN = 'title = "알고리즘"\n[timetable]\ntuesday = ["2 10:00-10:50", "3 11:00-11:50"]'
WINTER_PLAN = 'title = "계절학기"\npreset = "kookmin"\n[timetable]\nmonday = ["5 13:00-13:50", "6 14:00-14:50"]'


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 3, tzinfo=UTC)


def import_list(store: Store, day: date, *students: str, complete: bool = False) -> None:
    roster = ImportedRoster([RosterLine(each, f"이름{each[-1]}", COURSE) for each in students], [])
    roster = with_begins(store, roster, day=day)
    plan = plan_roster(store, roster, complete=complete, day=day)
    change = change_roster(store, roster, plan, at=at(day), by="office", day=day)
    assert (change.enrolments_added, change.ended) == (len(plan.added), len(plan.ended))


def mark(store: Store, day: date, student: str, state: State = State.PRESENT) -> object:
    made = (Mark(student, COURSE, day, 2, state, at(day), "professor", Source.PROFESSOR),)
    return store.marks.record([MarkRequest(made)], now=at(day))[0]


def set_term(store: Store, term: Term, plan: str) -> None:
    store.courses.set_calendar(term, [], [], at=at(term.begins), by="office")
    Courses(store, ZONE).set_plan(
        COURSE, read_course_toml(plan.encode()), at=at(term.begins), by="professor", begins=term.begins
    )


def report(store: Store, day: date, term: str | None = None) -> AttendanceReport:
    return course_report(store, Courses(store, ZONE), COURSE, term=term, now=at(day))


def students(found: AttendanceReport) -> list[str]:
    return [row.student for row in found.rows]


@pytest.fixture(params=[SPRING.begins, date(2026, 2, 20)], ids=["on the first day", "before it"])
def two_runs(store: Store, request: pytest.FixtureRequest) -> Store:
    """Spring with two students, and the winter term with one of them and two others."""
    set_term(store, SPRING, SPRING_PLAN)
    import_list(store, request.param, HANEUL, DARA)
    mark(store, APRIL, HANEUL)
    mark(store, APRIL, DARA, State.ABSENT)
    set_term(store, WINTER, WINTER_PLAN)
    import_list(store, WINTER.begins, DARA, SEOJUN, ISEUL)
    return store


def test_each_term_has_its_own_students_title_and_limit(two_runs: Store) -> None:
    spring, winter = (report(two_runs, WINTER.ends, each) for each in ("2026-1", "2026 winter"))
    assert (students(spring), students(winter)) == ([HANEUL, DARA], [DARA, SEOJUN, ISEUL])
    assert [(each.title, each.planned_hours, each.limit) for each in (spring, winter)] == [
        ("알고리즘", 32, 11),
        ("계절학기", 16, 4),
    ]
    assert [row.term.absences for row in spring.rows] == [0, 1]
    assert [row.left_on for row in spring.rows] == [None, None], "a list that ends with its term was left by nobody"


def test_the_sheet_of_last_term_is_the_same_before_and_after_the_next_begins(store: Store) -> None:
    set_term(store, SPRING, SPRING_PLAN)
    import_list(store, SPRING.begins, HANEUL, DARA)
    mark(store, APRIL, DARA, State.ABSENT)
    before = report(store, date(2026, 8, 20))
    set_term(store, WINTER, WINTER_PLAN)
    import_list(store, WINTER.begins, DARA, SEOJUN)
    assert report(store, date(2026, 12, 24), "2026-1") == before
    assert report(store, date(2026, 8, 20)) == before, "in August the last term is spring"


def test_without_a_name_it_is_the_term_that_is_on_or_the_last(two_runs: Store) -> None:
    days = (APRIL, date(2026, 8, 1), WINTER.begins, WINTER.ends + timedelta(days=9))
    assert [report(two_runs, day).term for day in days] == ["2026-1", "2026-1", "2026 winter", "2026 winter"]


def test_a_term_that_there_is_not_is_refused_with_those_there_are(two_runs: Store) -> None:
    with pytest.raises(BadRequest, match="No term is called '2025-2'; there are: '2026-1', '2026 winter'"):
        report(two_runs, APRIL, "2025-2")


def test_who_is_on_last_terms_list_alone_is_marked_no_more(two_runs: Store) -> None:
    assert isinstance(mark(two_runs, WINTER.begins, HANEUL), NotEnrolled)
    assert two_runs.rosters.students_of(COURSE, WINTER.begins) == {DARA, SEOJUN, ISEUL}
    assert two_runs.rosters.students_of(COURSE, APRIL) == {HANEUL, DARA}


def test_a_list_ends_with_its_term_where_no_other_is_brought_in(store: Store) -> None:
    set_term(store, SPRING, SPRING_PLAN)
    import_list(store, SPRING.begins, HANEUL)
    set_term(store, WINTER, WINTER_PLAN)
    assert store.rosters.students_of(COURSE, SPRING.ends) == {HANEUL}
    assert store.rosters.students_of(COURSE, WINTER.begins) == frozenset()
    longer = Term("2026-1", SPRING.begins, SPRING.ends + timedelta(days=14))
    store.courses.set_calendar(longer, [], [], at=at(APRIL), by="office")
    assert store.rosters.students_of(COURSE, longer.ends) == {HANEUL}, "a term that is corrected takes its lists along"


def test_a_complete_list_of_the_next_term_ends_nothing_of_the_last(two_runs: Store) -> None:
    before = two_runs.rosters.enrolled(COURSE)
    import_list(two_runs, WINTER.begins + timedelta(days=1), DARA, SEOJUN, ISEUL, complete=True)
    assert two_runs.rosters.enrolled(COURSE) == before


def test_a_list_from_before_the_calendar_was_known_ends_where_a_later_terms_begins(store: Store) -> None:
    import_list(store, SPRING.begins, HANEUL, DARA)
    assert {each.begins for each in store.rosters.enrolled(COURSE)} == {SINCE_EVER}
    set_term(store, SPRING, SPRING_PLAN)
    mark(store, APRIL, HANEUL)
    set_term(store, WINTER, WINTER_PLAN)
    import_list(store, WINTER.begins, DARA, SEOJUN)
    assert students(report(store, WINTER.ends, "2026-1")) == [HANEUL, DARA]
    assert students(report(store, WINTER.ends)) == [DARA, SEOJUN]
    assert store.rosters.students_of(COURSE, WINTER.ends) == {DARA, SEOJUN}


def test_whoever_joins_after_a_class_of_this_term_counts_from_then_on(two_runs: Store) -> None:
    mark(two_runs, WINTER.begins, DARA)
    later = WINTER.begins + timedelta(days=7)
    import_list(two_runs, later, HANEUL)
    spans = [each.begins for each in two_runs.rosters.enrolled(COURSE) if each.student == HANEUL]
    assert spans == [SPRING.begins, later]


def test_what_is_brought_in_between_two_terms_is_of_the_next(store: Store) -> None:
    set_term(store, SPRING, SPRING_PLAN)
    import_list(store, SPRING.begins, HANEUL)
    import_list(store, date(2026, 8, 20), SEOJUN)
    assert students(report(store, date(2026, 8, 20))) == [HANEUL], "whose calendar is not known yet"
    set_term(store, WINTER, WINTER_PLAN)
    assert students(report(store, WINTER.begins)) == [SEOJUN]
