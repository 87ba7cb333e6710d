"""`watch --check`: pictures of some minutes to a server that says what they show; roughly without one."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from bench.classroom import room_wall
from cameras.frame import CameraFrame
from cameras.inspection import PictureInspector
from client.api import Api
from client.cli.room_check import _lost
from client.errors import Refused, Unreachable
from client.transport import LoopbackTransport
from client.watch.room_check import EVERY_S, RoomCheckRun
from protocol.framing import Frame
from protocol.messages import CheckRoom, Error, Hello, RoomChecked, Welcome, ZoneList, Zones, decode_request, encode

AT = datetime(2026, 3, 2, tzinfo=UTC)
WALL = np.clip(room_wall(320, 180, np.random.default_rng(1)), 0, 255).astype(np.uint8)


@dataclass
class Server:
    """Counts the pictures of a check. says: instead, an error."""

    asked: list[CheckRoom] = field(default_factory=list)
    says: Error | None = None

    def __call__(self, frame: Frame) -> bytes:
        received = decode_request(frame)
        if isinstance(received.message, Hello):
            return encode(Welcome(version="1", device="pc"), received.id)
        if isinstance(received.message, Zones):
            return encode(ZoneList(zones=()), received.id)
        assert isinstance(received.message, CheckRoom)
        self.asked.append(received.message)
        answer = self.says or RoomChecked(
            room="B101", camera="pc", pictures=len(self.asked), korean="1줄 가능.", english="Row 1 yes."
        )
        return encode(answer, received.id)


@dataclass
class Camera:
    """Gives these frames one after the other, and the last one again and again."""

    frames: list[int]
    state: str = "live"

    def latest(self) -> CameraFrame | None:
        number = self.frames.pop(0) if len(self.frames) > 1 else self.frames[0]
        return CameraFrame(WALL, AT, number) if number else None


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


def run(server: Any, frames: list[int], looks: int) -> Any:
    clock, told = Clock(), []
    api = Api(LoopbackTransport(server), "pc")
    started = RoomCheckRun(
        api,
        "ea0017_1",
        PictureInspector(),
        say=lambda number, so_far: told.append(number),
        report="html",
        monotonic=clock,
        wait=clock.wait,
    )
    outcome = started.run(Camera(frames), looks * EVERY_S / 60)  # type: ignore[arg-type]
    return outcome, told


def test_every_new_picture_is_sent_once_and_the_last_one_keeps_the_check_and_brings_the_report() -> None:
    server = Server()
    outcome, told = run(server, [1, 2, 2, 3], 4)
    assert [(each.keep, each.report) for each in server.asked] == [(False, ""), (False, ""), (True, "html")]
    assert len({each.check for each in server.asked}) == 1
    assert outcome.server is not None
    assert (outcome.server.pictures, outcome.looks, outcome.lost) == (3, 4, 1)
    assert told == [1, 2]
    assert "1 of 4 looks brought no new picture" in _lost(outcome)[0][1]


def test_without_the_server_light_and_sizes_are_told_roughly() -> None:
    def away(frame: Frame) -> bytes:
        raise Unreachable("The server is away.")

    outcome, _ = run(away, [1, 2], 2)
    assert outcome.server is None
    assert outcome.why_not == "The server is away."
    assert "The picture has 320 x 180." in [each.english for each in outcome.rough.sentences()]


def test_a_camera_without_pictures_is_counted_as_such() -> None:
    outcome, _ = run(Server(), [0], 3)
    assert (outcome.server, outcome.looks, outcome.lost) == (None, 3, 3)
    assert list(outcome.rough.sentences()) == []


def test_a_long_check_takes_no_more_pictures_than_a_server_does() -> None:
    outcome, _ = run(Server(), [0], 720)
    assert outcome.looks <= 91


def test_a_final_no_is_told() -> None:
    with pytest.raises(Refused, match="no course"):
        run(Server(says=Error(code="unknown_course", text="There is no course.")), [1, 2], 2)
    outcome, _ = run(Server(says=Error(code="busy", text="Others first.", retry=True)), [1, 2], 2)
    assert outcome.why_not == "Others first."
