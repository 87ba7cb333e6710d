"""Recognise who is before a camera that is named by its URL: once for all who ask at the same time."""

import math
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from server.errors import BadImage, Busy, NoFace, TooLarge

# Who asks so soon again gets the same: pages ask in a loop, and no class moves that fast.
FRESH_S: Final = 0.3
# So long a busy server answers by what was seen last, and a face that was answered is known by its landmarks.
KEPT_S: Final = 10.0
MOST_KEPT: Final = 20
MOST_CAMERAS: Final = 64
PATIENCE_S: Final = 12.0


@dataclass(frozen=True, slots=True)
class SeenFace:
    """box: left, top, right, bottom. landmarks: five x, then five y. student: where it is sure."""

    box: tuple[float, float, float, float]
    landmarks: tuple[float, ...]
    score: float
    student: str | None


@dataclass(frozen=True, slots=True)
class Look:
    """The faces of one frame. at: seconds that only grow."""

    faces: tuple[SeenFace, ...]
    at: float


@dataclass(slots=True)
class _Camera:
    changed: threading.Condition = field(default_factory=threading.Condition)
    running: bool = False
    rounds: int = 0
    outcome: Look | Exception | None = None
    kept: deque[Look] = field(default_factory=lambda: deque(maxlen=MOST_KEPT))


class CameraLooks:
    """For any thread. read: a picture's bytes; raises what keeps it from being had. recognise: its faces."""

    def __init__(
        self,
        read: Callable[[str], bytes],
        recognise: Callable[[bytes, str], Sequence[SeenFace]],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read = read
        self._recognise = recognise
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._cameras: OrderedDict[str, _Camera] = OrderedDict()

    def look(self, url: str) -> Look:
        """Who is there now; while the server is busy, who was seen last. Raises what `read` raises."""
        camera = self._camera(url)
        with camera.changed:
            if camera.running:
                rounds = camera.rounds
                camera.changed.wait_for(lambda: camera.rounds != rounds, PATIENCE_S)
                return self._told(camera)
            if camera.kept and self._monotonic() - camera.kept[-1].at < FRESH_S:
                return camera.kept[-1]
            camera.running = True
        outcome: Look | Exception = Busy("")
        try:
            outcome = self._now(url, camera)
        except Exception as error:  # noqa: BLE001 - all who wait are told the same
            outcome = error
        finally:
            with camera.changed:
                camera.running, camera.outcome, camera.rounds = False, outcome, camera.rounds + 1
                if isinstance(outcome, Look):
                    camera.kept.append(outcome)
                camera.changed.notify_all()
        return self._told(camera)

    def face_with(self, url: str, landmarks: Sequence[float]) -> SeenFace | None:
        """The face that was answered with these landmarks a moment ago, else the one nearest to them now."""
        camera = self._camera(url)
        with camera.changed:
            looks = [look for look in camera.kept if self._monotonic() - look.at < KEPT_S]
        for look in reversed(looks):
            for face in look.faces:
                if max(abs(a - b) for a, b in zip(face.landmarks, landmarks, strict=True)) < 1e-3:
                    return face
        faces = self.look(url).faces
        near = [(_distance(face.landmarks, landmarks), number) for number, face in enumerate(faces)]
        if not near:
            return None
        distance, number = min(near)
        face = faces[number]
        return face if distance <= (face.box[2] - face.box[0]) / 2 else None

    def _camera(self, url: str) -> _Camera:
        with self._lock:
            camera = self._cameras.setdefault(url, _Camera())
            self._cameras.move_to_end(url)
            while len(self._cameras) > MOST_CAMERAS:
                self._cameras.popitem(last=False)
            return camera

    def _now(self, url: str, camera: _Camera) -> Look:
        data = self._read(url)
        try:
            faces = tuple(self._recognise(data, url))
        except (BadImage, TooLarge, NoFace):
            faces = ()
        except Busy:
            last = camera.kept[-1] if camera.kept else None
            recent = last is not None and self._monotonic() - last.at < KEPT_S
            return last if last is not None and recent else Look((), self._monotonic())
        return Look(faces, self._monotonic())

    def _told(self, camera: _Camera) -> Look:
        outcome = camera.outcome
        if isinstance(outcome, Look):
            return outcome
        raise outcome or Busy("The camera took too long.")


def _distance(one: Sequence[float], other: Sequence[float]) -> float:
    """Mean distance of five points in pixels."""
    points = zip(one[:5], one[5:], other[:5], other[5:], strict=True)
    return sum(math.hypot(x - u, y - v) for x, y, u, v in points) / 5
