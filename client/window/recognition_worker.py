"""Ask the server again and again whose faces the camera sees, in a thread of its own.

A picture that is worth it is recorded in the session; the others only put names over the faces.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final, Protocol

from PySide6.QtCore import Signal

from cameras.capture import Capture, HourTimes
from cameras.errors import CameraError
from cameras.frame import CameraFrame
from cameras.inspection import PictureInspector
from client.api import now_utc
from client.error_texts import ClientText
from client.errors import ClientError, Refused
from client.snapshots import CameraSnapshot, SnapshotSender
from client.window.language.words import error_words
from client.window.worker_thread import WorkerThread
from client.zones import RoomZones
from protocol.messages import Faces, SessionInfo
from protocol.sentences import sentence

_log = logging.getLogger(__name__)

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
        zones: RoomZones,
        clock: Callable[[], datetime] = now_utc,
    ) -> None:
        self._sender, self._camera, self._zones = sender, camera, zones
        self._inspector, self._capture = inspector, capture
        self._clock = clock
        self._session: SessionInfo | None = None
        self._last = 0
        self._ended = False
        self._told = ""
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
            self._woken.wait(self._safely(self._look))
            self._woken.clear()

    def _safely(self, look: Callable[[], float]) -> float:
        # This is the thread's one job: whatever happens in one look must not end it for all later ones.
        try:
            pause_s = look()
        except (ClientError, CameraError) as error:
            if isinstance(error, Refused) and error.is_final:
                self._tell(error_words(error.sentence, error.code))
            return AWAY_PAUSE_S
        except Exception as error:  # noqa: BLE001 - told, and tried again
            _log.exception("the camera's picture could not be looked at")
            self._tell(error_words(sentence(ClientText.LOOK_FAILED, kind=type(error).__name__)))
            return AWAY_PAUSE_S
        self._told = ""
        return pause_s

    def _tell(self, words: str) -> None:
        """Once, until it changes or is over."""
        if words != self._told:
            self._told = words
            self.refused.emit(words)

    def _look(self) -> float:
        """Look once where there is something new, and send what was held back; how many seconds to wait then."""
        session = self._session
        frame = None if session is None else self._camera.next_frame(self._last, IDLE_S)
        if session is None or frame is None:
            self._send_held_back()
            return IDLE_S if session is None else AGAIN_S
        self._last = frame.number
        self._zones.ask(session.course)
        self.saw.emit(self._ask(session, replace(frame, image=self._zones.painted(frame.image))), frame)
        self._send_held_back()
        return PAUSE_S

    def _send_held_back(self) -> None:
        """No next picture may be due that would take them along: an hour ends."""
        for _, answer in self._sender.send():
            if isinstance(answer, Refused):
                raise answer
            self.recorded.emit()

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
