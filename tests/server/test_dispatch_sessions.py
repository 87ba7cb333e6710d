"""Class days in whole messages, on a real store: opened, seen, confirmed, corrected, submitted, closed, reopened."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from protocol import legacy, messages
from server.bootstrap.class_day import class_day_around
from server.faces import TakenFaces
from server.services.class_day.galleries import Galleries
from server.services.class_day.retention import Retention
from server.store import Store
from tests.server.classroom import COURSE, LYING, MODEL, SEOUL, TIMETABLE, Classroom, classroom, seoul
from tests.server.clocks import Clocks

TUESDAY, SATURDAY = "2026-03-03", "2026-03-07"
FIRST_HOUR = ("10:31", "10:40", "10:50", "11:00", "11:10")
SECOND_HOUR = ("11:31", "11:40", "11:50", "12:00", "12:10")


def confirm(room: Classroom, session: int, key: str, *items: tuple[int, int, str], **more: Any) -> Any:
    return room.ask(
        messages.Confirm(
            session=session,
            key=key,
            items=tuple(
                messages.ConfirmItem(student=room.students[place], hour=hour, state=state)  # type: ignore[arg-type]
                for place, hour, state in items
            ),
            **more,
        )
    )


def batch(room: Classroom, key: str, states: dict[int, str], **more: Any) -> Any:
    return room.ask(
        messages.Marks(
            key=key,
            marks=tuple(
                messages.MarkItem(student=room.students[place], course=COURSE, state=state)  # type: ignore[arg-type]
                for place, state in states.items()
            ),
            **more,
        )
    )


# -- opening


def test_a_session_has_the_hours_of_the_timetable(room: Classroom) -> None:
    room.set_course(rules="freeze_days = 1")
    opened = room.open()
    assert (opened.course, opened.title, opened.date, opened.state) == (COURSE, "알고리즘", "2026-03-02", "draft")
    assert [(hour.hour, hour.starts, hour.ends) for hour in opened.hours] == [
        (3, seoul("10:30"), seoul("11:20")),
        (4, seoul("11:30"), seoul("12:20")),
    ]
    assert opened.closes_at == seoul("00:00", "2026-03-04")
    assert room.open() == opened, "to open it again joins it"


def test_a_course_without_a_timetable_has_one_hour(on_sqlite: Classroom) -> None:
    opened = on_sqlite.open()
    assert [(hour.hour, hour.starts) for hour in opened.hours] == [(1, None)]
    assert opened.hour_now == 1


def test_a_day_without_class_is_opened_only_with_hours(on_sqlite: Classroom) -> None:
    on_sqlite.set_course()
    refused = on_sqlite.ask(messages.OpenSession(course=COURSE, key="k", date=SATURDAY))
    assert refused.code == "no_session"
    made_up = on_sqlite.open(date=SATURDAY, hours=(3, 9), makeup=True)
    assert made_up.makeup
    assert [(hour.hour, hour.starts) for hour in made_up.hours] == [(3, seoul("10:30", SATURDAY)), (9, None)]


def test_to_open_what_is_there_joins_it_with_its_own_hours(on_sqlite: Classroom) -> None:
    marked = on_sqlite.mark(0, hour=5).marks[0]
    assert [hour.hour for hour in on_sqlite.open().hours] == [marked.hour] == [5]
    on_sqlite.set_course()
    on_sqlite.open(date=SATURDAY, hours=(3,))
    assert [hour.hour for hour in on_sqlite.open(date=SATURDAY).hours] == [3]


def test_what_cannot_be_opened_is_named(on_sqlite: Classroom) -> None:
    ask = on_sqlite.ask
    assert ask(messages.OpenSession(course="nowhere", key="k")).code == "unknown_course"
    assert ask(messages.OpenSession(course=COURSE, key="k", date="2026-02-30")).code == "bad_request"
    assert ask(messages.Board(session=99)).code == "no_session"
    assert ask(messages.Propose(session=99)).code == "no_session"
    assert ask(messages.SetSession(session=99, state="draft", key="k")).code == "no_session"
    assert ask(messages.Board(session=on_sqlite.open().session, hour=7)).code == "no_session"
    refused = ask(
        messages.Confirm(session=99, key="k", items=(messages.ConfirmItem(student="1", hour=1, state="present"),))
    )
    assert refused.code == "no_session"


def test_sessions_are_listed_newest_first(on_sqlite: Classroom) -> None:
    days = ("2026-03-02", "2026-03-09", "2026-03-16")
    for day in days:
        on_sqlite.open(date=day)

    def listed(**more: Any) -> list[str]:
        return [each.date for each in on_sqlite.ask(messages.Sessions(**more)).sessions]

    assert listed() == listed(course=COURSE) == list(reversed(days))
    assert listed(since="2026-03-03", until="2026-03-15") == ["2026-03-09"]
    assert on_sqlite.ask(messages.Sessions(course="nowhere")).code == "unknown_course"


# -- which hour


@pytest.mark.parametrize(
    ("clock", "hour"),
    [("08:55", 3), ("10:31", 3), ("11:19", 3), ("11:20", 4), ("11:25", 4), ("12:19", 4), ("18:00", 4)],
)
def test_a_mark_without_an_hour_goes_to_the_hour_that_is_on(on_sqlite: Classroom, clock: str, hour: int) -> None:
    on_sqlite.set_course()
    on_sqlite.now = seoul(clock)
    assert on_sqlite.mark(0).marks[0].hour == hour
    assert on_sqlite.legacy(legacy.LegacyMark(on_sqlite.students[1], COURSE)) == b"success"
    session = on_sqlite.ask(messages.Roster(course=COURSE)).session
    assert on_sqlite.marks(session)[1, hour] == ("present", "legacy")


def test_a_legacy_mark_at_five_to_nine_in_seoul_belongs_to_that_day(room: Classroom) -> None:
    room.now = seoul("08:55")
    assert room.legacy(legacy.LegacyMark(room.students[0], COURSE)) == b"success"
    roster = room.ask(messages.Roster(course=COURSE))
    assert (roster.date, roster.hour, roster.students[0].states) == ("2026-03-02", 1, {"1": "present"})
    assert json.loads(room.legacy(legacy.LegacyRoster(COURSE)))[0]["attended"] == "O"
    assert [hour.hour for hour in room.board(roster.session).session.hours] == [1]


def test_the_roster_names_hour_and_session(on_sqlite: Classroom) -> None:
    on_sqlite.set_course()
    on_sqlite.now = seoul("11:31")
    roster = on_sqlite.ask(messages.Roster(course=COURSE))
    assert (roster.session, roster.hour) == (None, 4)
    opened = on_sqlite.open()
    assert on_sqlite.ask(messages.Roster(course=COURSE)).session == opened.session
    on_sqlite.now = seoul("11:31", TUESDAY)
    roster = on_sqlite.ask(messages.Roster(course=COURSE))
    assert (roster.session, roster.hour) == (None, None)


def test_what_the_professor_opened_goes_before_the_timetable(on_sqlite: Classroom) -> None:
    on_sqlite.set_course()
    on_sqlite.open(date=SATURDAY, hours=(3,), makeup=True)
    on_sqlite.now = seoul("14:00", SATURDAY)
    assert on_sqlite.mark(0).marks[0].hour == 3
    on_sqlite.open(date="2026-03-09", hours=(3,))
    on_sqlite.now = seoul("11:40", "2026-03-09")
    assert on_sqlite.mark(0).marks[0].hour == 3


def test_a_session_that_a_mark_opened_gets_the_times_of_the_timetable_when_it_is_looked_at(room: Classroom) -> None:
    room.set_course(rules="freeze_days = 0")
    room.now = seoul("11:40")
    room.mark(0)
    board = room.board(room.ask(messages.Roster(course=COURSE)).session)
    assert [(hour.hour, hour.starts) for hour in board.session.hours] == [(3, seoul("10:30")), (4, seoul("11:30"))]
    assert board.session.closes_at == seoul("00:00", TUESDAY)
    assert board.counts[1].present == 1


def test_a_mark_with_a_session_belongs_to_its_day(on_sqlite: Classroom) -> None:
    on_sqlite.set_course()
    session = on_sqlite.open().session
    on_sqlite.now = seoul("09:00", TUESDAY)
    (item,) = on_sqlite.mark(0, "excused", session=session, hour=3, why="진단서").marks
    assert (item.date, item.hour, item.state) == ("2026-03-02", 3, "excused")
    (line,) = on_sqlite.store.marks.history(session)
    assert (line.why, line.source) == ("진단서", "professor")
    refused = on_sqlite.ask(messages.Mark(student=on_sqlite.students[0], course="other", key="k", session=session))
    assert refused.code == "bad_request"
    assert "other" in refused.text


# -- pictures and the board


def test_that_a_picture_shows_more_faces_than_are_taken_is_told(
    on_sqlite: Classroom, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    look = on_sqlite.recogniser.look
    monkeypatch.setattr(on_sqlite.recogniser, "look", lambda image: TakenFaces(look(image), 225))
    with caplog.at_level("WARNING"):
        reply = on_sqlite.look("10:31", 0, 1)
    assert (reply.faces_found, reply.faces_taken, len(reply.faces)) == (225, 2, 2)
    assert "a picture shows 225 faces; 2 of them" in caplog.text
    assert not [student for student in on_sqlite.students if student in caplog.text]
    (counts,) = on_sqlite.board(reply.session, reply.hour).counts
    assert (counts.faces_seen, counts.faces_taken) == (225, 2)
    monkeypatch.undo()
    whole = on_sqlite.look("10:32", 0, 1, 2)
    assert (whole.faces_found, whole.faces_taken) == (3, 3)


def test_who_was_there_all_the_time_is_sure_and_who_has_left_is_to_be_looked_at(room: Classroom) -> None:
    room.set_course()
    session = room.open().session
    for clock in FIRST_HOUR:
        reply = room.look(clock, 0, 1, 2, 3, 20)
        assert (reply.session, reply.hour, reply.recorded) == (session, 3, 4), "of the stranger nothing is kept"
    for clock in SECOND_HOUR:
        room.look(clock, 0, 1, 2, 20)
    assert room.lists(session) == {"sure": [0, 1, 2], "check": [3], "not_seen": [4, 5]}
    board = room.board(session)
    gone = board.students[3]
    assert gone.reason == "left"
    assert [hour.proposed for hour in gone.hours] == ["present", "absent"]
    assert (gone.hours[0].first_seen, gone.hours[0].last_seen) == (seoul("10:31"), seoul("11:10"))
    assert [(each.enrolled, each.faces_seen, each.pictures, each.undecided) for each in board.counts] == [
        (6, 5, 5, 6),
        (6, 4, 5, 6),
    ]
    assert list(board.to_decide) == room.students
    alone = room.board(session, 4)
    assert [hour.hour for hour in alone.students[3].hours] == [4]
    assert alone.students[3].reason == "left", "one hour alone knows of the one before it"


def test_a_picture_from_a_camera_that_lies_says_by_how_much_to_turn_it(on_sqlite: Classroom) -> None:
    shown = on_sqlite.ask(messages.Snapshot(course=COURSE), LYING)
    assert (shown.faces, shown.turn_deg) == ((), 90)
    assert [on_sqlite.ask(messages.Snapshot(course=COURSE), LYING).code for _ in range(9)] == ["no_face"] * 9
    kept = on_sqlite.ask(messages.Snapshot(course=COURSE, record=True), LYING)
    assert (kept.faces, kept.turn_deg) == ((), 90)
    assert kept.session is not None


def test_a_picture_with_faces_has_nothing_to_turn(on_sqlite: Classroom) -> None:
    assert on_sqlite.ask(messages.Snapshot(course=COURSE), b"0").turn_deg == 0


def test_a_picture_of_nobody_is_kept_and_only_looked_at_is_an_error(on_sqlite: Classroom) -> None:
    reply = on_sqlite.look("10:31")
    assert (reply.faces, reply.recorded, reply.hour) == ((), 0, 1)
    assert on_sqlite.board(reply.session).counts[0].pictures == 1
    assert on_sqlite.ask(messages.Snapshot(course=COURSE), b" ").code == "no_face"


def test_a_recorded_picture_needs_a_course_or_a_session_of_its_day(on_sqlite: Classroom) -> None:
    on_sqlite.set_course()
    session = on_sqlite.open().session
    assert on_sqlite.ask(messages.Snapshot(record=True), b"0").code == "bad_request"
    on_sqlite.now = seoul("11:40")
    assert on_sqlite.ask(messages.Snapshot(session=session, record=True), b"0").hour == 4
    assert on_sqlite.ask(messages.Snapshot(session=session, course="other", record=True), b"0").code == "bad_request"
    assert on_sqlite.ask(messages.Snapshot(session=99), b"0").code == "no_session"
    on_sqlite.now = seoul("11:40", TUESDAY)
    assert on_sqlite.ask(messages.Snapshot(session=session, record=True), b"0").code == "bad_request"
    refused = on_sqlite.ask(messages.Snapshot(course=COURSE, record=True), b"0")
    assert refused.code == "no_session", "a camera that runs on a free day opens no session"
    assert len(on_sqlite.ask(messages.Sessions()).sessions) == 1


def test_the_same_picture_twice_is_one(on_sqlite: Classroom) -> None:
    session = on_sqlite.look("10:31", 0, 1).session
    assert on_sqlite.look("10:31", 0, 1).recorded == 0
    assert on_sqlite.board(session).counts[0].pictures == 1


class CountedPictures:
    """Pictures of a store, which counts how many were read and decrypted, and how often any."""

    def __init__(self, pictures: Any) -> None:
        self._pictures = pictures
        self.readings = 0
        self.pictures_read = 0

    def of_day(self, *arguments: Any, **more: Any) -> Any:
        found = self._pictures.of_day(*arguments, **more)
        self.readings += 1
        self.pictures_read += len(found)
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pictures, name)


def counting(store: Store) -> Store:
    return replace(store, pictures=CountedPictures(store.pictures))


def test_a_board_without_new_pictures_reads_none(tmp_path: Path) -> None:
    with classroom(str(tmp_path / "a.sqlite"), tmp_path, store=counting) as room:
        session = room.look("10:31", 0, 1).session
        first = room.board(session)
        room.mark(0)
        assert room.board(session).students[1] == first.students[1]
        assert room.store.pictures.readings == 1  # type: ignore[attr-defined]
        room.look("10:41", 0, 1, 2)
        assert room.board(session).students[2].hours[0].seen == 1
        assert room.store.pictures.readings == 2  # type: ignore[attr-defined]


def test_a_new_picture_alone_is_read_and_one_that_was_brought_late_decides_its_hour_anew(tmp_path: Path) -> None:
    with classroom(str(tmp_path / "a.sqlite"), tmp_path, store=counting) as room:
        room.set_course()
        room.peer.connected_since = seoul("18:00")
        read = []
        for clock in ("10:31", "10:50", "11:31", "10:40"):
            room.now = seoul("18:01")
            session = room.ask(messages.Snapshot(course=COURSE, record=True, taken_at=seoul(clock)), b"0 1").session
            room.board(session)
            read.append(room.store.pictures.pictures_read)  # type: ignore[attr-defined]
        assert read == [1, 2, 3, 6], "the pictures of its hour, and not of the other"


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4, 5), (3, 0, 5, 1, 4, 2), (5, 4, 3, 2, 1, 0)])
def test_pictures_decide_the_same_one_by_one_in_whatever_order_and_all_at_once(
    on_sqlite: Classroom, order: tuple[int, ...]
) -> None:
    on_sqlite.set_course()
    on_sqlite.peer.connected_since = seoul("18:00")
    clocks = ("10:31", "10:40", "10:50", "11:00", "11:31", "11:40")
    people = (b"0 1 2", b"0 1", b"0 2 9", b"0 1", b"1 2 3", b"3 2")
    for place in order:
        on_sqlite.now = seoul("18:01")
        taken_at = seoul(clocks[place])
        session = on_sqlite.ask(messages.Snapshot(course=COURSE, record=True, taken_at=taken_at), people[place]).session
        board = on_sqlite.board(session)
    at_once = class_day_around(on_sqlite.store, SEOUL, Galleries(on_sqlite.store, MODEL))
    view = at_once.sessions.view(session, on_sqlite.now)
    fresh = at_once.sessions.evidence(view)
    kept = on_sqlite.class_day.sessions.evidence(view)
    at_once.recorder.close()
    assert kept == fresh
    assert board.counts[0].pictures == 4


def test_while_one_session_is_decided_another_ones_board_is_answered(on_sqlite: Classroom) -> None:
    """The first waits, in the middle of its decision, for the second."""
    room = on_sqlite
    room.set_course()
    first, second = room.look("10:40", 0).session, room.look("10:40", 0, day="2026-03-09").session
    answered = threading.Event()
    pictures = room.store.pictures.of_day

    def slowly(course: str, day: Any, **more: Any) -> Any:
        if day.isoformat() == "2026-03-02":
            assert answered.wait(120), "it was held up"
        return pictures(course, day, **more)

    room.store.pictures.of_day = slowly  # type: ignore[method-assign]
    with ThreadPoolExecutor() as others:
        held = others.submit(room.board, first)
        assert room.board(second).counts[0].pictures == 1
        answered.set()
        assert held.result().counts[0].pictures == 1


def test_an_hour_without_new_pictures_is_not_decided_again(on_sqlite: Classroom) -> None:
    on_sqlite.set_course()
    session = on_sqlite.look("10:31", 0, 1).session
    sessions = on_sqlite.class_day.sessions

    def decided(hour: int) -> Any:
        return sessions.evidence(sessions.view(session, on_sqlite.now)).hours[hour]

    first = decided(3)
    on_sqlite.look("11:31", 0)
    second = decided(4)
    assert decided(3) is first
    on_sqlite.look("11:41", 0)
    assert decided(3) is first
    assert decided(4) is not second
    on_sqlite.store.courses.set_shift(COURSE, MODEL, 0.02, students=10, sightings=30, at=on_sqlite.now, by="test")
    shifted = decided(3)
    assert shifted is not first, "a moved threshold decides anew,"
    assert decided(3) is shifted, "once"


def test_who_is_erased_is_gone_from_the_board_at_once(on_sqlite: Classroom) -> None:
    for clock in FIRST_HOUR:
        session = on_sqlite.look(clock, 0, 1, 2).session
    assert on_sqlite.lists(session)["sure"] == [0, 1, 2]
    on_sqlite.store.erasures.erase(on_sqlite.students[1], at=on_sqlite.now, by="officer")
    row = on_sqlite.board(session).students[1]
    assert (row.list, row.hours[0].seen) == ("not_seen", 0)


# -- confirming and correcting


def test_what_is_confirmed_is_a_mark_of_the_camera_and_the_professors_word_stands(room: Classroom) -> None:
    room.set_course()
    session = room.open().session
    room.look("10:31", 0, 1)
    room.mark(1, "late")
    done = confirm(room, session, "k", (0, 3, "present"), (1, 3, "present"))
    assert [(item.state, item.changed) for item in done.marks] == [("present", True), ("late", False)]
    assert confirm(room, session, "k", (0, 3, "present"), (1, 3, "present")) == done
    assert room.marks(session) == {(0, 3): ("present", "camera"), (1, 3): ("late", "professor")}
    room.mark(0, "absent", at=seoul("10:20"))
    assert room.marks(session)[0, 3] == ("absent", "professor"), "whatever the times"


def test_in_shadow_mode_nothing_is_proposed_or_confirmed_and_all_is_kept(room: Classroom) -> None:
    room.set_course(rules="shadow = true")
    session = room.open().session
    for clock in FIRST_HOUR:
        room.look(clock, 0, 1)
    board = room.board(session)
    assert board.session.shadow
    assert {hour.proposed for row in board.students for hour in row.hours} == {None}
    assert board.counts[0].faces_seen == 2
    refused = confirm(room, session, "k", (0, 3, "present"))
    assert (refused.code, "shadow" in refused.text) == ("bad_request", True)
    assert batch(room, "roll", {0: "present"}, session=session).marks[0].changed
    room.set_state(session, "submitted")
    kept = room.store.proposals.of_course(COURSE, None, None)
    assert {key[1]: proposals[room.students[0]].state.value for key, proposals in kept.items()} == {3: "present"}


def test_a_confirmation_sent_again_is_answered_as_before_though_shadow_mode_was_turned_on(on_sqlite: Classroom) -> None:
    on_sqlite.set_course()
    session = on_sqlite.look("10:40", 0).session
    done = confirm(on_sqlite, session, "k", (0, 3, "present"))
    on_sqlite.set_course(rules="shadow = true")
    assert confirm(on_sqlite, session, "k", (0, 3, "present")) == done
    refused = confirm(on_sqlite, session, "other", (0, 3, "present"), partial=True)
    assert (refused.code, "shadow" in refused.text) == ("bad_request", True), "whole, in part too"


def test_proposals_are_kept_when_asked_and_are_no_marks(room: Classroom) -> None:
    session = room.look("10:31", 0, 1).session
    room.look("10:41", 0, 1)
    board = room.ask(messages.Propose(session=session))
    assert len(board.to_decide) == 6
    (kept,) = room.store.proposals.of_course(COURSE, None, None).values()
    assert kept[room.students[0]].state.value == "present"
    assert room.marks(session) == {}


def test_what_was_kept_of_a_closed_session_stays(room: Classroom) -> None:
    session = room.look("10:31", 0, 1).session
    room.look("10:41", 0, 1)
    for state in ("submitted", "closed"):
        room.ask(messages.SetSession(session=session, state=state, key=state))
    kept = room.store.proposals.of_course(COURSE, None, None)
    room.store.erasures.erase(room.students[0], at=room.now, by="officer")
    assert room.ask(messages.Propose(session=session)).code == "closed"
    (after,) = room.store.proposals.of_course(COURSE, None, None).values()
    (before,) = kept.values()
    assert after[room.students[1]] == before[room.students[1]]


def test_a_board_still_says_what_was_proposed_when_the_pictures_are_gone(room: Classroom) -> None:
    for clock in FIRST_HOUR:
        session = room.look(clock, 0, 1, 2, 3).session
    before = room.ask(messages.Propose(session=session))
    retention(room).remove_old(seoul("10:00", "2026-05-02"))
    assert room.store.pictures.of_day(COURSE, before_day(before)) == []
    after = room.board(session)
    assert [row.hours[0].proposed for row in after.students] == [row.hours[0].proposed for row in before.students]


def retention(room: Classroom) -> Retention:
    return Retention(room.store, room.class_day.sessions, SEOUL, 30)


def before_day(board: Any) -> Any:
    return seoul("10:00", board.session.date).date()


def test_pictures_are_forgotten_after_their_days_and_not_before(on_sqlite: Classroom) -> None:
    on_sqlite.look("10:31", 0)
    clock = Clocks(seoul("10:30", "2026-04-01"))
    on_sqlite.store.duties.ran("clock", at=clock.now)
    hourly = Retention(on_sqlite.store, on_sqlite.class_day.sessions, SEOUL, 30, monotonic=clock.monotonic)
    day = seoul("10:31").date()
    hourly.run(clock.now)
    assert len(on_sqlite.store.pictures.of_day(COURSE, day)) == 1
    clock.pass_by(timedelta(minutes=15))
    hourly.run(clock.now)
    assert len(on_sqlite.store.pictures.of_day(COURSE, day)) == 1, "looked at once an hour"
    clock.pass_by(timedelta(minutes=46))
    hourly.run(clock.now)
    assert on_sqlite.store.pictures.of_day(COURSE, day) == []


def test_keys_of_requests_are_forgotten_with_the_pictures_when_nobody_knows_them_any_more(on_sqlite: Classroom) -> None:
    on_sqlite.mark(0)

    def keys() -> int:
        count = on_sqlite.store._database.read(
            lambda c: c.exec_driver_sql("SELECT count(*) FROM idempotency_keys").scalar()
        )
        assert isinstance(count, int)
        return count

    hourly = retention(on_sqlite)
    hourly.remove_old(on_sqlite.now + timedelta(days=180))
    assert keys() == 1
    hourly.remove_old(on_sqlite.now + timedelta(days=180, hours=1))
    assert keys() == 0


def test_a_state_that_the_rules_do_not_have_is_refused(room: Classroom) -> None:
    room.set_course(rules='allowed_states = ["present", "absent"]')
    refused = batch(room, "k", {0: "present", 1: "late", 2: "excused"})
    assert [(each.row, each.code) for each in refused.problems] == [(1, "bad_request"), (2, "bad_request")]
    assert "late" in refused.text
    partly = batch(room, "p", {0: "present", 1: "late"}, partial=True)
    assert [item.student for item in partly.marks] == [room.students[0]]
    assert [(each.row, each.student) for each in partly.refused] == [(1, room.students[1])]
    room.set_course()
    assert batch(room, "p", {0: "present", 1: "late"}, partial=True) == partly, "the first answer, whatever holds now"


def test_a_partial_batch_records_the_rest_and_tells_every_wrong_row(room: Classroom) -> None:
    items = tuple(
        messages.MarkItem(student=each, course=COURSE)
        for each in (room.students[0], "209999999", room.students[1], "208888888")
    )
    whole = room.ask(messages.Marks(marks=items, key="whole"))
    assert (whole.code, [each.row for each in whole.problems]) == ("unknown_student", [1, 3])
    partly = room.ask(messages.Marks(marks=items, key="partly", partial=True))
    assert [item.student for item in partly.marks] == room.students[:2]
    assert [(each.row, each.student, each.code) for each in partly.refused] == [
        (1, "209999999", "unknown_student"),
        (3, "208888888", "unknown_student"),
    ]
    assert room.ask(messages.Marks(marks=items, key="partly", partial=True)) == partly


def test_an_hour_that_the_session_does_not_have_is_refused_by_row(on_sqlite: Classroom) -> None:
    room = on_sqlite
    room.set_course()
    room.now = seoul("10:40")
    room.mark(0)
    session = room.ask(messages.Roster(course=COURSE)).session
    assert room.mark(1, session=session, hour=4).marks[0].changed, "the timetable has it, though nobody marked it yet"
    assert room.mark(1, session=session, hour=7).code == "no_session"
    partly = confirm(room, session, "k", (1, 7, "present"), (2, 3, "present"), partial=True)
    assert ([each.row for each in partly.refused], len(partly.marks)) == ([0], 1)
    room.open(hours=(7,))
    assert room.mark(1, session=session, hour=7).marks[0].changed


def test_a_course_without_a_timetable_takes_any_hour_of_a_session(on_sqlite: Classroom) -> None:
    on_sqlite.mark(0, hour=1)
    session = on_sqlite.ask(messages.Roster(course=COURSE)).session
    assert on_sqlite.mark(0, session=session, hour=2).marks[0].changed
    assert set(on_sqlite.marks(session)) == {(0, 1), (0, 2)}


def test_two_corrections_at_once_are_both_in_the_history(room: Classroom) -> None:
    session = room.open().session
    states = ("present", "late", "absent", "excused")
    ready = threading.Barrier(len(states))

    def correct(number: int, state: str) -> None:
        ready.wait(120)
        room.ask(messages.Mark(student=room.students[0], course=COURSE, key=f"c{number}", state=state))  # type: ignore[arg-type]

    threads = [threading.Thread(target=correct, args=each) for each in enumerate(states)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    lines = room.store.marks.history(session)
    assert sorted(line.new.value for line in lines) == sorted(states)
    assert [line.old for line in lines] == [None, *(line.new for line in lines[:-1])], "each knows what stood before it"
    assert room.marks(session)[0, 1][0] == lines[-1].new


# -- states of a session


def test_a_closed_session_takes_no_mark_until_it_is_reopened(room: Classroom) -> None:
    session = room.open().session
    room.mark(0)
    assert room.set_state(session, "closed").code == "bad_request", "nothing closes unconfirmed"
    assert room.set_state(session, "submitted").session.state == "submitted"
    assert room.mark(0, "late").marks[0].changed, "corrections are taken"
    assert room.set_state(session, "closed", "end of term").session.state == "closed"
    refused = room.mark(1)
    assert (refused.code, refused.retry) == ("closed", False)
    assert confirm(room, session, "k", (1, 1, "present")).code == "closed"
    assert room.legacy(legacy.LegacyMark(room.students[1], COURSE)) == b"fail"
    assert room.set_state(session, "draft", "the late bus").session.state == "draft"
    assert room.mark(1).marks[0].changed
    history = [(change.old.value, change.new.value, change.why) for change in room.store.sessions.changes(session)]
    assert history[-3:] == [
        ("draft", "submitted", ""),
        ("submitted", "closed", "end of term"),
        ("closed", "draft", "the late bus"),
    ]


def test_a_submitted_session_freezes_and_a_draft_is_overdue(room: Classroom) -> None:
    room.set_course(rules="freeze_days = 1")
    first = room.open().session
    room.set_state(first, "submitted")
    second = room.open(date="2026-03-09").session
    room.now = seoul("23:59", "2026-03-10")
    assert [(each.session, each.state, each.overdue) for each in room.ask(messages.Sessions()).sessions] == [
        (second, "draft", False),
        (first, "closed", False),
    ]
    room.now = seoul("00:00", "2026-03-11")
    overdue = room.ask(messages.Sessions(overdue=True)).sessions
    assert [(each.session, each.state, each.overdue) for each in overdue] == [(second, "draft", True)]
    assert room.mark(0, session=first, hour=3).code == "closed"
    assert room.mark(0, session=second, hour=3).marks[0].changed, "an overdue one can still be done"
    assert room.set_state(second, "submitted").session.state == "closed"
    assert room.set_state(first, "draft", "진단서").session.state == "draft"
    assert room.mark(0, session=first, hour=3).marks[0].changed


def test_a_submission_from_an_outbox_does_not_undo_a_later_decision(on_sqlite: Classroom) -> None:
    on_sqlite.set_course(rules="copy_consecutive = true")
    session = on_sqlite.open().session
    on_sqlite.peer.connected_since = seoul("18:00")
    on_sqlite.now = seoul("15:00")
    on_sqlite.set_state(session, "submitted")
    on_sqlite.set_state(session, "draft", "forgot somebody")
    on_sqlite.now = seoul("18:01")
    on_sqlite.mark(0, session=session, hour=3)
    late = on_sqlite.set_state(session, "submitted", at=seoul("12:30"))
    assert late.session.state == "draft"
    assert set(on_sqlite.marks(session)) == {(0, 3)}, "nor does it copy a roll"


def test_a_change_of_state_sent_again_changes_nothing_though_it_says_no_time(room: Classroom) -> None:
    room.set_course(rules="copy_consecutive = true")
    session = room.open().session
    room.set_state(session, "submitted", key="k")
    room.set_state(session, "submitted", key="again")
    room.set_state(session, "draft", "forgot somebody")
    room.mark(0, hour=3, session=session)
    for key in ("k", "again"):
        assert room.set_state(session, "submitted", key=key).session.state == "draft", "as it stands"
    assert set(room.marks(session)) == {(0, 3)}, "nor is a roll copied"
    other = room.set_state(session, "submitted", "of another reason", key="k")
    assert (other.code, "used before for other content" in other.text) == ("bad_request", True)
    assert room.set_state(session, "submitted").session.state == "submitted"
    assert len(room.store.sessions.changes(session)) == 3


def test_who_submits_what_somebody_closed_meanwhile_is_told_that_it_is_closed(room: Classroom) -> None:
    room.set_course(rules="freeze_days = 1")
    session = room.open().session
    for state in ("submitted", "closed"):
        room.set_state(session, state)
    room.now += timedelta(minutes=1)
    assert room.set_state(session, "submitted", key="k").session.state == "closed"
    assert room.set_state(session, "submitted", key="k").session.state == "closed", "sent again"
    assert len(room.store.sessions.changes(session)) == 2


def test_a_refused_change_of_state_keeps_no_key(on_sqlite: Classroom) -> None:
    session = on_sqlite.open().session
    assert on_sqlite.set_state(session, "closed", key="k").code == "bad_request"
    on_sqlite.set_state(session, "submitted")
    assert on_sqlite.set_state(session, "closed", key="k").session.state == "closed"


def test_consecutive_hours_take_the_roll_of_the_hour_before_at_submission(room: Classroom) -> None:
    room.set_course(rules="copy_consecutive = true")
    session = room.open().session
    room.now = seoul("10:40")
    batch(room, "roll", {0: "present", 1: "late", 2: "absent", 3: "excused"}, session=session)
    room.now = seoul("12:30")
    room.set_state(session, "submitted")
    marks = room.marks(session)
    assert {place: marks[place, 4] for place in range(4)} == {
        0: ("present", "copied"),
        1: ("present", "copied"),
        2: ("absent", "copied"),
        3: ("excused", "copied"),
    }
    assert {line.why for line in room.store.marks.history(session) if line.hour == 4} == {"copied from hour 3"}


def test_an_hour_with_a_mark_takes_no_roll_of_another(on_sqlite: Classroom) -> None:
    on_sqlite.set_course(rules="copy_consecutive = true")
    session = on_sqlite.open().session
    for place, hour in ((0, 3), (1, 3), (0, 4)):
        on_sqlite.mark(place, session=session, hour=hour)
    on_sqlite.set_state(session, "submitted")
    assert set(on_sqlite.marks(session)) == {(0, 3), (1, 3), (0, 4)}


def test_an_hour_with_pictures_takes_no_roll_of_another(on_sqlite: Classroom) -> None:
    on_sqlite.set_course(rules="copy_consecutive = true")
    session = on_sqlite.open().session
    on_sqlite.now = seoul("10:40")
    on_sqlite.mark(0)
    on_sqlite.look("11:40", 1)
    on_sqlite.set_state(session, "submitted")
    assert set(on_sqlite.marks(session)) == {(0, 3)}


@pytest.mark.parametrize("named", [False, True])
def test_a_roll_call_reads_its_session_once_beside_the_statements_of_its_transaction(
    room: Classroom, named: bool
) -> None:
    room.set_course()
    room.now = seoul("10:40")
    session = room.open().session
    batch(room, "first", {0: "present"})
    asked: list[str] = []
    event.listen(room.store._database.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))  # type: ignore[attr-defined]
    batch(room, "second", dict.fromkeys(range(6), "late"), **({"session": session} if named else {}))
    of_plans = ("BEGIN", "courses.code", "plans.", "devices.", "SELECT terms.", "holidays.", "makeups.")  # kept a while
    assert len([each for each in asked if not any(word in each for word in of_plans)]) == 7


# -- rooms, sizes, reports


def test_a_legacy_snapshot_is_looked_for_in_the_course_of_its_room(on_sqlite: Classroom) -> None:
    room = on_sqlite
    room.set_course()
    room.class_day.courses.set_plan(
        "other", room.class_day.courses.plan_of(COURSE, room.now.date()), at=room.now, by="test"
    )
    room.set_course(TIMETABLE.replace("monday", "tuesday"))
    room.now = seoul("10:40")
    assert room.class_day.courses.in_room("10.0.3.7", room.now) == "other"
    assert room.legacy(legacy.LegacySnapshot(b"0")) == b"Unknown", "nobody is on that course's list"
    room.now = seoul("10:16", TUESDAY)
    assert room.legacy(legacy.LegacySnapshot(b"0")) == room.students[0].encode()
    assert room.class_day.courses.in_room("10.0.3.7", seoul("12:20", TUESDAY)) is None
    assert room.class_day.courses.in_room("10.0.3.8", room.now) is None


def test_a_client_learns_which_course_is_on_in_its_room(on_sqlite: Classroom) -> None:
    on_sqlite.set_course()
    on_sqlite.now = seoul("10:40")
    assert on_sqlite.ask(messages.Sessions()).room_course == COURSE
    on_sqlite.now = seoul("14:40")
    assert on_sqlite.ask(messages.Sessions()).room_course is None


def test_two_courses_in_a_row_share_the_quarter_before_the_second_in_favour_of_the_first(on_sqlite: Classroom) -> None:
    room = on_sqlite
    room.set_course(TIMETABLE.replace('["3 10:30-11:20", "4 11:30-12:20"]', '["3 10:30-11:20"]'))
    plan = room.class_day.courses.plan_of(COURSE, room.now.date())
    room.set_course()
    room.set_course(TIMETABLE.replace('["3 10:30-11:20", "4 11:30-12:20"]', '["4 11:20-12:20"]'))
    room.class_day.courses.set_plan("before", plan, at=room.now, by="test")
    at = {
        clock: room.class_day.courses.in_room("front", seoul(clock)) for clock in ("10:15", "11:10", "11:20", "12:20")
    }
    assert at == {"10:15": "before", "11:10": "before", "11:20": COURSE, "12:20": None}


def test_a_report_counts_what_was_held(on_sqlite: Classroom) -> None:
    room = on_sqlite
    room.set_course()
    session = room.open().session
    for hour in (3, 4):
        batch_of = tuple(
            messages.MarkItem(
                student=each, course=COURSE, hour=hour, state="absent" if each == room.students[0] else "present"
            )
            for each in room.students
        )
        room.ask(messages.Marks(marks=batch_of, key=f"h{hour}", session=session))
    room.now = seoul("13:00")
    room.set_state(session, "submitted")
    report = room.ask(messages.Report(course=COURSE))
    assert (report.course, report.title, report.held_hours) == (COURSE, "알고리즘", 2)
    assert [(row.student, row.present, row.absent) for row in report.students[:2]] == [
        (room.students[0], 0, 2),
        (room.students[1], 2, 0),
    ]
    assert room.ask(messages.Report(course="nowhere")).code == "unknown_course"


def test_the_board_of_a_class_of_three_hundred_over_four_hours_is_one_message(tmp_path: Path) -> None:
    with classroom(str(tmp_path / "a.sqlite"), tmp_path, students=300) as room:
        session = room.open(hours=(1, 2, 3, 4)).session
        for clock in ("10:31", "10:41"):
            room.look(clock, *range(300))
        for hour in (1, 2, 3, 4):
            items = tuple(messages.MarkItem(student=each, course=COURSE, hour=hour) for each in room.students)
            room.ask(messages.Marks(marks=items, key=f"h{hour}", session=session))
        whole = room.board(session)
        assert [each.present for each in whole.counts] == [300, 300, 300, 300]
        one = room.board(session, 1).students[0].hours[0]
        assert (one.mark, one.first_seen, one.last_seen) == ("present", seoul("10:31"), seoul("10:41"))
        assert one.at is not None


def test_the_model_of_the_pictures_is_the_recognisers(on_sqlite: Classroom) -> None:
    on_sqlite.look("10:31", 0)
    ((_, (sighting,)),) = on_sqlite.store.pictures.of_day(COURSE, seoul("10:31").date())
    assert (sighting.student, sighting.model_id, len(sighting.candidates)) == (on_sqlite.students[0], MODEL, 3)
