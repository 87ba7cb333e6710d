"""Say what a clock that was put forward or back means for what is to be forgotten."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

# More than this is no clock that NTP keeps.
STEP: Final = timedelta(hours=1)
# How long nothing is forgotten then: somebody looks at a server within a day, or its clock has been right for one.
HELD: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ClockStep:
    """A step of the clock, or a gap in the server's time that may be one."""

    by_s: float  # below 0: back
    noticed_at: datetime  # by the clock as it was after the step
    waited_s: float = 0.0  # how long the server has run since, by a clock that nobody sets

    @property
    def is_over(self) -> bool:
        return self.waited_s >= HELD.total_seconds()


def is_step(by: timedelta) -> bool:
    return abs(by) > STEP


def begins_anew(by: timedelta, pending: ClockStep | None) -> bool:
    """Whether the day of waiting begins with this step; a server that was off for a night goes on waiting."""
    return pending is None or not timedelta(0) < by < HELD
