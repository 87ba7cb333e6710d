"""Camera beside professor, and who changed what: read from a real store."""

from datetime import timedelta

import pytest

from server.domain.attendance import State
from server.domain.sessions import SessionState
from server.errors import UnknownCourse
from server.services.reports.agreement import Agreement, Difference, agreement
from server.services.reports.course_history import Change, course_history
from server.store import Store
from tests.server.services.reported_class import (
    BADA,
    COURSE,
    FIRST,
    HANEUL,
    NAMU,
    NOON,
    SECOND,
    everybody,
    keep,
    make_course,
    mark,
)

P, A, L = State.PRESENT, State.ABSENT, State.LATE


@pytest.fixture
def course(store: Store) -> Store:
    make_course(store)
    return store


def _agreement(store: Store) -> Agreement:
    return agreement(store, COURSE, since=None, until=None)


def _kinds(found: Agreement) -> list[tuple[str, State, State, Difference]]:
    return [(each.student, each.proposed, each.marked, each.difference) for each in found.disagreements]


def test_each_way_to_differ_is_told_by_student_and_hour(course: Store) -> None:
    mark(course, FIRST, 3, {HANEUL: A, BADA: P, NAMU: L})
    mark(course, FIRST, 4, everybody(P))
    keep(
        course,
        FIRST,
        [
            (HANEUL, 3, P, True),
            (BADA, 3, A, False),
            (NAMU, 3, P, True),
            (HANEUL, 4, P, True),
            (BADA, 4, P, True),
            (NAMU, 4, P, True),
        ],
    )
    found = _agreement(course)
    assert _kinds(found) == [
        (HANEUL, P, A, Difference.FALSE_PRESENCE),
        (BADA, A, P, Difference.FALSE_ABSENCE),
        (NAMU, P, L, Difference.OTHER_STATE),
    ]
    assert (found.compared, found.agreeing, found.sure_compared) == (6, 0.5, 5)
    assert found.disagreements[0].name == "김하늘"


def test_false_presences_of_sure_proposals_are_counted_apart(course: Store) -> None:
    mark(course, FIRST, 3, everybody(A))
    keep(course, FIRST, [(HANEUL, 3, P, True), (BADA, 3, P, False)])
    found = _agreement(course)
    assert found.count(Difference.FALSE_PRESENCE) == 2
    assert found.count(Difference.FALSE_PRESENCE, sure=True) == 1


@pytest.mark.parametrize(
    ("proposed", "marked"),
    [
        (State.NOT_VISIBLE, P),
        (A, State.EXCUSED),
        (A, State.EXCUSED_ABSENCE),
        (P, State.NOT_TAKEN),
    ],
)
def test_what_one_side_cannot_know_is_not_compared(course: Store, proposed: State, marked: State) -> None:
    mark(course, FIRST, 3, {HANEUL: marked})
    keep(course, FIRST, [(HANEUL, 3, proposed, False)])
    assert (_agreement(course).compared, _agreement(course).agreeing) == (0, None)


def test_what_has_no_counterpart_is_counted(course: Store) -> None:
    mark(course, FIRST, 3, {HANEUL: P})
    keep(course, FIRST, [(BADA, 3, P, True)])
    assert (_agreement(course).without_proposal, _agreement(course).without_mark) == (1, 1)


def test_other_days_are_left_out(course: Store) -> None:
    mark(course, FIRST, 3, {HANEUL: A})
    keep(course, FIRST, [(HANEUL, 3, P, True)])
    assert agreement(course, COURSE, since=SECOND, until=None).compared == 0


def test_the_history_tells_what_stood_before_who_changed_it_and_why(course: Store) -> None:
    mark(course, FIRST, 3, {HANEUL: A})
    mark(course, FIRST, 3, {HANEUL: State.EXCUSED_ABSENCE}, why="병결 서류", at=NOON + timedelta(minutes=1))
    mark(course, FIRST, 3, {HANEUL: P}, at=NOON - timedelta(minutes=1))
    changes = course_history(course, COURSE, since=None, until=None, student=HANEUL)
    assert [(each.old, each.new, each.stood, each.why) for each in changes] == [
        ("", "absent", True, ""),
        ("absent", "excused_absence", True, "병결 서류"),
        ("excused_absence", "present", False, ""),
    ]
    assert {(each.name, each.who, each.source) for each in changes} == {("김하늘", "professor", "professor")}


def test_the_history_of_all_has_the_sessions_changes_by_day(course: Store) -> None:
    mark(course, SECOND, 3, {BADA: P})
    mark(course, FIRST, 3, {HANEUL: P})
    session = course.sessions.on_day(COURSE, FIRST)
    assert session
    course.sessions.set_state(session.id, SessionState.SUBMITTED, at=NOON, by="professor", why="끝")
    changes = course_history(course, COURSE, since=None, until=None)
    assert [(each.day, each.student) for each in changes] == [(FIRST, HANEUL), (FIRST, ""), (SECOND, BADA)]
    assert changes[1] == Change(FIRST, None, "", "", "draft", "submitted", True, NOON, "professor", "", "끝", "")


def test_of_one_student_the_sessions_own_changes_are_left_out(course: Store) -> None:
    mark(course, FIRST, 3, everybody(P))
    session = course.sessions.on_day(COURSE, FIRST)
    assert session
    course.sessions.set_state(session.id, SessionState.SUBMITTED, at=NOON, by="professor", why="")
    assert [each.student for each in course_history(course, COURSE, since=None, until=None, student=BADA)] == [BADA]


def test_a_course_that_there_is_not_is_told(course: Store) -> None:
    with pytest.raises(UnknownCourse):
        course_history(course, "C9", since=None, until=None)
    with pytest.raises(UnknownCourse):
        agreement(course, "C9", since=None, until=None)
