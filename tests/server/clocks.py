"""A wall clock that somebody may set, and one that nobody can."""

from datetime import datetime, timedelta


class Clocks:
    def __init__(self, now: datetime) -> None:
        self.now = now
        self._seconds = 1000.0

    def monotonic(self) -> float:
        return self._seconds

    def pass_by(self, time: timedelta) -> None:
        """Both go on."""
        self.now += time
        self._seconds += time.total_seconds()

    def put(self, by: timedelta) -> None:
        """The wall clock is put forward or back."""
        self.now += by
