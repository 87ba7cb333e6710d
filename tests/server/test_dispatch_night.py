"""A class that goes on past midnight belongs to the day on which it begins, for every question that is asked."""

from pathlib import Path

import pytest

from protocol import legacy, messages
from tests.server.classroom import COURSE, Classroom, classroom, seoul

MONDAY, TUESDAY = "2026-03-02", "2026-03-03"
NIGHT = """
title = "야간 실습"
room = "B101"
devices = ["10.0.3.7", "front"]
[timetable]
monday = ["12 22:00-22:50", "13 23:30-00:20"]
tuesday = ["3 10:30-11:20"]
"""


@pytest.fixture
def room(tmp_path: Path):
    with classroom(str(tmp_path / "night.sqlite"), tmp_path) as opened:
        opened.set_course(NIGHT)
        yield opened


def test_a_picture_of_after_midnight_is_of_the_class_that_is_on(room: Classroom) -> None:
    before = room.look("23:40", 0, 1, day=MONDAY)
    after = room.look("00:10", 0, 1, day=TUESDAY)
    assert (after.session, after.hour) == (before.session, 13)
    assert room.store.sessions.get(after.session).day.isoformat() == MONDAY


def test_a_mark_without_an_hour_is_of_the_hour_that_is_on(room: Classroom) -> None:
    room.now = seoul("00:10", TUESDAY)
    marked = room.mark(0).marks[0]
    assert (marked.date, marked.hour) == (MONDAY, 13)
    room.now = seoul("00:20", TUESDAY)
    assert room.mark(1).marks[0].date == TUESDAY, "when the class is over the new day has begun"


def test_the_old_wires_mark_and_list_are_of_it_too(room: Classroom) -> None:
    room.now = seoul("00:10", TUESDAY)
    assert room.legacy(legacy.LegacyMark(student=room.students[0], course=COURSE)) == legacy.SUCCESS
    assert MONDAY.encode() in room.legacy(legacy.LegacyRoster(COURSE))
    session = room.store.sessions.on_day(COURSE, seoul("12:00").date())
    assert session is not None
    assert room.marks(session.id) == {(0, 13): ("present", "legacy")}


def test_today_is_the_day_on_which_it_began_until_it_is_over(room: Classroom) -> None:
    room.now = seoul("00:10", TUESDAY)
    opened = room.open()
    assert (opened.date, opened.hour_now) == (MONDAY, 13)
    shown = room.ask(messages.Roster(course=COURSE))
    assert (shown.date, shown.hour, shown.session) == (MONDAY, 13, opened.session)
    next_day = room.ask(messages.OpenSession(course=COURSE, key="t", date=TUESDAY)).session
    assert next_day.hour_now is None, "it has not begun while Monday's class is on"
    room.now = seoul("00:20", TUESDAY)
    found = {each.date: each.hour_now for each in room.ask(messages.Sessions(course=COURSE)).sessions}
    assert found == {MONDAY: None, TUESDAY: 3}


def test_its_room_is_its_own_until_it_is_over(room: Classroom) -> None:
    found = {at: room.class_day.courses.in_room("front", seoul(at, TUESDAY)) for at in ("00:10", "00:20", "10:20")}
    assert found == {"00:10": COURSE, "00:20": None, "10:20": COURSE}


def test_it_freezes_by_the_day_on_which_it_ends(room: Classroom) -> None:
    room.set_course(NIGHT, "freeze_days = 0")
    room.now = seoul("00:10", TUESDAY)
    assert room.open().closes_at == seoul("00:00", "2026-03-04")
    assert room.open(date=TUESDAY).closes_at == seoul("00:00", "2026-03-04")


def test_a_class_that_ends_at_midnight_ends_with_its_day(room: Classroom) -> None:
    room.set_course('title = "야간"\n[timetable]\nmonday = ["12 22:00-22:50", "13 23:00-24:00"]\n', "freeze_days = 0")
    room.now = seoul("23:59", MONDAY)
    opened = room.open()
    assert (opened.hour_now, opened.hours[-1].ends) == (13, seoul("00:00", TUESDAY))
    assert opened.closes_at == seoul("00:00", TUESDAY)
    room.now = seoul("00:00", TUESDAY)
    assert [each.hour_now for each in room.ask(messages.Sessions(course=COURSE)).sessions] == [None]
