"""An import's plan, and what it does: nobody is deleted, nobody leaves unasked, the same file again changes nothing."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import count

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from server.domain.enrolments import SINCE_EVER
from server.errors import BadRequest
from server.services.rosters.first_days import with_begins
from server.services.rosters.imports import ImportedRoster
from server.services.rosters.plan import Ended, Renamed, RosterPlan, change_roster, plan_roster
from server.store import CourseEnrolment, RosterLine, Store

AT = datetime(2026, 9, 7, 3, tzinfo=UTC)
DAY = date(2026, 9, 7)
HANEUL = RosterLine("1", "김하늘", "C1")
BADA = RosterLine("2", "이바다", "C1")
OF_OTHER = RosterLine("3", "박나무", "C2")


def _import(
    store: Store, *rows: RosterLine, complete: bool = False, gone: tuple[tuple[str, str], ...] = ()
) -> RosterPlan:
    """Plan, do it, and hold what was done against the plan."""
    return _import_on(DAY, store, rows, complete, gone)


def _import_on(
    day: date, store: Store, rows: Sequence[RosterLine], complete: bool, gone: Sequence[tuple[str, str]] = ()
) -> RosterPlan:
    roster = ImportedRoster(list(rows), list(gone))
    plan = plan_roster(store, roster, complete=complete, day=day)
    change = change_roster(store, roster, plan, at=AT, by="office", day=day)
    assert (change.ended, change.enrolments_added, change.dates_changed) == (
        len(plan.ended),
        len(plan.added),
        len(plan.dated),
    )
    assert (change.students_added, change.students_renamed, change.courses_added, change.unchanged) == (
        len(plan.new_students),
        len(plan.renamed),
        len(plan.new_courses),
        plan.unchanged,
    )
    return plan


def test_a_new_list_is_added(store: Store) -> None:
    plan = _import(store, HANEUL, OF_OTHER)
    assert (plan.added, plan.new_students, plan.new_courses) == ((HANEUL, OF_OTHER), ("1", "3"), ("C1", "C2"))
    assert store.rosters.enrolled("C1") == [CourseEnrolment("1", "김하늘", SINCE_EVER, None)]


def test_a_course_takes_the_title_of_the_list_where_it_has_none(store: Store) -> None:
    _import(store, HANEUL, RosterLine("3", "박나무", "C2", title="자료구조"))
    assert [course.title for course in store.courses.listed()] == ["", "자료구조"]
    _import(
        store, RosterLine("1", "김하늘", "C1", title="알고리즘"), RosterLine("3", "박나무", "C2", title="다른 제목")
    )
    assert [course.title for course in store.courses.listed()] == ["알고리즘", "자료구조"]
    _import(store, HANEUL)
    assert store.courses.get("C1").title == "알고리즘"


def test_the_same_list_again_changes_nothing(store: Store) -> None:
    rows = (HANEUL, RosterLine("2", "이바다", "C1", date(2026, 9, 1), date(2026, 12, 19)))
    _import(store, *rows)
    before = store.rosters.enrolled("C1")
    assert _import(store, *rows, complete=True) == RosterPlan((), (), (), (), (), (), 2)
    assert store.rosters.enrolled("C1") == before


def test_who_left_and_comes_back_is_on_the_list_since_he_left_and_not_since_the_import(store: Store) -> None:
    _import(store, HANEUL, BADA)
    _import(store, HANEUL, complete=True)
    store.sessions.open("C1", DAY, [], closes_at=None, makeup=False, at=AT, by="professor")
    roster = ImportedRoster([HANEUL, BADA, RosterLine("3", "박나무", "C1")], [])
    later = with_begins(store, roster, day=date(2026, 9, 21))
    assert [row.begins for row in later.rows] == [None, None, date(2026, 9, 21)]


def test_a_plan_alone_writes_nothing(store: Store) -> None:
    plan_roster(store, ImportedRoster([HANEUL], []), complete=True, day=DAY)
    assert store.courses.listed() == []


def test_who_is_missing_stays_unless_the_list_is_complete(store: Store) -> None:
    _import(store, HANEUL, BADA, OF_OTHER)
    assert _import(store, HANEUL).ended == ()
    assert store.rosters.students_of("C1", DAY) == {"1", "2"}


def test_who_is_missing_of_a_complete_list_leaves_its_courses_today_and_is_not_deleted(store: Store) -> None:
    _import(store, HANEUL, BADA, OF_OTHER)
    assert _import(store, HANEUL, complete=True).ended == (Ended("C1", "2", "이바다"),)
    assert store.rosters.students_of("C1", DAY) == {"1"}
    assert store.rosters.students_of("C2", DAY) == {"3"}
    assert CourseEnrolment("2", "이바다", SINCE_EVER, DAY) in store.rosters.enrolled("C1")


def test_who_left_and_is_on_the_list_again_comes_back_on_the_same_day(store: Store) -> None:
    _import(store, HANEUL, BADA)
    _import(store, HANEUL, complete=True)
    assert _import(store, HANEUL, BADA, complete=True).added == (BADA,)
    assert store.rosters.students_of("C1", DAY) == {"1", "2"}


def test_who_has_left_before_does_not_leave_again(store: Store) -> None:
    _import(store, HANEUL, BADA)
    _import(store, HANEUL, complete=True)
    assert _import(store, HANEUL, complete=True).ended == ()


def test_what_its_sender_has_deleted_ends(store: Store) -> None:
    _import(store, HANEUL, BADA)
    assert _import(store, HANEUL, gone=(("C1", "2"), ("C9", "9"))).ended == (Ended("C1", "2", "이바다"),)


def test_a_new_name_is_told_with_the_old_one(store: Store) -> None:
    _import(store, HANEUL)
    assert _import(store, RosterLine("1", "김하람", "C1")).renamed == (Renamed("1", "김하늘", "김하람"),)


def test_other_days_of_an_enrolment_are_taken_over(store: Store) -> None:
    _import(store, HANEUL)
    dated = RosterLine("1", "김하늘", "C1", date(2026, 9, 1), date(2026, 12, 19))
    assert _import(store, dated).dated == (dated,)
    assert store.rosters.enrolled("C1") == [CourseEnrolment("1", "김하늘", date(2026, 9, 1), date(2026, 12, 19))]


def test_an_enrolment_that_is_over_is_added_once(store: Store) -> None:
    over = RosterLine("1", "김하늘", "C1", date(2026, 3, 2), date(2026, 6, 20))
    _import(store, over)
    assert _import(store, over).unchanged == 1
    assert store.rosters.enrolled("C1") == [CourseEnrolment("1", "김하늘", date(2026, 3, 2), date(2026, 6, 20))]


def test_who_would_come_later_and_is_missing_never_comes(store: Store) -> None:
    later = RosterLine("2", "이바다", "C1", date(2026, 9, 14))
    _import(store, HANEUL, later)
    assert _import(store, HANEUL, complete=True).ended == (Ended("C1", "2", "이바다"),)
    assert store.rosters.students_of("C1", date(2026, 9, 21)) == {"1"}
    assert _import(store, HANEUL, complete=True).ended == ()


def test_who_came_back_does_not_begin_before_the_end_of_the_first_time(store: Store) -> None:
    dated = RosterLine("1", "김하늘", "C1", date(2026, 9, 1))
    _import(store, dated, BADA)
    _import(store, BADA, complete=True)
    assert _import(store, dated, BADA).added == (dated,)
    assert store.rosters.enrolled("C1")[:2] == [
        CourseEnrolment("1", "김하늘", date(2026, 9, 1), DAY),
        CourseEnrolment("1", "김하늘", DAY, None),
    ]
    assert _import(store, dated, BADA).dated == ()


def test_changes_alone_cannot_be_complete(store: Store) -> None:
    with pytest.raises(BadRequest, match="changes only"):
        plan_roster(store, ImportedRoster([HANEUL], [], changes_only=True), complete=True, day=DAY)


def test_two_spans_of_one_student_are_both_kept_and_again_change_nothing(store: Store) -> None:
    first = RosterLine("1", "김하늘", "C1", date(2026, 3, 2), date(2026, 3, 20))
    back = RosterLine("1", "김하늘", "C1", date(2026, 4, 6))
    for day in (date(2026, 3, 10), date(2026, 5, 1), DAY):
        roster = ImportedRoster([back, first], [])
        plan = plan_roster(store, roster, complete=False, day=day)
        change_roster(store, roster, plan, at=AT, by="office", day=day)
        assert len(plan.added) == (2 if day.month == 3 else 0)
        assert plan.dated == ()
        assert [(each.begins, each.ends) for each in store.rosters.enrolled("C1")] == [
            (first.begins, first.ends),
            (back.begins, None),
        ]


def test_a_list_of_which_lines_were_not_read_is_not_complete(store: Store) -> None:
    _import(store, HANEUL, BADA)
    roster = ImportedRoster([HANEUL], [], unread=("sheet 'a': 1 hidden row was not read",))
    with pytest.raises(BadRequest, match="some lines were not read:\n  sheet 'a': 1 hidden row"):
        plan_roster(store, roster, complete=True, day=DAY)
    assert plan_roster(store, roster, complete=False, day=DAY).ended == ()


NUMBERS = count()
DAYS = st.none() | st.integers(1, 9).map(lambda number: date(2026, 9, number))
LISTS = st.lists(
    st.tuples(st.sampled_from("123"), st.sampled_from(["김하늘", "이바다"]), DAYS),
    max_size=3,
    unique_by=lambda line: line[0],
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(1, 9), LISTS, st.booleans()), max_size=5))
@example(
    [
        (1, [("1", "김하늘", date(2026, 9, 2))], False),
        (1, [], True),
        (1, [("2", "이바다", None)], True),
        (1, [("1", "김하늘", date(2026, 9, 1))], False),
        (1, [("1", "김하늘", date(2026, 9, 2))], False),
    ]
)
def test_a_plan_is_what_is_done_whatever_came_before(
    store: Store, imports: list[tuple[int, list[tuple[str, str, date | None]], bool]]
) -> None:
    course = f"C{next(NUMBERS)}"
    for day, lines, complete in sorted(imports, key=lambda each: each[0]):
        rows = [RosterLine(course + number, name, course, begins) for number, name, begins in lines]
        _import_on(date(2026, 9, day), store, rows, complete)
        again = _import_on(date(2026, 9, day), store, rows, complete)
        assert (again.added, again.dated, again.renamed, again.ended) == ((), (), (), ())
