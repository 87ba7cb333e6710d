"""Has the server look at the camera's newest picture, again and again, in a thread of its own; says whose faces it saw.

A picture that is worth keeping is recorded in the session; the others only put names over the faces.
"""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Final, Protocol

from PySide6.QtCore import Signal

from cameras.frame import Frame
from cameras.looks import Looks
from client.api import Api, now_utc
from client.capture import Capture, HourTimes
from client.errors import ClientError, Refused
from client.outbox import Picture, Pictures
from client.window.language.words import error_words
from client.window.worker_thread import WorkerThread
from protocol.messages import Faces, SessionInfo

PAUSE_S: Final = 1.0
"""Between an answer and the next question: names follow people, and the server has time for other rooms."""
AWAY_PAUSE_S: Final = 5.0
"""The same while the server does not answer."""
AGAIN_S: Final = 0.01
"""Between two waits for a frame: a camera that is over lets nobody wait."""
IDLE_S: Final = 0.2
"""How long a new frame is waited for before it is asked again whether to look at all."""


class FrameSource(Protocol):
    """Where frames come from: cameras.Camera."""

    def next_frame(self, after: int, timeout_s: float) -> Frame | None:
        """The newest frame with a number above `after`; None where it takes longer."""


class RecognitionWorker(WorkerThread):
    """One connection to the server, used by this thread alone. looks and capture are the thread's from now on."""

    saw = Signal(object, object)
    """Faces, and the Frame that they are in."""
    recorded = Signal()
    """A picture was kept in the session."""
    refused = Signal(str)
    """The server's sentence, where it does not want to look at a picture."""

    def __init__(
        self,
        api: Api,
        camera: FrameSource,
        looks: Looks,
        capture: Capture,
        pictures: Pictures,
        clock: Callable[[], datetime] = now_utc,
    ) -> None:
        self._api, self._camera = api, camera
        self._looks, self._capture, self._unsent = looks, capture, pictures
        self._clock = clock
        self._session: SessionInfo | None = None
        self._last = 0
        self._ended = False
        self._woken = threading.Event()
        super().__init__("recognition", api.hang_up)
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
        except ClientError as error:
            if isinstance(error, Refused) and not error.retry:
                self.refused.emit(error_words(error.sentence))
            return AWAY_PAUSE_S
        self.saw.emit(faces, frame)
        return PAUSE_S

    def _ask(self, session: SessionInfo, frame: Frame) -> Faces:
        """Whose faces are in a frame; recorded where it is worth it, later where the server is away."""
        jpeg = self._capture.consider(frame, self._clock(), _times(session)).jpeg
        if jpeg is None:
            return self._snapshot(session, frame, self._looks.encode(frame.image), record=False)
        try:
            faces = self._snapshot(session, frame, jpeg, record=True)
        except ClientError as error:
            if not isinstance(error, Refused) or error.retry:
                self._unsent.add(Picture(jpeg, frame.taken_at, session.course, session.session))
            raise
        for _ in self._unsent.send(self._api):
            pass
        self.recorded.emit()
        return faces

    def _snapshot(self, session: SessionInfo, frame: Frame, jpeg: bytes, *, record: bool) -> Faces:
        """A picture without a face is an answer too: nobody is there."""
        try:
            return self._api.snapshot(
                jpeg, course=session.course, session=session.session, taken_at=frame.taken_at, record=record
            )
        except Refused as error:
            if error.code != "no_face":
                raise
        height, width, _ = frame.image.shape
        return Faces(width=width, height=height, faces=())


def _times(session: SessionInfo) -> list[HourTimes]:
    return [(each.starts, each.ends) for each in session.hours if each.starts and each.ends]
