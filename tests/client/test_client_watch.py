"""Watching a class unattended: joins the session, sends pictures on schedule, tells who is new, outlives absences."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import numpy as np
import pytest

from cameras.capture import Capture
from cameras.inspection import Measures
from cameras.settings import CaptureThresholds, PictureLimits, Schedule
from client.api import Api
from client.errors import Refused, Unreachable
from client.snapshots import SnapshotSender
from client.transport import LoopbackTransport
from client.watch import EventReporter, Watch, described, why_over
from protocol.framing import Frame
from protocol.messages import (
    Error,
    Faces,
    Message,
    OpenSession,
    SessionHour,
    SessionInfo,
    SessionList,
    Sessions,
    SessionShown,
    Snapshot,
    ZoneList,
    Zones,
    decode_request,
    encode,
)
from settings.version import VERSION
from tests.client.scripted_peer import SERVER_INFO, Classroom

MIDNIGHT = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
HOURS = (
    SessionHour(hour=3, starts=MIDNIGHT + timedelta(hours=1), ends=MIDNIGHT + timedelta(hours=1, minutes=50)),
    SessionHour(hour=4, starts=MIDNIGHT + timedelta(hours=2), ends=MIDNIGHT + timedelta(hours=2, minutes=50)),
)
SESSION = SessionInfo(session=7, course="ea0017_1", title="", date="2026-03-02", state="draft", hour_now=3, hours=HOURS)
FIRST, SECOND, THIRD = Classroom.names


class Time:
    """A clock that goes on only while somebody waits. at: what happens at a moment, before it is gone on from."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.at: list[tuple[datetime, Callable[[], None]]] = []

    def __call__(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return self.now.timestamp()

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        for happening in [each for each in self.at if each[0] <= self.now]:
            self.at.remove(happening)
            happening[1]()


@dataclass
class Shot:
    image: Any
    taken_at: datetime
    number: int


@dataclass
class Camera:
    """Gives a picture whenever it is asked, while it is live."""

    time: Time
    state: str = "live"
    opened: list[datetime] = field(default_factory=list)
    closed: list[datetime] = field(default_factory=list)
    given: int = 0

    def open(self) -> "Camera":
        self.opened.append(self.time.now)
        return self

    @property
    def text(self) -> str:
        return f"camera 1 is {self.state}."

    def latest(self) -> Shot | None:
        self.given += 1
        return Shot(None, self.time.now, self.given) if self.state == "live" else None

    def close(self) -> None:
        self.closed.append(self.time.now)


class Look:
    """Everything is worth sending."""

    def __init__(self) -> None:
        self._grey = 0

    def measure(self, image: object) -> Measures:
        self._grey += 10
        return Measures(100, 100, np.full((2, 2), self._grey, np.int16))

    def sees_somebody(self, image: object) -> bool:
        return True

    def encode(self, image: object) -> bytes:
        return b"jpeg"


class Lecture(Classroom):
    """A server with one session; `away` while it cannot be reached."""

    def __init__(self, session: SessionInfo | None = SESSION) -> None:
        super().__init__()
        self.session = session
        self.away = False
        self.picture_errors: list[Error] = []
        self.turn_deg = 0

    def __call__(self, frame: Frame) -> bytes:
        if self.away:
            raise Unreachable("Nothing listens there.")
        request = decode_request(frame)
        return encode(self.answer(request.message), request.id)

    @property
    def pictures(self) -> list[Snapshot]:
        return [each for each in self.asked if isinstance(each, Snapshot)]

    def _do(self, request: Message) -> Message:
        match request:
            case OpenSession():
                if self.session is None:
                    return Error(code="no_session", text="Course ea0017_1 has no class on 2026-03-02.")
                return SessionShown(session=self.session)
            case Sessions():
                return SessionList(sessions=(self.session,) if self.session else ())
            case Zones():
                return ZoneList(zones=())
            case Snapshot():
                if self.picture_errors:
                    return self.picture_errors.pop(0)
                seen = Faces(width=640, height=360, faces=self.faces, recorded=2, session=7, hour=3)
                return msgspec.structs.replace(seen, turn_deg=self.turn_deg)
        return msgspec.structs.replace(SERVER_INFO, now=MIDNIGHT)


class Room:
    """A watch with everything around it."""

    def __init__(self, begins: datetime, lecture: Lecture | None = None) -> None:
        self.time = Time(begins)
        self.lecture = lecture or Lecture()
        self.camera = Camera(self.time)
        self.told: list[tuple[str, str, dict[str, Any]]] = []
        self.limits: list[PictureLimits] = []
        api = Api(LoopbackTransport(self.lecture), "pc-301", self.time)
        self.pictures = SnapshotSender(api, most=3, oldest_s=600, monotonic=self.time.monotonic)
        self.watch = Watch(
            "ea0017_1",
            api,
            self.pictures,
            open_camera=self.camera.open,
            make_capture=self._make_capture,
            reporter=EventReporter(lambda kind, at, text, values: self.told.append((kind, text, values)), self.time),
            clock=self.time,
            monotonic=self.time.monotonic,
            wait=self.time.wait,
        )

    def _make_capture(self, limits: PictureLimits) -> Capture:
        self.limits.append(limits)
        return Capture(Look(), Schedule(), CaptureThresholds())

    def of_kind(self, kind: str) -> list[str]:
        return [text for each, text, _ in self.told if each == kind]

    def stop_at(self, moment: datetime) -> None:
        def stop() -> None:
            raise KeyboardInterrupt

        self.time.at.append((moment, stop))


def minutes(lecture: Lecture) -> list[float]:
    """When the pictures were taken, in minutes from midnight."""
    return [(each.taken_at - MIDNIGHT).total_seconds() / 60 for each in lecture.pictures]


def test_pictures_of_the_session_are_recorded_from_five_minutes_before_each_hour_until_its_end() -> None:
    room = Room(MIDNIGHT + timedelta(minutes=30))
    room.watch.run()
    taken = minutes(room.lecture)
    assert taken[0] == 55
    assert len([at for at in taken if 55 <= at < 70]) == 30
    assert len([at for at in taken if 110 <= at < 115]) == 0
    assert max(taken) < 170
    assert {(each.session, each.record) for each in room.lecture.pictures} == {(7, True)}


def test_a_server_that_is_newer_is_told_once_and_pictures_go_on() -> None:
    room = Room(MIDNIGHT + timedelta(minutes=150))
    room.lecture.version = "99.1"
    room.watch.run()
    (text,) = room.of_kind("update")
    assert text.startswith(f"The server has version 99.1, this program is {VERSION}:")
    assert room.lecture.pictures


def test_a_server_of_the_same_version_or_an_older_one_is_no_news() -> None:
    for version in (VERSION, "0.0.9", "what"):
        room = Room(MIDNIGHT + timedelta(minutes=160))
        room.lecture.version = version
        room.watch.run()
        assert room.of_kind("update") == []


def test_it_ends_five_minutes_after_the_last_hour() -> None:
    room = Room(MIDNIGHT + timedelta(minutes=160))
    room.watch.run()
    assert room.time.now == MIDNIGHT + timedelta(minutes=175)
    assert "The last hour of ea0017_1 on 2026-03-02 ended at" in room.of_kind("over")[0]


@pytest.mark.parametrize("state", ["submitted", "closed"])
def test_it_ends_within_a_minute_when_the_session_is_submitted_or_closed(state: str) -> None:
    room = Room(MIDNIGHT + timedelta(minutes=70))

    def submit() -> None:
        room.lecture.session = msgspec.structs.replace(SESSION, state=state)

    room.time.at.append((MIDNIGHT + timedelta(minutes=80), submit))
    room.watch.run()
    assert room.time.now <= MIDNIGHT + timedelta(minutes=81)
    assert room.of_kind("over") == [f"Session 7 of ea0017_1 on 2026-03-02 is {state}."]


def test_a_picture_refused_for_a_closed_session_makes_it_ask_at_once() -> None:
    room = Room(MIDNIGHT + timedelta(minutes=105))

    def close() -> None:
        room.lecture.session = msgspec.structs.replace(SESSION, state="closed")
        room.lecture.picture_errors = [Error(code="closed", text="Session 7 is closed.")]

    room.time.at.append((MIDNIGHT + timedelta(minutes=106, seconds=1), close))
    room.watch.run()
    assert room.time.now < MIDNIGHT + timedelta(minutes=107)
    assert room.of_kind("refused") == ["The server did not take a picture: Session 7 is closed."]


def test_the_camera_is_open_only_while_an_hour_is_on() -> None:
    room = Room(MIDNIGHT + timedelta(minutes=30))
    room.watch.run()
    assert room.camera.opened == [MIDNIGHT + timedelta(minutes=55), MIDNIGHT + timedelta(minutes=115)]
    assert room.camera.closed == [MIDNIGHT + timedelta(minutes=110), MIDNIGHT + timedelta(minutes=170)]


def test_who_is_new_is_told_once_a_session() -> None:
    room = Room(MIDNIGHT + timedelta(minutes=70))
    room.stop_at(MIDNIGHT + timedelta(minutes=72, seconds=30))
    with pytest.raises(KeyboardInterrupt):
        room.watch.run()
    first, second, third = room.of_kind("picture")
    assert "3 faces: 1 recognised, 1 to check, 1 unknown; 1 so far. New: 201511041 홍길동" in first
    assert "New" not in second + third
    assert room.camera.closed, "the camera is let go however it ends"


def test_a_camera_that_lies_is_told_once() -> None:
    room = Room(MIDNIGHT + timedelta(minutes=70))
    room.lecture.faces, room.lecture.turn_deg = (), 90
    room.stop_at(MIDNIGHT + timedelta(minutes=72, seconds=30))
    with pytest.raises(KeyboardInterrupt):
        room.watch.run()
    (told,) = room.of_kind("camera_lies")
    assert "turned by 90 degrees to the left" in told


def test_a_line_for_programs_has_the_students_of_the_picture() -> None:
    room = Room(MIDNIGHT + timedelta(minutes=169, seconds=30))
    room.watch.run()
    values = next(values for kind, _, values in room.told if kind == "picture")
    assert values["session"] == 7
    assert values["recognised"] == [{"student": FIRST, "name": "홍길동"}] == values["new"]
    assert values["check"] == [{"student": SECOND, "name": "Kim"}]
    assert values["faces"] == 3


def test_while_the_server_is_away_the_newest_pictures_are_kept_and_sent_when_it_is_back() -> None:
    room = Room(MIDNIGHT + timedelta(minutes=80))
    away = (MIDNIGHT + timedelta(minutes=85), MIDNIGHT + timedelta(minutes=90))
    room.time.at.append((away[0], lambda: setattr(room.lecture, "away", True)))
    room.time.at.append((away[1], lambda: setattr(room.lecture, "away", False)))
    room.watch.run()
    taken = minutes(room.lecture)
    assert taken == sorted(taken)
    assert [at for at in taken if 85 <= at <= 91] == [88, 89, 90, 91], "three are kept, as the setting says"
    server = room.of_kind("server")
    assert server == [
        "Nothing listens there. It is tried again, with longer pauses each time.",
        "The server answers again.",
    ]


def test_pictures_that_have_become_too_old_are_never_sent() -> None:
    room = Room(MIDNIGHT + timedelta(minutes=80))
    room.time.at.append((MIDNIGHT + timedelta(minutes=85), lambda: setattr(room.lecture, "away", True)))
    room.watch.run()
    room.time.wait(601)
    assert len(room.pictures) == 0
    assert max(minutes(room.lecture)) < 86
    assert room.of_kind("not_sent") == ["3 pictures could not be sent and will be forgotten."]


def test_pictures_that_had_to_wait_come_by_a_new_connection_so_that_they_keep_their_time() -> None:
    room = Room(MIDNIGHT + timedelta(minutes=80))
    room.lecture.picture_errors = [Error(code="busy", text="Too much to do.", retry=True)]
    room.stop_at(MIDNIGHT + timedelta(minutes=80, seconds=30))
    with pytest.raises(KeyboardInterrupt):
        room.watch.run()
    kinds = [type(each).__name__ for each in room.lecture.asked]
    first = kinds.index("Snapshot")
    assert kinds[first : first + 3] == ["Snapshot", "Hello", "Snapshot"]


def test_a_server_that_is_away_at_first_is_waited_for() -> None:
    room = Room(MIDNIGHT + timedelta(minutes=160))
    room.lecture.away = True
    room.time.at.append((MIDNIGHT + timedelta(minutes=164), lambda: setattr(room.lecture, "away", False)))
    room.watch.run()
    assert room.of_kind("server")[-1] == "The server answers again."
    assert minutes(room.lecture)


def test_without_a_class_today_it_says_so_and_ends() -> None:
    with pytest.raises(Refused, match="has no class on 2026-03-02"):
        Room(MIDNIGHT, Lecture(None)).watch.run()


def test_a_session_that_is_over_is_not_watched() -> None:
    room = Room(MIDNIGHT + timedelta(hours=5))
    room.watch.run()
    assert len(room.of_kind("over")) == 1
    assert room.camera.opened == []


def test_forever_waits_for_the_next_session_and_tells_the_wait_once() -> None:
    room = Room(MIDNIGHT + timedelta(minutes=165))
    tomorrow = timedelta(days=1)
    next_hour = SessionHour(hour=3, starts=HOURS[0].starts + tomorrow, ends=HOURS[0].ends + tomorrow)
    next_session = msgspec.structs.replace(SESSION, session=8, date="2026-03-03", hours=(next_hour,))

    def no_class() -> None:
        room.lecture.session = None

    room.time.at.append((MIDNIGHT + timedelta(hours=6), no_class))
    room.time.at.append((MIDNIGHT + tomorrow, lambda: setattr(room.lecture, "session", next_session)))
    room.stop_at(MIDNIGHT + tomorrow + timedelta(hours=3))
    with pytest.raises(KeyboardInterrupt):
        room.watch.run(forever=True)
    assert {each.session for each in room.lecture.pictures} == {7, 8}
    assert len(room.of_kind("session")) == 2
    assert len(room.of_kind("over")) == 2
    assert len(room.of_kind("waiting")) == 3, "after the one, on a day without class, after the other"
    assert sum("New: 201511041" in text for text in room.of_kind("picture")) == 2


def test_forever_a_course_without_a_timetable_is_watched_for_one_day_only() -> None:
    timeless = msgspec.structs.replace(SESSION, hours=(SessionHour(hour=1),), hour_now=1)
    room = Room(MIDNIGHT, Lecture(timeless))
    over = msgspec.structs.replace(timeless, hour_now=None)
    room.time.at.append((MIDNIGHT + timedelta(minutes=5), lambda: setattr(room.lecture, "session", over)))
    room.watch.run(forever=True)
    assert room.of_kind("over") == [
        "Session 7 of ea0017_1 was on 2026-03-02.",
        "When ea0017_1 is next is not known: give it a timetable.",
    ]


def test_a_lost_camera_is_told_once_and_again_when_it_is_back() -> None:
    room = Room(MIDNIGHT + timedelta(minutes=80))
    room.time.at.append((MIDNIGHT + timedelta(minutes=85), lambda: setattr(room.camera, "state", "lost")))
    room.time.at.append((MIDNIGHT + timedelta(minutes=95), lambda: setattr(room.camera, "state", "live")))
    room.stop_at(MIDNIGHT + timedelta(minutes=100))
    with pytest.raises(KeyboardInterrupt):
        room.watch.run()
    assert room.of_kind("camera") == ["camera 1 is live.", "camera 1 is lost.", "camera 1 is live."]
    assert room.of_kind("not_sent") == ["The camera gives no picture."]


def test_a_recording_that_is_over_ends_it() -> None:
    room = Room(MIDNIGHT + timedelta(minutes=80))
    room.time.at.append((MIDNIGHT + timedelta(minutes=85), lambda: setattr(room.camera, "state", "ended")))
    room.watch.run(forever=True)
    assert room.of_kind("over") == ["The recording is over."]


def test_the_limits_of_the_server_hold_for_what_is_sent() -> None:
    room = Room(MIDNIGHT + timedelta(minutes=174))
    room.watch.run()
    assert room.limits == [PictureLimits(payload_bytes=1, pixels=1)]


def test_a_clock_that_is_wrong_is_told() -> None:
    room = Room(MIDNIGHT + timedelta(minutes=174))
    room.watch.run()
    assert room.of_kind("clock")[0].startswith("This computer's clock is 10440 s ahead of the server's")


def test_a_session_without_times_goes_on_until_the_day_is_over() -> None:
    timeless = msgspec.structs.replace(SESSION, hours=(SessionHour(hour=1),), hour_now=1)
    assert why_over(timeless, MIDNIGHT + timedelta(hours=23)) == ""
    yesterdays = msgspec.structs.replace(timeless, hour_now=None)
    assert why_over(yesterdays, MIDNIGHT) == "Session 7 of ea0017_1 was on 2026-03-02."
    assert described(timeless) == "Session 7 of ea0017_1 on 2026-03-02: hour 1."
