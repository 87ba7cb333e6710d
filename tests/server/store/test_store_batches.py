"""Batches of marks: a line for every wrong row, parts of a batch, sources, reasons, and closed sessions."""

from dataclasses import replace
from datetime import timedelta

from protocol.sentences import Sentence
from server.domain.attendance import Mark, Source, State
from server.domain.ledger import MarkAnswer, MarkRequest
from server.domain.sessions import SessionState
from server.errors import BadRequest, NotEnrolled, RowProblem, SessionClosed, UnknownStudent
from server.store import Store
from server.store.answers import decode_answer
from tests.server.store.store_values import (
    COURSE,
    DAY,
    NOW,
    STUDENTS,
    enrol,
    mark,
    minutes,
    record,
    recorded,
    request,
    states,
)

CAMERA, PROFESSOR = Source.CAMERA, Source.PROFESSOR


def part(*marks: Mark, key: str | None = None) -> MarkRequest:
    return replace(request(*marks, key=key), partial=True)


def close(store: Store, *steps: SessionState) -> int:
    session = store.sessions.on_day(COURSE, DAY)
    assert session is not None
    for step in steps or (SessionState.SUBMITTED, SessionState.CLOSED):
        store.sessions.set_state(session.id, step, at=NOW, by="professor", why="")
    return session.id


class TestWrongRows:
    def test_a_batch_is_refused_with_a_problem_for_every_wrong_row(self, store: Store) -> None:
        enrol(store)
        enrol(store, "elsewhere", course="other")
        outcome = record(store, request(mark(), mark("nobody"), mark("elsewhere"), mark(STUDENTS[1], hour=25)))[0]
        assert isinstance(outcome, UnknownStudent), "as the first wrong row"
        assert [(each.row, each.student, each.code) for each in outcome.problems] == [
            (1, "nobody", "unknown_student"),
            (2, "elsewhere", "not_enrolled"),
            (3, STUDENTS[1], "bad_request"),
        ]
        assert outcome.text == outcome.problems[0].sentence.text
        assert states(store) == {}

    def test_a_partial_batch_is_recorded_without_its_wrong_rows(self, store: Store) -> None:
        enrol(store)
        marks = mark("nobody"), mark(STUDENTS[0]), mark(STUDENTS[1], State.LATE)
        outcome = store.marks.record([part(*marks)], now=NOW)[0]
        assert isinstance(outcome, MarkAnswer)
        assert outcome.recorded == (recorded(marks[1]), recorded(marks[2]))
        assert [(each.row, each.student, each.code) for each in outcome.refused] == [(0, "nobody", "unknown_student")]
        assert states(store) == {STUDENTS[0]: {1: State.PRESENT}, STUDENTS[1]: {1: State.LATE}}

    def test_a_partial_batch_again_under_its_key_gives_the_same_answer(self, store: Store) -> None:
        enrol(store)
        batch = part(mark("나중에"), mark(STUDENTS[0]), key="k")
        first = store.marks.record([batch], now=NOW)
        enrol(store, "나중에")
        assert store.marks.record([batch], now=NOW) == first
        assert states(store) == {STUDENTS[0]: {1: State.PRESENT}}

    def test_rows_that_an_older_server_refused_are_told_by_their_text(self) -> None:
        kept = '{"recorded":[],"refused":[[0,"201511041","closed","It is {closed}."]]}'
        assert decode_answer(kept).refused == (RowProblem(0, "201511041", "closed", Sentence("It is {closed}.")),)

    def test_a_partial_batch_of_wrong_rows_alone_records_nothing(self, store: Store) -> None:
        enrol(store)
        outcome = store.marks.record([part(mark("nobody"), key="k")], now=NOW)[0]
        assert isinstance(outcome, MarkAnswer)
        assert (outcome.recorded, len(outcome.refused)) == ((), 1)
        assert store.sessions.on_day(COURSE, DAY) is None

    def test_rows_that_were_found_wrong_before_are_told_with_the_others(self, store: Store) -> None:
        enrol(store)
        wrong = {1: BadRequest("The course has no such state.")}
        batch = replace(request(mark("nobody"), mark(), mark(STUDENTS[1])), wrong=wrong)
        outcome = record(store, batch)[0]
        assert isinstance(outcome, UnknownStudent)
        assert outcome.problems[1] == RowProblem(
            1, STUDENTS[0], "bad_request", Sentence("The course has no such state.")
        )
        assert states(store) == {}
        told = store.marks.record([replace(batch, partial=True)], now=NOW)[0]
        assert isinstance(told, MarkAnswer)
        assert [each.row for each in told.refused] == [0, 1]
        assert states(store) == {STUDENTS[1]: {1: State.PRESENT}}


class TestSources:
    def test_what_the_camera_proposed_never_stands_over_a_person(self, store: Store) -> None:
        enrol(store)
        record(store, request(mark(state=State.LATE)))
        confirmed = mark(source=CAMERA, at=NOW + minutes(5))
        assert record(store, request(confirmed))[0] == (recorded(confirmed, state=State.LATE, changed=False),)

    def test_a_person_stands_over_the_camera_though_he_decided_before(self, store: Store) -> None:
        enrol(store)
        record(store, request(mark(source=CAMERA, at=NOW + minutes(5))))
        early = mark(state=State.ABSENT)
        assert record(store, request(early))[0] == (recorded(early),)
        session = store.sessions.on_day(COURSE, DAY)
        assert session is not None
        standing = store.marks.standing(session.id)[STUDENTS[0], 1]
        assert (standing.state, standing.source, standing.at) == (State.ABSENT, PROFESSOR, NOW)
        later = mark(state=State.EXCUSED, at=NOW + minutes(1))
        assert record(store, request(later))[0] == (recorded(later),), "his own time is what counts"


class TestReasons:
    def test_each_decision_keeps_why_it_was_made(self, store: Store) -> None:
        enrol(store)
        record(store, request(mark(state=State.ABSENT)))
        record(store, request(mark(state=State.EXCUSED, at=NOW + minutes(1), why="예비군 훈련 확인서 제출")))
        session = store.sessions.on_day(COURSE, DAY)
        assert session is not None
        assert store.marks.standing(session.id)[STUDENTS[0], 1].why == "예비군 훈련 확인서 제출"
        lines = store.marks.history(session.id, STUDENTS[0])
        assert [(line.old, line.new, line.stood, line.who, line.why, line.source) for line in lines] == [
            (None, State.ABSENT, True, "professor", "", PROFESSOR),
            (State.ABSENT, State.EXCUSED, True, "professor", "예비군 훈련 확인서 제출", PROFESSOR),
        ]
        assert store.marks.history(session.id) == lines
        assert store.marks.history(session.id, STUDENTS[1]) == []

    def test_a_reason_that_cannot_be_kept_is_refused(self, store: Store) -> None:
        enrol(store)
        assert isinstance(record(store, request(mark(why="x" * 501)))[0], BadRequest)


class TestClosedSessions:
    def test_a_closed_session_takes_no_mark_and_no_new_hour(self, store: Store) -> None:
        enrol(store)
        record(store, request(mark()))
        number = close(store)
        later = mark(state=State.LATE, at=NOW + minutes(1))
        outcomes = record(store, request(later), request(mark(STUDENTS[1], hour=2)))
        assert [type(each) for each in outcomes] == [SessionClosed, SessionClosed]
        assert states(store) == {STUDENTS[0]: {1: State.PRESENT}}
        assert [each.number for each in store.sessions.get(number).hours] == [1]
        assert len(store.marks.history(number)) == 1

    def test_a_reopened_session_takes_marks_again(self, store: Store) -> None:
        enrol(store)
        record(store, request(mark()))
        number = close(store)
        store.sessions.set_state(number, SessionState.DRAFT, at=NOW + minutes(1), by="office", why="appeal")
        assert record(store, request(mark(state=State.LATE)))[0] == (recorded(mark(state=State.LATE)),)

    def test_a_submitted_session_is_closed_from_its_freeze_on(self, store: Store) -> None:
        enrol(store)
        freeze = NOW + timedelta(days=1)
        store.sessions.open(COURSE, DAY, [], closes_at=freeze, makeup=False, at=NOW, by="professor")
        close(store, SessionState.SUBMITTED)
        before = record(store, request(mark()), now=freeze - timedelta(microseconds=1))
        after = record(store, request(mark(STUDENTS[1])), now=freeze)
        assert before == [(recorded(mark()),)]
        assert isinstance(after[0], SessionClosed)

    def test_a_draft_past_its_freeze_still_takes_marks(self, store: Store) -> None:
        enrol(store)
        store.sessions.open(COURSE, DAY, [], closes_at=NOW, makeup=False, at=NOW, by="professor")
        assert record(store, request(mark()), now=NOW + timedelta(days=9)) == [(recorded(mark()),)]

    def test_other_sessions_in_the_same_batch_are_not_held_up(self, store: Store) -> None:
        enrol(store)
        record(store, request(mark()))
        close(store)
        other = mark(day=DAY + timedelta(days=1))
        outcome = store.marks.record([part(mark(STUDENTS[1]), other)], now=NOW)[0]
        assert isinstance(outcome, MarkAnswer)
        assert outcome.recorded == (recorded(other),)
        assert [(each.row, each.code) for each in outcome.refused] == [(0, "closed")]

    def test_an_answer_from_before_the_close_is_given_again_after_it(self, store: Store) -> None:
        enrol(store)
        first = record(store, request(key="k"))
        close(store)
        assert record(store, request(key="k")) == first


def test_a_student_who_is_on_another_list_alone_is_not_enrolled(store: Store) -> None:
    enrol(store)
    enrol(store, "elsewhere", course="other")
    outcome = record(store, request(mark("elsewhere")))[0]
    assert isinstance(outcome, NotEnrolled)
    assert len(outcome.problems) == 1


def test_copies_follow_the_hour_that_they_are_made_of_whichever_hours_the_batch_names(store: Store) -> None:
    enrol(store)
    record(store, request(*(mark(STUDENTS[0], State.ABSENT, hour=hour) for hour in (1, 4))))
    copied = replace(mark(STUDENTS[0], State.PRESENT, hour=2), source=Source.COPIED)
    assert record(store, request(copied))[0] == (recorded(copied, state=State.ABSENT),), "as hour 1 says by now"
    record(store, request(replace(copied, hour=3)))
    record(store, request(mark(STUDENTS[0], State.LATE, hour=1, at=NOW + minutes(1))), now=NOW + minutes(1))
    assert states(store)[STUDENTS[0]] == {1: State.LATE, 2: State.PRESENT, 3: State.PRESENT, 4: State.ABSENT}
