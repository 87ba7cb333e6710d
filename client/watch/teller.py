"""What an unattended program tells: a kind in one word, a sentence for people, values for programs. Knows no screen."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

Show = Callable[[str, datetime, str, dict[str, Any]], None]
"""Takes kind, time (zone-aware), sentence and values, and shows or keeps them."""


AT_ONCE: Final = timedelta()


class Teller:
    """Gives what happens its time, and does not say the same again and again."""

    def __init__(self, show: Show, clock: Callable[[], datetime]) -> None:
        self._show = show
        self._clock = clock
        self._last: dict[str, str] = {}
        self._told_at: dict[tuple[str, str], datetime] = {}

    def tell(self, kind: str, text: str, **values: Any) -> None:
        """Something that happened."""
        self._last[kind] = ""
        self._show(kind, self._clock(), text, values)

    def tell_once(self, kind: str, text: str, quiet: timedelta = AT_ONCE) -> None:
        """Something that lasts: told when it differs from what was told of this kind before, but for its numbers.

        quiet: how long what comes and goes, as one reason after the other, is not told again.
        """
        gist, now = "".join(letter for letter in text if not letter.isdigit()), self._clock()
        lately = abs(now - self._told_at.get((kind, gist), now - quiet)) < quiet
        if self._last.get(kind) != gist and not lately:
            self.tell(kind, text)
            self._last[kind], self._told_at[kind, gist] = gist, now

    def forget(self, kind: str) -> None:
        """What lasted is over: it is told again when it comes back."""
        self._last.pop(kind, None)
