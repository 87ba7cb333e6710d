"""Pictures that could not be sent: few, not for long, and nowhere but in memory."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from client.api import Api
from client.errors import Refused, Unreachable
from client.snapshots import CameraSnapshot, SnapshotSender
from client.transport import LoopbackTransport
from protocol.framing import Frame
from protocol.messages import Error, Faces, Mark, Snapshot
from tests.client.scripted_peer import Classroom

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


class Clock:
    """Seconds."""

    def __init__(self) -> None:
        self.now = 5000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def picture(minute: int) -> CameraSnapshot:
    return CameraSnapshot(b"image", START + timedelta(minutes=minute), course="ea0017_1", session=3)


def sender(handler: Callable[[Frame], bytes], clock: Clock, **limits: float) -> SnapshotSender:
    return SnapshotSender(Api(LoopbackTransport(handler), "room 301"), monotonic=clock, **limits)


def test_they_are_sent_oldest_first_with_their_own_time_and_recorded(clock: Clock) -> None:
    pictures = sender(classroom := Classroom(), clock)
    for minute in (0, 1):
        pictures.add(picture(minute))
    answers = list(pictures.send())
    assert [(kept.taken_at, type(answer)) for kept, answer in answers] == [
        (START, Faces),
        (START + timedelta(minutes=1), Faces),
    ]
    assert classroom.asked[1] == Snapshot(course="ea0017_1", session=3, taken_at=START, record=True)
    assert len(pictures) == 0


def test_the_oldest_gives_way_and_what_is_too_old_is_forgotten(clock: Clock) -> None:
    pictures = sender(Classroom(), clock, most=2, oldest_s=600)
    for minute in range(3):
        pictures.add(picture(minute))
        clock.now += 60
    assert len(pictures) == 2
    clock.now += 481
    assert len(pictures) == 1
    clock.now += 60
    assert list(pictures.send()) == []


def test_none_are_kept_where_none_are_wanted(clock: Clock) -> None:
    pictures = sender(Classroom(), clock, most=0)
    pictures.add(picture(0))
    assert len(pictures) == 0


def test_a_server_that_is_away_or_busy_leaves_them_there(clock: Clock) -> None:
    classroom, is_away = Classroom(), True

    def answer(frame: Frame) -> bytes:
        if is_away:
            raise Unreachable("Away.")
        return classroom(frame)

    pictures = sender(answer, clock)
    pictures.add(picture(0))
    with pytest.raises(Unreachable):
        list(pictures.send())
    is_away = False
    classroom.refusals = [Error(code="busy", text="Later.", retry=True)]
    with pytest.raises(Refused):
        list(pictures.send())
    assert len(pictures) == 1


def test_one_that_the_server_cannot_use_is_told_and_the_next_is_sent(clock: Clock) -> None:
    pictures = sender(classroom := Classroom(), clock)
    for minute in (0, 1):
        pictures.add(picture(minute))
    classroom.refusals = [Error(code="bad_image", text="No image.")]
    refused, answered = (answer for _, answer in pictures.send())
    assert isinstance(refused, Refused)
    assert isinstance(answered, Faces)


class Connections(LoopbackTransport):
    """Notes which messages went over which connection."""

    def __init__(self, handler: Callable[[Frame], bytes]) -> None:
        super().__init__(handler)
        self.number = 0

    def close(self) -> None:
        super().close()
        self.number += 1


class WallClock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


def test_what_was_held_back_goes_over_a_connection_that_is_younger_whoever_sends_it() -> None:
    wall, connections = WallClock(), Connections(Classroom())
    api = Api(connections, "room 301", wall)
    pictures = SnapshotSender(api)
    api.info()
    wall.now += timedelta(minutes=2)
    pictures.add(picture(2))
    list(pictures.send())
    assert connections.number == 0, "one that is new needs no other connection"
    pictures.add(picture(2))
    wall.now += timedelta(minutes=7)
    api.info()
    list(pictures.send())
    assert connections.number == 1, "the server would date it five minutes before its arrival"
    pictures.add(picture(2))
    list(pictures.send())
    assert connections.number == 1, "one connection serves all that were held back"
    held = Mark(student="201511041", course="ea0017_1", at=wall.now, key="k")
    wall.now += timedelta(minutes=7)
    api.send_all([held])
    assert connections.number == 2, "marks keep their time by the same rule"


def test_a_picture_that_the_server_fails_at_waits_behind_the_others(clock: Clock) -> None:
    classroom = Classroom()
    classroom.refusals = [Error(code="internal", text="Its log says why.")]
    pictures = sender(classroom, clock)
    for minute in (0, 1):
        pictures.add(picture(minute))
    with pytest.raises(Refused):
        list(pictures.send())
    assert [kept.taken_at.minute for kept, _ in pictures.send()] == [1, 0]
