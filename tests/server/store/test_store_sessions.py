"""Sessions: opened, listed, submitted, closed and reopened; what stands in them, and what the camera proposed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from server.domain.attendance import State
from server.domain.evidence import Proposal, Reason
from server.domain.sessions import SessionState
from server.domain.timetable import PlannedHour
from server.errors import BadRequest, NoSession, UnknownCourse, UnknownStudent
from server.store import Session, SessionChange, Store
from server.store.database.tables import access_log
from tests.server.store.store_values import (
    COURSE,
    DAY,
    NOW,
    STUDENTS,
    enrol,
    mark,
    minutes,
    picture,
    record,
    request,
)

DRAFT, SUBMITTED, CLOSED = SessionState
NINE = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
HOURS = tuple(
    PlannedHour(number, NINE + timedelta(hours=number - 1), NINE + timedelta(hours=number, minutes=-10))
    for number in (1, 2)
)
FREEZE = NINE + timedelta(days=1, hours=15)


def opened(
    store: Store,
    day: date = DAY,
    *,
    course: str = COURSE,
    hours: tuple[PlannedHour, ...] = HOURS,
    makeup: bool = False,
    by: str = "교수",
) -> Session:
    return store.sessions.open(course, day, hours, closes_at=FREEZE, makeup=makeup, at=NOW, by=by)


def proposal(student: str = STUDENTS[0], hour: int = 1, state: State = State.LATE) -> Proposal:
    return Proposal(
        student=student,
        hour=hour,
        state=state,
        sure=True,
        reason=Reason.LATE_UNCLEAR,
        first_seen=NINE + minutes(12),
        last_seen=NINE + minutes(50),
        seen=7,
        looks=9,
        minutes_late=12,
        probability=0.875,
    )


class TestOpening:
    def test_a_session_comes_back_as_it_was_opened(self, store: Store) -> None:
        enrol(store)
        session = opened(store)
        assert session == Session(session.id, COURSE, DAY, DRAFT, False, FREEZE, HOURS, NOW, "교수", None, "")
        assert store.sessions.get(session.id) == store.sessions.on_day(COURSE, DAY) == session
        assert store.sessions.changes(session.id) == []

    def test_opening_again_joins_and_leaves_what_was_said(self, store: Store) -> None:
        enrol(store)
        first = opened(store)
        third = PlannedHour(3, NINE + timedelta(hours=2), NINE + timedelta(hours=3))
        moved = PlannedHour(1, NINE + minutes(30), NINE + minutes(80))
        wanted, later = [moved, third], NOW + minutes(9)
        again = store.sessions.open(COURSE, DAY, wanted, closes_at=NINE, makeup=False, at=later, by="x")
        assert again == replace(first, hours=(*HOURS, third))

    def test_a_session_that_a_mark_opened_gains_its_times(self, store: Store) -> None:
        enrol(store)
        record(store, request(mark(hour=2, by="legacy client")))
        made = store.sessions.on_day(COURSE, DAY)
        assert made is not None
        assert (made.state, made.hours, made.closes_at) == (DRAFT, (PlannedHour(2),), None)
        assert (made.opened_at, made.opened_by) == (NOW, "legacy client")
        assert opened(store, makeup=True) == replace(made, hours=HOURS, closes_at=FREEZE, makeup=True)
        assert store.marks.standing(made.id)[STUDENTS[0], 2].state is State.PRESENT

    def test_a_session_without_hours_has_none(self, store: Store) -> None:
        enrol(store)
        assert opened(store, hours=()).hours == ()

    def test_what_cannot_be_opened_is_refused(self, store: Store) -> None:
        enrol(store)
        with pytest.raises(UnknownCourse):
            opened(store, course="nowhere")
        with pytest.raises(BadRequest):
            opened(store, hours=(PlannedHour(25),))
        with pytest.raises(BadRequest):
            opened(store, date(1, 1, 1))
        assert store.sessions.listed(None, None, None) == []

    def test_no_session_is_no_session(self, store: Store) -> None:
        assert store.sessions.on_day(COURSE, DAY) is None
        with pytest.raises(NoSession, match="4711"):
            store.sessions.get(4711)


class TestLists:
    def test_sessions_are_listed_newest_first_by_course_and_days(self, store: Store) -> None:
        enrol(store)
        enrol(store, course="b")
        days = [DAY + timedelta(days=number) for number in (2, 0, 1)]
        mine = {day: opened(store, day) for day in days}
        other = opened(store, DAY, course="b", hours=())
        assert store.sessions.listed(COURSE, None, None) == [mine[day] for day in sorted(days, reverse=True)]
        assert store.sessions.listed(None, None, DAY) == [other, mine[DAY]]
        assert store.sessions.listed(COURSE, DAY + timedelta(days=1), DAY + timedelta(days=1)) == [mine[days[2]]]
        assert store.sessions.listed("nowhere", None, None) == []


class TestStates:
    def test_each_change_of_state_leaves_a_line(self, store: Store) -> None:
        enrol(store)
        number = opened(store).id
        submitted = store.sessions.set_state(number, SUBMITTED, at=NOW, by="교수", why="")
        assert (submitted.state, submitted.changed_at, submitted.changed_by) == (SUBMITTED, NOW, "교수")
        store.sessions.set_state(number, CLOSED, at=NOW + minutes(1), by="office", why="")
        reopened = store.sessions.set_state(number, DRAFT, at=NOW + minutes(2), by="office", why="이의 신청")
        assert store.sessions.get(number) == reopened
        assert store.sessions.changes(number) == [
            SessionChange(DRAFT, SUBMITTED, NOW, "교수", "", ""),
            SessionChange(SUBMITTED, CLOSED, NOW + minutes(1), "office", "", ""),
            SessionChange(CLOSED, DRAFT, NOW + minutes(2), "office", "이의 신청", ""),
        ]

    def test_a_step_is_asked_again_of_what_stands_by_then(self, store: Store) -> None:
        enrol(store)
        number = opened(store).id
        with pytest.raises(BadRequest, match="draft meanwhile and cannot become closed"):
            store.sessions.set_state(number, CLOSED, at=NOW, by="assistant", why="read before it was reopened")
        assert store.sessions.get(number).state is DRAFT
        assert store.sessions.changes(number) == []

    def test_where_nothing_changes_no_line_is_left(self, store: Store) -> None:
        enrol(store)
        number = opened(store).id
        first = store.sessions.set_state(number, SUBMITTED, at=NOW, by="교수", why="")
        assert store.sessions.set_state(number, SUBMITTED, at=NOW + minutes(1), by="x", why="again") == first
        assert len(store.sessions.changes(number)) == 1

    def test_a_change_decided_before_the_one_that_stands_does_nothing(self, store: Store) -> None:
        enrol(store)
        number = opened(store).id
        store.sessions.set_state(number, SUBMITTED, at=NOW, by="교수", why="")
        stands = store.sessions.set_state(number, DRAFT, at=NOW + minutes(5), by="교수", why="")
        assert store.sessions.set_state(number, SUBMITTED, at=NOW + minutes(1), by="outbox", why="") == stands

    def test_a_submission_from_before_its_sessions_arrival_counts(self, store: Store) -> None:
        enrol(store)
        record(store, request(mark(at=NOW - minutes(50))))
        made = store.sessions.on_day(COURSE, DAY)
        assert made is not None
        submitted = store.sessions.set_state(made.id, SUBMITTED, at=NOW - minutes(45), by="outbox", why="")
        assert submitted.state is SUBMITTED

    def test_no_session_changes_no_state(self, store: Store) -> None:
        with pytest.raises(NoSession):
            store.sessions.set_state(1, SUBMITTED, at=NOW, by="x", why="")
        with pytest.raises(NoSession):
            store.proposals.keep(1, [], at=NOW)


class TestDiscarding:
    def test_a_session_that_holds_nothing_goes_with_its_hours_and_history_and_leaves_a_line(self, store: Store) -> None:
        enrol(store)
        number, other = opened(store).id, opened(store, DAY + timedelta(days=1))
        before = store.sessions.set_state(number, SUBMITTED, at=NOW, by="교수", why="")
        assert store.sessions.discard(number, at=NOW, by="김교수", why="다른 강의") == before
        assert store.sessions.listed(None, None, None) == [other]
        assert store.sessions.changes(number) == []
        line = select(access_log.c.happened_at, access_log.c.who, access_log.c.detail)
        line = line.where(access_log.c.action == "discard_session")
        assert store._database.read(lambda c: [tuple(row) for row in c.execute(line)]) == [
            (NOW, "김교수", f"course {COURSE}, {DAY}: 다른 강의")
        ]
        again = opened(store)
        assert (again.hours, again.id not in {number, other.id}) == (HOURS, True), "the day may be opened again"
        with pytest.raises(NoSession):
            store.sessions.discard(4711, at=NOW, by="x", why="nothing there")

    def test_no_other_session_gets_the_number_of_a_discarded_one(self, store: Store) -> None:
        enrol(store)
        had = {opened(store).id}
        for turn in range(2):
            store.sessions.discard(max(had), at=NOW, by="professor", why="by mistake")
            if turn:
                record(store, request(mark(), mark(day=DAY + timedelta(days=1))))
            else:
                opened(store)
            given = {each.id for each in store.sessions.listed(None, None, None)}
            assert given.isdisjoint(had)
            had |= given

    @pytest.mark.parametrize(
        ("fill", "words"),
        [
            (lambda store, number: record(store, request()), "holds 1 mark, 1 decision: only"),
            (lambda store, number: store.proposals.keep(number, [proposal()], at=NOW), "holds 1 proposal: only"),
            (lambda store, number: store.pictures.add(picture(), [], now=NOW), "holds 1 picture: only"),
        ],
    )
    def test_one_that_holds_something_stays_whole(
        self, store: Store, fill: Callable[[Store, int], object], words: str
    ) -> None:
        enrol(store)
        number = opened(store).id
        fill(store, number)
        stands = store.sessions.set_state(number, SUBMITTED, at=NOW, by="교수", why="")
        with pytest.raises(BadRequest, match=f"{words}.*`session close {number}`"):
            store.sessions.discard(number, at=NOW, by="x", why="by mistake")
        assert store.sessions.get(number) == stands
        assert len(store.sessions.changes(number)) == 1


class TestProposals:
    def test_proposals_come_back_as_they_were(self, store: Store) -> None:
        enrol(store)
        number = opened(store).id
        bare = replace(
            proposal(STUDENTS[1], 2, State.ABSENT),
            sure=False,
            reason=Reason.NONE,
            first_seen=None,
            last_seen=None,
            seen=0,
            minutes_late=None,
            probability=None,
        )
        store.proposals.keep(number, [proposal(), bare], at=NOW)
        assert store.proposals.of_course(COURSE, None, None) == {
            (DAY, 1): {STUDENTS[0]: proposal()},
            (DAY, 2): {STUDENTS[1]: bare},
        }
        assert store.proposals.of_course(COURSE, DAY + timedelta(days=1), None) == {}
        assert store.marks.standing(number) == {}, "a proposal is no mark"

    def test_a_newer_proposal_takes_the_place_and_one_that_says_nothing_does_not(self, store: Store) -> None:
        enrol(store)
        number = opened(store).id
        store.proposals.keep(number, [proposal(), proposal(STUDENTS[1])], at=NOW)
        newer = proposal(state=State.PRESENT)
        store.proposals.keep(number, [newer, proposal(STUDENTS[1], state=State.NOT_TAKEN)], at=NOW + minutes(1))
        kept = store.proposals.of_course(COURSE, None, None)[DAY, 1]
        assert kept == {STUDENTS[0]: newer, STUDENTS[1]: proposal(STUDENTS[1])}

    def test_a_submission_keeps_its_proposals_in_the_same_transaction(self, store: Store) -> None:
        enrol(store)
        number = opened(store).id
        with pytest.raises(UnknownStudent):
            store.sessions.set_state(number, SUBMITTED, at=NOW, by="x", why="", proposals=[proposal("nobody")])
        assert store.sessions.get(number).state is DRAFT
        store.sessions.set_state(number, SUBMITTED, at=NOW, by="x", why="", proposals=[proposal(hour=3)])
        assert store.proposals.of_course(COURSE, None, None) == {(DAY, 3): {STUDENTS[0]: proposal(hour=3)}}

    def test_an_erasure_takes_proposals_and_bars_new_ones(self, store: Store) -> None:
        enrol(store)
        number = opened(store).id
        store.proposals.keep(number, [proposal(), proposal(STUDENTS[1])], at=NOW)
        assert store.erasures.erase(STUDENTS[0], at=NOW, by="officer").proposals == 1
        store.proposals.keep(number, [proposal()], at=NOW)
        assert store.proposals.of_course(COURSE, None, None) == {(DAY, 1): {STUDENTS[1]: proposal(STUDENTS[1])}}


def test_a_courses_record_has_its_sessions_by_day_and_its_marks_alone(store: Store) -> None:
    enrol(store)
    enrol(store, course="other")
    next_day = DAY + timedelta(days=1)
    record(store, request(mark(day=next_day), mark(STUDENTS[1], State.LATE, hour=2), mark(course="other")))
    found = store.marks.of_course(COURSE, None, None)
    assert [session.day for session in found.sessions] == [DAY, next_day]
    assert found.marks == {(DAY, 2): {STUDENTS[1]: State.LATE}, (next_day, 1): {STUDENTS[0]: State.PRESENT}}
    only = store.marks.of_course(COURSE, next_day, next_day)
    assert ([session.day for session in only.sessions], list(only.marks)) == ([next_day], [(next_day, 1)])
