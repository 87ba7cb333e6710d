"""Report what an unattended program does, without saying the same again and again."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

# Takes an event's kind in one word, time (zone-aware), a sentence for people and values for programs.
Show = Callable[[str, datetime, str, dict[str, Any]], None]

AT_ONCE: Final = timedelta()


class EventReporter:
    """Gives each event its time."""

    def __init__(self, show: Show, clock: Callable[[], datetime]) -> None:
        self._show = show
        self._clock = clock
        self._last: dict[str, str] = {}
        self._reported_at: dict[tuple[str, str], datetime] = {}

    def report(self, kind: str, text: str, **values: Any) -> None:
        self._last[kind] = ""
        self._show(kind, self._clock(), text, values)

    def report_change(self, kind: str, text: str, quiet: timedelta = AT_ONCE) -> None:
        """Repeats are suppressed; digits are ignored when comparing.

        quiet: how long one that comes and goes is not reported again.
        """
        gist, now = "".join(letter for letter in text if not letter.isdigit()), self._clock()
        lately = abs(now - self._reported_at.get((kind, gist), now - quiet)) < quiet
        if self._last.get(kind) != gist and not lately:
            self.report(kind, text)
            self._last[kind], self._reported_at[kind, gist] = gist, now

    def forget(self, kind: str) -> None:
        """What lasted is over: it is reported again when it comes back."""
        self._last.pop(kind, None)
