"""Show events in a thread of their own, so that a terminal that is paused stops no camera."""

import queue
import threading
from datetime import datetime
from typing import Any, Final

from client.watch.events import Show

# Some hours of a watch.
MOST_WAITING: Final = 1000
# How long an end waits for the last lines.
PATIENCE_S: Final = 2.0


class UnreadEvents:
    """Keeps events until they are read; what finds no place is counted, and told when somebody reads again."""

    def __init__(self, show: Show, most_waiting: int = MOST_WAITING) -> None:
        self._show = show
        self._waiting: queue.Queue[tuple[str, datetime, str, dict[str, Any]] | None] = queue.Queue(most_waiting)
        self._left_out = 0
        self._counting = threading.Lock()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._work, name="events", daemon=True)
        self._thread.start()

    def show(self, kind: str, at: datetime, text: str, values: dict[str, Any]) -> None:
        """At once, whoever reads. Raises what an earlier one failed with: a reader that has gone ends the program."""
        if self._failure is not None:
            raise self._failure
        try:
            self._waiting.put_nowait((kind, at, text, values))
        except queue.Full:
            with self._counting:
                self._left_out += 1

    def close(self, patience_s: float = PATIENCE_S) -> bool:
        """Show what waits; False: nobody reads, and the rest is given up."""
        try:
            self._waiting.put(None, timeout=patience_s)
        except queue.Full:
            return False
        self._thread.join(patience_s)
        return not self._thread.is_alive()

    def _take_left_out(self) -> int:
        with self._counting:
            left_out, self._left_out = self._left_out, 0
        return left_out

    def _work(self) -> None:
        try:
            while (event := self._waiting.get()) is not None:
                self._show(*event)
                if left_out := self._take_left_out():
                    text = f"Nobody read what was shown here: {left_out} events are left out."
                    self._show("unread", event[1], text, {"left_out": left_out})
        except BaseException as error:  # noqa: BLE001 - it is raised where the next event is shown
            self._failure = error
