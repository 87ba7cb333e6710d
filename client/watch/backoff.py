"""Ask a server that is sometimes away, with growing pauses between failures."""

import time
from collections.abc import Callable
from typing import TypeVar

from client.errors import BadReply, ClientError, Refused, Unreachable
from client.pauses import growing_pauses

T = TypeVar("T")


class BackoffCaller:
    """Reports once that the server is away and once that it is back. Not to be shared by threads."""

    def __init__(self, report: Callable[[str], None], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._report = report
        self._monotonic = monotonic
        self._pauses = growing_pauses()
        self._try_at: float | None = None

    @property
    def is_away(self) -> bool:
        return self._try_at is not None

    def call(self, question: Callable[[], T]) -> T | None:
        """The answer; None while the server is away, and during the pauses then. Raises Refused for a final no."""
        if self._try_at is not None and self._monotonic() < self._try_at:
            return None
        try:
            answer = question()
        except (Unreachable, BadReply) as error:
            self._lost(error)
            return None
        except Refused as refused:
            if refused.is_final:
                self._back()
                raise
            self._lost(refused)
            return None
        self._back()
        return answer

    def _lost(self, error: ClientError) -> None:
        if self._try_at is None:
            self._report(f"{error.text} It is tried again, with longer pauses each time.")
        self._try_at = self._monotonic() + next(self._pauses)

    def _back(self) -> None:
        if self._try_at is not None:
            self._report("The server answers again.")
        self._try_at = None
        self._pauses = growing_pauses()
