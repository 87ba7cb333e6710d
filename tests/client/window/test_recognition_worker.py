"""The thread that has pictures looked at: it sends what was held back, and nothing that goes wrong ends it."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import pytest
from PySide6.QtCore import Qt

from cameras.capture import Capture, CaptureThresholds, Schedule
from cameras.frame import CameraFrame
from cameras.inspection import PictureInspector
from client.api import Api
from client.snapshots import CameraSnapshot, SnapshotSender
from client.transport import LoopbackTransport
from client.window import recognition_worker
from client.window.recognition_worker import RecognitionWorker
from client.zones import RoomZones
from protocol.framing import Frame
from protocol.messages import SessionInfo, Snapshot
from tests.client.scripted_peer import Classroom

PATIENCE_S = 60.0
START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


SESSION = SessionInfo(session=7, course="ea0017_1", title="", date="2026-03-02", state="draft", hour_now=1, hours=())


class Camera:
    """Gives one frame, once what it raises is over."""

    def __init__(self, *errors: Exception) -> None:
        self._errors = list(errors)

    def next_frame(self, after: int, timeout_s: float) -> CameraFrame | None:
        if self._errors:
            raise self._errors.pop(0)
        return None if after else CameraFrame(np.zeros((180, 320, 3), np.uint8), START, 1)


@pytest.fixture(autouse=True)
def _without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PAUSE_S", "AWAY_PAUSE_S", "IDLE_S"):
        monkeypatch.setattr(recognition_worker, name, 0.001)


def worker(sender: SnapshotSender, camera: Camera) -> RecognitionWorker:
    inspector = PictureInspector(90)
    return RecognitionWorker(
        sender, camera, inspector, Capture(inspector, Schedule(), CaptureThresholds()), RoomZones(sender._api)
    )


def answering(room: Classroom, when: Callable[[Snapshot], bool]) -> tuple[SnapshotSender, threading.Event]:
    """A sender, and an event that is set when a picture of that kind has come."""
    came = threading.Event()

    def answer(frame: Frame) -> bytes:
        answered = room(frame)
        if any(isinstance(each, Snapshot) and when(each) for each in room.asked):
            came.set()
        return answered

    return SnapshotSender(Api(LoopbackTransport(answer), "room 301")), came


def test_what_was_held_back_is_sent_although_no_picture_is_due_any_more(qapp: object) -> None:
    sender, came = answering(Classroom(), lambda each: each.record)
    sender.add(CameraSnapshot(b"image", START, "ea0017_1", 3))
    looking = worker(sender, Camera())
    looking.watch(None)
    assert came.wait(PATIENCE_S), "the hour is over, and nobody looks"
    looking.close(PATIENCE_S)
    assert len(sender) == 0


def test_a_surprise_is_told_and_the_next_picture_is_looked_at(qapp: object) -> None:
    room = Classroom()
    sender, came = answering(room, lambda each: True)
    told: list[str] = []
    looking = worker(sender, Camera(RuntimeError("a driver"), RuntimeError("a driver")))
    looking.refused.connect(told.append, Qt.ConnectionType.DirectConnection)
    looking.watch(SESSION)
    assert came.wait(PATIENCE_S)
    looking.close(PATIENCE_S)
    assert len(told) == 1, "once, while it is the same"
    assert "RuntimeError" in told[0]
