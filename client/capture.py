"""Which picture of a camera is worth sending: pictures and the time in, a JPEG or the reason why not out.

Knows no camera, no server and no clock; what has to be seen in a picture it asks of a `Look`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BEFORE_HOUR: Final = timedelta(minutes=5)
"""Who sits there this early is in time; before it the room may hold another class."""

AGAIN: Final = timedelta(seconds=5)
"""A due picture that was not worth sending is followed by another look after so long."""

HourTimes = tuple[datetime, datetime]
"""Begin and end of a class hour, zone-aware."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """every_s: between two pictures. edge_every_s: the same in the first and the last edge_minutes of an hour."""

    every_s: float = 60.0
    edge_every_s: float = 30.0
    edge_minutes: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """What a picture needs at least.

    brightness: mean grey value, 0 to 255; a lit room has 70 to 190. sharpness: variance of the Laplacian at 640 pixels;
    classrooms in focus have 180 to 880, blurred by two pixels 4 to 11 (measured on shared photographs, 2026-11-21).
    change: in grey values, by which any of 32 x 18 cells differs from the picture sent before; noise makes 1.
    """

    brightness: float = 25.0
    sharpness: float = 15.0
    change: float = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the server takes: bytes and pixels of one picture."""

    payload_bytes: int = 16 * 1024 * 1024
    pixels: int = 25_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """brightness: mean grey value. sharpness: variance of the Laplacian. cells: grey values of a few cells, int16."""

    brightness: float
    sharpness: float
    cells: "NDArray[np.int16]"


class Look(Protocol):
    """What can be seen in a picture without recognising anybody."""

    def measure(self, image: Any) -> Measures:
        """Its measures."""

    def sees_somebody(self, image: Any) -> bool:
        """Whether a face is in it."""

    def encode(self, image: Any) -> bytes:
        """The JPEG that is sent."""


class Picture(Protocol):
    """A camera's frame, as far as it matters here."""

    @property
    def image(self) -> Any:
        """Its pixels."""

    @property
    def taken_at(self) -> datetime:
        """When it was taken, zone-aware."""

    @property
    def number(self) -> int:
        """Which of the camera's frames it is."""


@dataclass(frozen=True, slots=True)
class Decision:
    """jpeg: what to send, or None. why_not: the reason in a sentence. was_due: whether a picture should have gone."""

    jpeg: bytes | None
    why_not: str = ""
    was_due: bool = True


def hour_is_on(now: datetime, hours: Sequence[HourTimes]) -> bool:
    """Whether pictures are wanted now: from BEFORE_HOUR on until an hour ends. hours: none known is always."""
    return not hours or any(begins - BEFORE_HOUR <= now < ends for begins, ends in hours)


class Capture:
    """Decides picture by picture for one camera; remembers when and what it let through last."""

    def __init__(self, look: Look, schedule: Schedule, thresholds: Thresholds) -> None:
        self._look = look
        self._schedule = schedule
        self._thresholds = thresholds
        self._sent_at: datetime | None = None
        self._refused_at: datetime | None = None
        self._last_sent: tuple[int, Measures] | None = None

    def consider(self, frame: Picture | None, now: datetime, hours: Sequence[HourTimes]) -> Decision:
        """Whether to send this frame now. frame: None while the camera gives none. hours: none known is always."""
        if not hour_is_on(now, hours):
            return Decision(None, "No class hour is on.", was_due=False)
        if max(self._sent_at or now, self._refused_at or now) > now:
            # The clock was set back: what it said before means nothing any more.
            self._sent_at = self._refused_at = None
        interval = self._interval(now, hours)
        wait = self._due(interval, now) - now
        if wait > timedelta():
            return Decision(None, f"The next picture is due in {wait.total_seconds():.0f} s.", was_due=False)
        measures = None if frame is None else self._look.measure(frame.image)
        why_not = self._why_not(frame, measures)
        if why_not or frame is None or measures is None:
            self._refused_at = now
            return Decision(None, why_not)
        self._sent_at, self._refused_at = now, None
        self._last_sent = frame.number, measures
        return Decision(self._look.encode(frame.image))

    def _due(self, interval: timedelta, now: datetime) -> datetime:
        """When the next picture is to go, by the interval that holds now."""
        due = now if self._sent_at is None else self._sent_at + interval
        return due if self._refused_at is None else max(due, self._refused_at + min(AGAIN, interval))

    def _interval(self, now: datetime, hours: Sequence[HourTimes]) -> timedelta:
        """Between two pictures at this time."""
        edge = timedelta(minutes=self._schedule.edge_minutes)
        is_edge = any(
            begins - BEFORE_HOUR <= now < begins + edge or ends - edge <= now < ends for begins, ends in hours
        )
        return timedelta(seconds=self._schedule.edge_every_s if is_edge else self._schedule.every_s)

    def _why_not(self, frame: Picture | None, measures: Measures | None) -> str:
        """Why a frame is not worth sending, the cheap reasons first; empty where it is."""
        if frame is None or measures is None:
            return "The camera gives no picture."
        wanted = self._thresholds
        if measures.brightness < wanted.brightness:
            return f"The picture is too dark ({measures.brightness:.0f}, wanted {wanted.brightness:.0f})."
        if measures.sharpness < wanted.sharpness:
            return f"The picture is not sharp ({measures.sharpness:.0f}, wanted {wanted.sharpness:.0f})."
        if self._is_same(frame, measures):
            return "The picture is the same as the one sent before."
        return "" if self._look.sees_somebody(frame.image) else "Nobody is in view."

    def _is_same(self, frame: Picture, measures: Measures) -> bool:
        if self._last_sent is None:
            return False
        number, before = self._last_sent
        changed = abs(measures.cells - before.cells).max()
        return frame.number == number or bool(changed < self._thresholds.change)
