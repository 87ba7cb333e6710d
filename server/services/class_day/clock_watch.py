"""Notice that the server's clock was put forward or back, and let nothing be forgotten then."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from server.domain.clock_steps import ClockStep, begins_anew, is_step
from server.store import Store

log = logging.getLogger(__name__)

DUTY: Final = "clock"
# Between two times that the database keeps: a restart within an hour of one is not taken for a step.
EVERY_S: Final = 300.0
WHO: Final = "serve"


class ClockWatch:
    """For one thread. monotonic: seconds, of a clock that nobody sets."""

    def __init__(self, store: Store, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._monotonic = monotonic
        self._last: tuple[datetime, float] | None = None
        self._kept_at: float | None = None
        self._pending: ClockStep | None = None
        self._pending_since = 0.0

    def look(self, now: datetime) -> None:
        """Compare the two clocks; to be called often. Raises Unavailable: the next call notices the same step."""
        seconds = self._monotonic()
        by = self._step(now, seconds)
        if is_step(by):
            self._notice(by, now)
        if self._kept_at is None or is_step(by) or seconds - self._kept_at >= EVERY_S:
            self._store.duties.ran(DUTY, at=now)
            self._kept_at = seconds
        self._last = now, seconds

    def may_forget(self, now: datetime) -> bool:
        """Whether nobody has to look at the clock first. Raises Unavailable."""
        pending = self._store.duties.clock_step()
        if pending is None:
            return True
        waited = self._waited(pending)
        self._store.duties.keep_waited(waited)
        if not waited.is_over:
            return False
        self._store.duties.end_clock_step(at=now, by=WHO)
        log.info("the clock was not put forward or back for a day: what is old enough is forgotten again")
        return True

    def _step(self, now: datetime, seconds: float) -> timedelta:
        if self._last is not None:
            before, seconds_before = self._last
            return now - before - timedelta(seconds=seconds - seconds_before)
        before_start = self._store.duties.last_time()
        return timedelta(0) if before_start is None else now - before_start

    def _notice(self, by: timedelta, now: datetime) -> None:
        if begins_anew(by, self._store.duties.clock_step()):
            self._store.duties.keep_clock_step(ClockStep(by.total_seconds(), now))
        log.warning(
            "%s: nothing is forgotten until somebody confirms that the clock is right, by `face_recog_server.py "
            "doctor --confirm-clock`, or the server has run for a day",
            _told(by, at_start=self._last is None),
        )

    def _waited(self, pending: ClockStep) -> ClockStep:
        seconds = self._monotonic()
        if self._pending is None or self._pending.noticed_at != pending.noticed_at:
            self._pending, self._pending_since = pending, seconds - pending.waited_s
        return replace(pending, waited_s=max(pending.waited_s, seconds - self._pending_since))


def _told(by: timedelta, *, at_start: bool) -> str:
    hours = abs(by.total_seconds()) / 3600
    if not at_start:
        return f"the clock was put {'forward' if by > timedelta(0) else 'back'} by {hours:.1f} hours"
    if by > timedelta(0):
        return f"no server was at work here for {hours:.1f} hours, or the clock was put forward"
    return f"the clock is {hours:.1f} hours behind the time at which a server was at work here last"
