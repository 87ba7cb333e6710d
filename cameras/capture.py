"""Decide which of a camera's pictures are worth sending to the server."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cameras.frame import CameraFrame
from cameras.inspection import Measures, PictureInspector
from cameras.settings import CaptureThresholds, Schedule

# Who sits there this early is in time; before it the room may hold another class.
BEFORE_HOUR: Final = timedelta(minutes=5)

# A due picture that was not worth sending is followed by another look after so long.
AGAIN: Final = timedelta(seconds=5)

# Begin and end of a class hour, zone-aware.
HourTimes = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class CaptureDecision:
    """jpeg: what to send, or None. why_not: the reason in a sentence. was_due: whether a picture should have gone."""

    jpeg: bytes | None
    why_not: str = ""
    was_due: bool = True


def hour_is_on(now: datetime, hours: Sequence[HourTimes]) -> bool:
    """Whether pictures are wanted now; with no hours known they always are."""
    return not hours or any(begins - BEFORE_HOUR <= now < ends for begins, ends in hours)


class Capture:
    """Remembers when and what it let through last."""

    def __init__(self, inspector: PictureInspector, schedule: Schedule, thresholds: CaptureThresholds) -> None:
        self._inspector = inspector
        self._schedule = schedule
        self._thresholds = thresholds
        self._sent_at: datetime | None = None
        self._refused_at: datetime | None = None
        self._last_sent: tuple[int, Measures] | None = None

    def consider(self, frame: CameraFrame | None, now: datetime, hours: Sequence[HourTimes]) -> CaptureDecision:
        """Whether to send this frame now; None while the camera gives none."""
        if not hour_is_on(now, hours):
            return CaptureDecision(None, "No class hour is on.", was_due=False)
        if max(self._sent_at or now, self._refused_at or now) > now:
            # The clock was set back: what it said before means nothing any more.
            self._sent_at = self._refused_at = None
        interval = self._interval(now, hours)
        wait = self._due(interval, now) - now
        if wait > timedelta():
            return CaptureDecision(None, f"The next picture is due in {wait.total_seconds():.0f} s.", was_due=False)
        if frame is None:
            return self._refuse(now, "The camera gives no picture.")
        measures = self._inspector.measure(frame.image)
        if why_not := self._why_not(frame, measures):
            return self._refuse(now, why_not)
        self._sent_at, self._refused_at = now, None
        self._last_sent = frame.number, measures
        return CaptureDecision(self._inspector.encode(frame.image))

    def _refuse(self, now: datetime, why_not: str) -> CaptureDecision:
        self._refused_at = now
        return CaptureDecision(None, why_not)

    def _due(self, interval: timedelta, now: datetime) -> datetime:
        due = now if self._sent_at is None else self._sent_at + interval
        return due if self._refused_at is None else max(due, self._refused_at + min(AGAIN, interval))

    def _interval(self, now: datetime, hours: Sequence[HourTimes]) -> timedelta:
        edge = timedelta(minutes=self._schedule.edge_minutes)
        is_edge = any(
            begins - BEFORE_HOUR <= now < begins + edge or ends - edge <= now < ends for begins, ends in hours
        )
        return timedelta(seconds=self._schedule.edge_every_s if is_edge else self._schedule.every_s)

    def _why_not(self, frame: CameraFrame, measures: Measures) -> str:
        """The cheap reasons first; empty where it is worth sending."""
        wanted = self._thresholds
        if measures.brightness < wanted.brightness and not measures.faces_seen:
            return f"The picture is too dark ({measures.brightness:.0f}, wanted {wanted.brightness:.0f})."
        if measures.sharpness < wanted.sharpness:
            return f"The picture is not sharp ({measures.sharpness:.0f}, wanted {wanted.sharpness:.0f})."
        if self._is_same(frame, measures):
            return "The picture is the same as the one sent before."
        return "" if self._inspector.sees_somebody(frame.image) else "Nobody is in view."

    def _is_same(self, frame: CameraFrame, measures: Measures) -> bool:
        if self._last_sent is None:
            return False
        number, before = self._last_sent
        changed = abs(measures.cells - before.cells).max()
        return frame.number == number or bool(changed < self._thresholds.change)
