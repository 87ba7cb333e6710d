"""Watching for days: memory and what is told stay small, midnight and absences are passed, clocks may jump."""

import gc
import sys
from datetime import datetime, timedelta

import msgspec
import numpy as np
import pytest

from cameras.capture import Capture
from cameras.inspection import Measures
from cameras.settings import CaptureThresholds, PictureLimits, Schedule
from client.watch import EventReporter
from protocol.messages import Message, SessionHour, SessionInfo
from tests.client.test_client_watch import HOURS, MIDNIGHT, SESSION, Lecture, Look, Room

DAY = timedelta(days=1)
LONG = (timedelta(hours=1), timedelta(hours=3))
"""When the only hour of a day begins and ends."""


def session_of(day: datetime) -> SessionInfo:
    hour = SessionHour(hour=1, starts=day + LONG[0], ends=day + LONG[1])
    return msgspec.structs.replace(SESSION, session=day.day, date=f"{day:%Y-%m-%d}", hours=(hour,), hour_now=1)


class Term(Lecture):
    """A class each day; remembers how many pictures came, and not the pictures."""

    def __init__(self, room_time: list[Room]) -> None:
        super().__init__()
        self.sent = 0
        self._room = room_time

    def answer(self, request: Message) -> object:
        day = self._room[0].time.now.replace(hour=0, minute=0, second=0, microsecond=0)
        self.session = session_of(day)
        reply = super().answer(request)
        self.sent += len(self.pictures)
        self.asked.clear()
        return reply


class Flicker(Look):
    """Each picture differs from the one before, for days."""

    def measure(self, image: object) -> Measures:
        self._grey = (self._grey + 100) % 250
        return Measures(100, 100, np.full((2, 2), self._grey, np.int16))


class LongRoom(Room):
    """Sends a picture every second."""

    def _make_capture(self, limits: PictureLimits) -> Capture:
        return Capture(Flicker(), Schedule(every_s=1, edge_every_s=1), CaptureThresholds())


@pytest.mark.slow
def test_memory_and_what_is_told_are_flat_over_20_000_pictures() -> None:
    rooms: list[Room] = []
    lecture = Term(rooms)
    room = LongRoom(MIDNIGHT, lecture)
    rooms.append(room)
    blocks: list[int] = []
    beside: list[int] = []

    def measure() -> None:
        beside.append(len([kind for kind, _, _ in room.told if kind != "picture"]))
        room.told.clear()
        gc.collect()
        blocks.append(sys.getallocatedblocks())

    for day in range(1, 4):
        room.time.at.append((MIDNIGHT + day * DAY, measure))
    room.stop_at(MIDNIGHT + 3 * DAY + timedelta(minutes=5))
    with pytest.raises(KeyboardInterrupt):
        room.watch.run(forever=True)
    assert lecture.sent > 20_000
    assert blocks[-1] - blocks[0] < 1_000
    assert max(beside) < 10


def test_a_class_that_ends_while_the_server_is_away_is_over_by_the_clock_and_the_next_day_is_joined() -> None:
    room = Room(MIDNIGHT + timedelta(minutes=65))
    room.time.at.append((HOURS[0].starts + timedelta(minutes=10), lambda: setattr(room.lecture, "away", True)))
    tomorrow = session_of(MIDNIGHT + DAY)

    def back() -> None:
        room.lecture.away, room.lecture.session = False, tomorrow

    room.time.at.append((MIDNIGHT + DAY + timedelta(minutes=30), back))
    room.stop_at(MIDNIGHT + DAY + timedelta(hours=2))
    with pytest.raises(KeyboardInterrupt):
        room.watch.run(forever=True)
    assert room.of_kind("over")[0].startswith("The last hour of ea0017_1 on 2026-03-02 ended")
    joined = [each.partition(" of ")[0] for each in room.of_kind("session")]
    assert joined == ["Session 7", f"Session {tomorrow.session}"]
    assert len(room.of_kind("server")) == 2, "away, and back"
    assert {each.session for each in room.lecture.pictures} == {7, tomorrow.session}
    assert len(room.pictures) == 0


def test_a_class_of_another_hour_that_was_opened_meanwhile_is_joined() -> None:
    room = Room(MIDNIGHT + timedelta(minutes=170))
    later = SessionHour(hour=9, starts=MIDNIGHT + timedelta(hours=8), ends=MIDNIGHT + timedelta(hours=9))
    longer = msgspec.structs.replace(SESSION, hours=(*HOURS, later))
    room.time.at.append((MIDNIGHT + timedelta(hours=7), lambda: setattr(room.lecture, "session", longer)))
    room.stop_at(MIDNIGHT + timedelta(hours=9))
    with pytest.raises(KeyboardInterrupt):
        room.watch.run(forever=True)
    assert [each.taken_at for each in room.lecture.pictures if each.taken_at > MIDNIGHT + timedelta(hours=5)]


def test_a_clock_that_is_set_back_by_hours_stops_neither_pictures_nor_questions() -> None:
    room = Room(MIDNIGHT + timedelta(minutes=70))
    room.time.at.append(
        (MIDNIGHT + timedelta(minutes=75), lambda: setattr(room.time, "now", MIDNIGHT + timedelta(minutes=60)))
    )
    room.lecture.asked.clear()
    submitted = msgspec.structs.replace(SESSION, state="submitted")

    def submit() -> None:
        room.time.at.append((room.time.now + timedelta(minutes=5), lambda: setattr(room.lecture, "session", submitted)))

    room.time.at.append((MIDNIGHT + timedelta(minutes=74), submit))
    room.watch.run()
    again = [each.taken_at for each in room.lecture.pictures if each.taken_at < MIDNIGHT + timedelta(minutes=70)]
    assert again
    assert "submitted" in room.of_kind("over")[0]


def test_reasons_that_change_at_every_look_do_not_fill_the_log() -> None:
    class Restless(Look):
        """Too dark, and then nobody there, and again."""

        def __init__(self) -> None:
            super().__init__()
            self._looks = 0

        def measure(self, image: object) -> Measures:
            self._looks += 1
            return Measures(10 if self._looks % 2 else 100, 100, np.ones((2, 2), np.int16))

        def sees_somebody(self, image: object) -> bool:
            return False

    class Quiet(Room):
        def _make_capture(self, limits: PictureLimits) -> Capture:
            return Capture(Restless(), Schedule(), CaptureThresholds())

    room = Quiet(MIDNIGHT + timedelta(minutes=55))
    room.watch.run()
    told = room.of_kind("not_sent")
    assert {text.partition("(")[0].strip() for text in told} == {"Nobody is in view.", "The picture is too dark"}
    assert len(told) < 30


def test_a_reason_that_came_back_while_it_was_quiet_and_lasts_is_told_then() -> None:
    now, told = [MIDNIGHT], []
    reporter = EventReporter(
        lambda _kind, at, text, _values: told.append(((at - MIDNIGHT).seconds // 60, text)), lambda: now[0]
    )
    for minute in range(30):
        now[0] = MIDNIGHT + timedelta(minutes=minute)
        reporter.report_change(
            "not_sent", "Nobody is in view." if minute == 1 else "It is dark.", timedelta(minutes=10)
        )
    assert told == [(0, "It is dark."), (1, "Nobody is in view."), (10, "It is dark.")]
