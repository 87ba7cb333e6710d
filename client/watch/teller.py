"""What an unattended program tells: a kind in one word, a sentence for people, values for programs. Knows no screen."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

Show = Callable[[str, datetime, str, dict[str, Any]], None]
"""Takes kind, time (zone-aware), sentence and values, and shows or keeps them."""


class Teller:
    """Gives what happens its time, and does not say the same again and again."""

    def __init__(self, show: Show, clock: Callable[[], datetime]) -> None:
        self._show = show
        self._clock = clock
        self._last: dict[str, str] = {}

    def tell(self, kind: str, text: str, **values: Any) -> None:
        """Something that happened."""
        self._last[kind] = ""
        self._show(kind, self._clock(), text, values)

    def tell_once(self, kind: str, text: str) -> None:
        """Something that lasts: told when it differs from what was told of this kind before, but for its numbers."""
        gist = "".join(letter for letter in text if not letter.isdigit())
        if self._last.get(kind) != gist:
            self.tell(kind, text)
            self._last[kind] = gist

    def forget(self, kind: str) -> None:
        """What lasted is over: it is told again when it comes back."""
        self._last.pop(kind, None)
