"""Ask the server again and again whose faces the camera sees, in a thread of its own.

A picture that is worth it is recorded in the session; the others only put names over the faces.
"""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Final, Protocol

from PySide6.QtCore import Signal

from cameras.capture import Capture, HourTimes
from cameras.errors import CameraError
from cameras.frame import CameraFrame
from cameras.inspection import PictureInspector
from client.api import now_utc
from client.errors import ClientError, Refused
from client.snapshots import CameraSnapshot, SnapshotSender
from client.window.language.words import error_words
from client.window.worker_thread import WorkerThread
from protocol.messages import Faces, SessionInfo

# Between an answer and the next question: names follow people, and the server has time for other rooms.
PAUSE_S: Final = 1.0
# The same while the server does not answer.
AWAY_PAUSE_S: Final = 5.0
# Between two waits for a frame: a camera that is over lets nobody wait.
AGAIN_S: Final = 0.01
# How long a new frame is waited for before it is asked again whether to look at all.
IDLE_S: Final = 0.2


class FrameSource(Protocol):
    """Where frames come from: cameras.reading.Camera."""

    def next_frame(self, after: int, timeout_s: float) -> CameraFrame | None:
        """The newest frame with a number above `after`; None where it takes longer."""


class RecognitionWorker(WorkerThread):
    """Everything that is handed in is this thread's alone from now on."""

    saw = Signal(object, object)
    """Faces, and the CameraFrame that they are in."""
    recorded = Signal()
    """A picture was recorded in the session."""
    refused = Signal(str)
    """The server's sentence, where it does not want to look at a picture."""

    def __init__(
        self,
        sender: SnapshotSender,
        camera: FrameSource,
        inspector: PictureInspector,
        capture: Capture,
        clock: Callable[[], datetime] = now_utc,
    ) -> None:
        self._sender, self._camera = sender, camera
        self._inspector, self._capture = inspector, capture
        self._clock = clock
        self._session: SessionInfo | None = None
        self._last = 0
        self._ended = False
        self._woken = threading.Event()
        super().__init__("recognition", sender.hang_up)
        self.run(self._run_on)

    def watch(self, session: SessionInfo | None) -> None:
        """Look for the students of this session; None: do not look."""
        self._session = session
        self._woken.set()

    def close(self, patience_s: float = 0.5) -> None:
        self._ended = True
        self._woken.set()
        super().close(patience_s)

    def _run_on(self) -> None:
        while not self._ended:
            self._woken.wait(self._look())
            self._woken.clear()

    def _look(self) -> float:
        """Look once where there is something new; how many seconds to wait then."""
        session = self._session
        if session is None:
            return IDLE_S
        frame = self._camera.next_frame(self._last, IDLE_S)
        if frame is None:
            return AGAIN_S
        self._last = frame.number
        try:
            faces = self._ask(session, frame)
        except (ClientError, CameraError) as error:
            if isinstance(error, Refused) and error.is_final:
                self.refused.emit(error_words(error.sentence, error.code))
            return AWAY_PAUSE_S
        self.saw.emit(faces, frame)
        return PAUSE_S

    def _ask(self, session: SessionInfo, frame: CameraFrame) -> Faces:
        """Whose faces are in a frame; recorded where it is worth it, later where the server is away."""
        jpeg = self._capture.consider(frame, self._clock(), _times(session)).jpeg
        image = jpeg or self._inspector.encode(frame.image)
        snapshot = CameraSnapshot(image, frame.taken_at, session.course, session.session)
        if jpeg is None:
            return self._sender.look(snapshot)
        faces = self._sender.record(snapshot)
        self.recorded.emit()
        return faces


def _times(session: SessionInfo) -> list[HourTimes]:
    return [(each.starts, each.ends) for each in session.hours if each.starts and each.ends]
