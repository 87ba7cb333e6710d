"""Read a camera in a thread of its own, and open it again when it is lost."""

import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, Literal

from cameras.error_texts import CameraText
from cameras.errors import CameraLost
from cameras.frame import CameraFrame, Image
from cameras.source import PictureSource
from protocol.sentences import Sentence, sentence

# ended: a recording is over, nothing more comes; its last frame stays.
CameraState = Literal["opening", "live", "lost", "ended"]

# How long close() waits for the thread; one that a driver holds longer frees the camera when the driver lets it go.
CLOSING_S: Final = 0.8

# Before a lost source is opened again: each time twice as long.
FIRST_PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 60.0

# How long behind its patience a source may say nothing, as a webcam whose driver hangs, until another thread tries
# it: each time twice as long, for the thread that hangs cannot be ended.
STUCK_S: Final = 60.0
LONGEST_STUCK_S: Final = 3600.0

# Wait until the event is set, at most so many seconds; whether it is.
Waiter = Callable[[threading.Event, float], bool]


class Camera:
    """May be used by any thread; no call waits for the camera."""

    def __init__(
        self,
        source: PictureSource,
        *,
        clock: Callable[[], datetime] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        wait: Waiter = threading.Event.wait,
    ) -> None:
        self.name = source.name
        self._source = source
        self._clock = clock or (lambda: datetime.now(UTC))
        self._monotonic = monotonic
        self._wait = wait
        self._closed = threading.Event()
        self._changed = threading.Condition()
        self._frame: CameraFrame | None = None
        self._state: CameraState = "opening"
        self._sentence = sentence(CameraText.OPENING, camera=self.name)
        self._turn = 0
        self._stuck_s = STUCK_S
        self._begin()

    def _begin(self) -> None:
        """Another thread reads from now on; one before it is not heard any more."""
        self._turn += 1
        self._heard_at = self._monotonic()
        self._thread = threading.Thread(target=self._read, args=(self._turn,), name=f"camera {self.name}", daemon=True)
        self._thread.start()

    def __enter__(self) -> "Camera":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @property
    def state(self) -> CameraState:
        """`lost` also where the source says nothing for longer than it may."""
        return self._status()[0]

    @property
    def sentence(self) -> Sentence:
        return self._status()[1]

    @property
    def text(self) -> str:
        return self.sentence.text

    def latest(self) -> CameraFrame | None:
        """None while none has come, and while the camera is lost."""
        return self._frame if self.state in ("live", "ended") else None

    def next_frame(self, after: int, timeout_s: float) -> CameraFrame | None:
        """A frame with a number above `after`; None where that takes longer, or none will come."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_newer(after) or self._is_over(), timeout_s)
            return self._frame if self._is_newer(after) else None

    def close(self) -> None:
        """Within a second, whatever the camera does."""
        self._closed.set()
        with self._changed:
            self._changed.notify_all()
        if self._thread is not threading.current_thread():
            self._thread.join(CLOSING_S)

    def _status(self) -> tuple[CameraState, Sentence]:
        with self._changed:
            silent_s = self._monotonic() - self._heard_at
            if self._state not in ("opening", "live") or silent_s <= self._source.patience_s:
                return self._state, self._sentence
            if silent_s > self._source.patience_s + self._stuck_s and not self._closed.is_set():
                self._stuck_s = min(2 * self._stuck_s, LONGEST_STUCK_S)
                self._begin()
            return "lost", sentence(CameraText.SILENT, camera=self.name, seconds=round(silent_s))

    def _is_newer(self, after: int) -> bool:
        return self._frame is not None and self._frame.number > after

    def _is_over(self) -> bool:
        return self._closed.is_set() or self._state == "ended"

    def _is_mine(self, turn: int) -> bool:
        return turn == self._turn and not self._closed.is_set()

    def _read(self, turn: int) -> None:
        pause_s = FIRST_PAUSE_S
        while self._is_mine(turn):
            self._say(turn, "opening", sentence(CameraText.OPENING, camera=self.name))
            before = self._frame
            problem = self._read_once(turn)
            if problem is None:
                return
            if self._frame is not before:
                pause_s = FIRST_PAUSE_S
            self._say(turn, "lost", sentence(CameraText.TRIED_AGAIN, problem=problem, pause=pause_s))
            self._pause(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    def _read_once(self, turn: int) -> Sentence | None:
        """Why the source is lost; None: it is over, or closed."""
        try:
            with closing(self._source.pictures(self._pause)) as pictures:
                for picture in pictures:
                    if not self._is_mine(turn):
                        return None
                    self._take(turn, picture)
        except CameraLost as error:
            return error.of(self.name)
        except Exception as error:  # noqa: BLE001 - whatever a driver raises, a camera is tried again; texts may hold a URL
            return sentence(CameraText.FAILED, camera=self.name, kind=type(error).__name__)
        self._say(turn, "ended", sentence(CameraText.OVER, camera=self.name))
        return None

    def _take(self, turn: int, image: Image) -> None:
        taken_at = self._clock()
        height, width = image.shape[:2]
        frame = CameraFrame(image, taken_at, (self._frame.number if self._frame else 0) + 1)
        said = sentence(CameraText.LIVE, camera=self.name, width=width, height=height)
        self._say(turn, "live", said, frame)

    def _say(self, turn: int, state: CameraState, said: Sentence, frame: CameraFrame | None = None) -> None:
        """All at once, so that whoever has a new frame finds the camera live."""
        with self._changed:
            if turn != self._turn:
                return
            self._stuck_s = STUCK_S if frame else self._stuck_s
            self._frame = frame or self._frame
            self._state, self._sentence = state, said
            self._heard_at = self._monotonic()
            self._changed.notify_all()

    def _pause(self, seconds: float) -> bool:
        return self._wait(self._closed, seconds)
