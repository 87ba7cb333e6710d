"""What a hurried professor, a broken clock or an impatient client may send: no other screen suffers from it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from protocol import legacy, messages
from protocol.error_texts import ServerText
from protocol.sentences import Sentence, sentence
from tests.server.classroom import COURSE, MONDAY, Classroom, seoul

TUESDAY, WEDNESDAY, LONG_AGO = "2026-03-03", "2026-03-04", "2000-01-03"


def overdue(room: Classroom) -> list[int]:
    return [each.session for each in room.ask(messages.Sessions(overdue=True)).sessions]


def first_of_report(room: Classroom) -> Any:
    return room.ask(messages.Report(course=COURSE)).students[0]


# -- the freeze of sessions that nobody opened


def test_a_session_that_only_a_mark_opened_is_listed_as_overdue(room: Classroom) -> None:
    room.set_course(rules="freeze_days = 0")
    room.now = seoul("10:31")
    assert room.legacy(legacy.LegacyMark(student=room.students[0], course=COURSE)) == legacy.SUCCESS
    session = room.ask(messages.Roster(course=COURSE)).session
    room.now = seoul("10:00", WEDNESDAY)
    assert overdue(room) == [session]
    before = first_of_report(room)
    assert (before.present, before.not_taken) == (0, 2)
    assert room.board(session).session.overdue
    assert first_of_report(room) == before, "to look at a board changes no report"


def test_a_rule_that_comes_later_freezes_no_session_of_before(on_sqlite: Classroom) -> None:
    on_sqlite.set_course()
    session = on_sqlite.open().session
    on_sqlite.set_state(session, "submitted")
    on_sqlite.now = seoul("10:00", "2026-03-16")
    on_sqlite.set_course(rules="freeze_days = 1")
    assert on_sqlite.board(session).session.state == "submitted"
    assert on_sqlite.mark(0, session=session, hour=3).marks[0].changed
    assert on_sqlite.board(session).session.closes_at is None


def test_a_mark_counts_until_the_freeze_and_not_at_it(room: Classroom) -> None:
    room.set_course(rules="freeze_days = 0")
    session = room.open().session
    room.set_state(session, "submitted")
    room.now = seoul("00:00", TUESDAY) - timedelta(microseconds=1)
    assert room.mark(0, session=session, hour=3).marks[0].changed
    room.now += timedelta(microseconds=1)
    assert room.mark(1, session=session, hour=3).code == "closed"


# -- days that are none


@pytest.mark.parametrize("day", ["0001-01-01", "1970-01-01", "2100-01-01", "2100-12-31", "8999-12-31", "9999-12-31"])
def test_a_session_of_another_century_is_refused_and_the_list_is_whole(on_sqlite: Classroom, day: str) -> None:
    on_sqlite.set_course(rules="freeze_days = 180")
    refused = on_sqlite.ask(messages.OpenSession(course=COURSE, key="k", date=day, hours=(3,)))
    assert refused.code == "bad_request"
    assert day in refused.text
    assert on_sqlite.ask(messages.Sessions()).sessions == ()


def test_the_last_day_that_can_be_opened_can_be_shown(on_sqlite: Classroom) -> None:
    on_sqlite.set_course(rules="freeze_days = 180")
    opened = on_sqlite.open(date="2099-12-31", hours=(3,))
    assert on_sqlite.ask(messages.Sessions()).sessions == (opened,)


@pytest.mark.parametrize(("since", "until"), [("0001-01-01", "0001-01-02"), ("9999-12-30", "9999-12-31")])
def test_a_report_of_another_century_is_refused(on_sqlite: Classroom, since: str, until: str) -> None:
    on_sqlite.set_course()
    assert on_sqlite.ask(messages.Report(course=COURSE, since=since, until=until)).code == "bad_request"


def test_a_mark_by_a_clock_that_began_anew_leaves_the_course_its_report(on_sqlite: Classroom) -> None:
    on_sqlite.mark(0)
    on_sqlite.mark(0, at=seoul("10:00", LONG_AGO))
    assert first_of_report(on_sqlite).present == 1


# -- hours that are none


def test_a_mark_in_an_hour_that_the_day_does_not_have_is_refused(room: Classroom) -> None:
    room.set_course()
    room.now = seoul("10:31")
    refused = room.mark(0, hour=9)
    assert refused.code == "no_session"
    assert f"no hour 9 on {MONDAY}" in refused.text
    assert room.look("10:35", 0, 1).hour == 3, "and pictures go where they belong"
    room.open(hours=(9,))
    assert room.mark(0, hour=9).marks[0].hour == 9


def test_a_mark_goes_to_the_hours_that_the_professor_opened_instead(on_sqlite: Classroom) -> None:
    on_sqlite.set_course()
    on_sqlite.now = seoul("17:00")
    opened = on_sqlite.open(hours=(9,))
    assert on_sqlite.mark(0, session=opened.session).marks[0].hour == 9
    assert on_sqlite.mark(1).marks[0].hour == 9
    assert on_sqlite.look("17:05", 0).hour == 9
    assert [hour.hour for hour in on_sqlite.board(opened.session).session.hours] == [9]


# -- clocks that run ahead


def test_a_submission_by_a_clock_that_runs_ahead_can_be_taken_back_at_once(on_sqlite: Classroom) -> None:
    on_sqlite.set_course()
    session = on_sqlite.open().session
    ahead: datetime = on_sqlite.now + timedelta(minutes=4)
    assert on_sqlite.set_state(session, "submitted", at=ahead).session.state == "submitted"
    on_sqlite.now += timedelta(seconds=20)
    assert on_sqlite.set_state(session, "draft", "too early").session.state == "draft"


def test_what_was_decided_of_an_hour_stands_over_a_roll_that_was_copied_to_it(room: Classroom) -> None:
    room.set_course(rules="copy_consecutive = true")
    room.now = seoul("10:40")
    session = room.open().session
    room.mark(0, session=session, hour=3)
    room.peer.connected_since = room.now = seoul("12:20")
    room.set_state(session, "submitted")
    assert room.marks(session)[0, 4] == ("present", "copied")
    (brought,) = room.mark(0, "absent", session=session, hour=4, at=seoul("11:35")).marks
    assert (brought.state, brought.changed) == ("absent", True), "by an outbox, later"


def test_what_was_decided_while_the_servers_clock_ran_ahead_can_be_corrected_once_it_is_set_right(
    room: Classroom,
) -> None:
    room.set_course()
    room.now = seoul("19:40")  # nine hours ahead, as a clock is that takes the time in Seoul for that in Greenwich
    session = room.open().session
    room.mark(0, "absent", session=session, hour=3)
    room.set_state(session, "submitted")
    room.now = seoul("10:41")
    (corrected,) = room.mark(0, "present", session=session, hour=3).marks
    assert (corrected.state, corrected.changed) == ("present", True)
    room.peer.connected_since = room.now
    (older,) = room.mark(0, "late", session=session, hour=3, at=seoul("10:31")).marks
    assert (older.state, older.changed) == ("present", False), "what an outbox kept stays older"
    assert room.set_state(session, "draft", "too early").session.state == "draft"
    assert room.set_state(session, "submitted").session.state == "submitted"


# -- rows that are wrong, more than fit


def test_every_wrong_row_of_a_batch_is_told(on_sqlite: Classroom) -> None:
    rows = tuple(messages.MarkItem(student=f"nobody{row}", course=COURSE) for row in range(800))
    refused = on_sqlite.ask(messages.Marks(marks=rows, key="k"))
    assert [each.row for each in refused.problems] == list(range(800))
    first = sentence(ServerText.UNKNOWN_STUDENT, student="nobody0")
    assert Sentence(refused.text, refused.template, refused.values) == first
    row = refused.problems[0]
    assert Sentence(row.text, row.template, row.values) == first


def test_a_look_at_a_session_that_a_mark_opened_shows_its_timetable_and_writes_nothing(room: Classroom) -> None:
    room.set_course()
    room.now = seoul("10:40")
    room.mark(0)
    session = room.store.sessions.on_day(COURSE, room.now.date())
    assert session is not None
    statements: list[str] = []
    event.listen(room.store._database.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    board = room.board(session.id)
    assert [each.hour for each in board.students[0].hours] == [3, 4]
    shown = room.ask(messages.Sessions(course=COURSE)).sessions[0]
    assert [(each.hour, each.starts is not None) for each in shown.hours] == [(3, True), (4, True)]
    writing = ("INSERT", "UPDATE", "DELETE")
    written = [each for each in statements if each.startswith(writing) or "FOR UPDATE" in each]
    assert [each for each in written if " access_" not in each] == [], "who looked is logged, and nothing else is kept"
    assert room.store.sessions.get(session.id) == session
    room.look("10:50", 0)
    kept = room.store.sessions.get(session.id).hours
    assert [(each.number, each.starts is not None) for each in kept] == [(3, True), (4, True)]


def test_a_submission_keeps_the_timetables_hours_of_a_session_that_a_mark_opened(room: Classroom) -> None:
    room.set_course()
    room.now = seoul("10:40")
    room.mark(0)
    session = room.store.sessions.on_day(COURSE, room.now.date())
    assert session is not None
    room.set_state(session.id, "submitted")
    kept = room.store.sessions.get(session.id).hours
    assert [(each.number, each.starts is not None) for each in kept] == [(3, True), (4, True)]
