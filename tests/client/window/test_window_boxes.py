"""The live picture: how long boxes stay where a server takes its time, where labels stand, and what is said."""

from datetime import UTC, datetime, timedelta

import numpy as np
from PySide6.QtCore import QRect, QRectF

from cameras.capture import Capture
from cameras.frame import CameraFrame
from cameras.inspection import PictureInspector
from cameras.settings import CaptureThresholds, Schedule
from client.api import Api
from client.snapshots import SnapshotSender
from client.transport import LoopbackTransport
from client.window.pages.main_window import FACES_STAY_S
from client.window.recognition_worker import RecognitionWorker
from client.window.widgets.face_labels import label_area
from client.zones import RoomZones
from protocol import framing
from protocol import messages as wire
from protocol.sentences import Sentence
from tests.client.window.classroom import COURSE, Room
from tests.client.window.stage import Stage

FACE = wire.Face(box=(10, 10, 60, 60), score=1.0, verdict="unknown", candidates=())
LOOK_S = 10.0
"""Longer than boxes stay by themselves."""


class Camera:
    """Gives one frame to the recognition, and to the window a newer one whenever its time is set forward."""

    name = "camera"
    state = "live"
    sentence = Sentence("It gives 320 x 180 pixels.")

    def __init__(self) -> None:
        self._newest = CameraFrame(np.zeros((180, 320, 3), np.uint8), datetime(2024, 5, 2, tzinfo=UTC), 1)

    def go_on(self, seconds: float) -> None:
        before = self._newest
        self._newest = CameraFrame(before.image, before.taken_at + timedelta(seconds=seconds), before.number + 1)

    def latest(self) -> CameraFrame:
        return self._newest

    def next_frame(self, after: int, timeout_s: float) -> CameraFrame | None:
        return None if after else self._newest


def test_boxes_of_a_server_that_takes_long_stay_until_the_next_may_have_come(stage: Stage) -> None:
    camera, room = Camera(), Room()
    room.faces = (FACE,)

    def slowly(frame: framing.Frame) -> bytes:
        if isinstance(wire.decode_request(frame).message, wire.Snapshot):
            camera.go_on(LOOK_S)
        return room(frame)

    api = Api(LoopbackTransport(slowly), "room 301")
    recognition = RecognitionWorker(
        SnapshotSender(api),
        camera,
        PictureInspector(90),
        Capture(PictureInspector(90), Schedule(), CaptureThresholds()),
        RoomZones(api),
    )
    hands = stage.window(room.api, course=COURSE, camera=camera, recognition=recognition)
    hands.open()
    view = hands.window.board.camera
    hands.wait(lambda: view.faces)
    camera.go_on(LOOK_S)
    hands.wait(lambda: hands.window._shown == camera.latest().number)
    assert view.faces == (FACE,)
    camera.go_on(FACES_STAY_S + 1)
    hands.wait(lambda: not view.faces)
    recognition.close()


def test_the_label_of_a_face_at_the_edge_is_within_the_picture() -> None:
    within = QRect(0, 0, 600, 338)
    for box in (QRectF(590, 300, 8, 36), QRectF(0, 0, 8, 36)):
        assert QRectF(within).contains(label_area(box, QRectF(0, 0, 70, 20), within))


def test_why_there_is_no_picture_stands_in_its_place(stage: Stage) -> None:
    class Lost(Camera):
        state = "lost"
        sentence = Sentence("The camera refuses the user name or the password (HTTP 401).")

        def latest(self) -> None:
            return None

    hands = stage.window(Room().api, course=COURSE, camera=Lost())
    view = hands.window.board.camera
    hands.wait(lambda: Lost.sentence.text in view.placeholder())
    assert view.placeholder().startswith("Camera: lost")
