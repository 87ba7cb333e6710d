"""A server that is sometimes away: what is asked is answered or left, with growing pauses between failures.

Tells once when it goes and once when it is back. Knows no message.
"""

import time
from collections.abc import Callable
from typing import TypeVar

from client.errors import BadReply, ClientError, Refused, Unreachable
from client.pauses import growing_pauses

T = TypeVar("T")


class Reach:
    """Not to be shared by threads. tell gets sentences for a person."""

    def __init__(self, tell: Callable[[str], None], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._tell = tell
        self._monotonic = monotonic
        self._pauses = growing_pauses()
        self._try_at: float | None = None

    @property
    def is_away(self) -> bool:
        """Whether the last question was not answered."""
        return self._try_at is not None

    def ask(self, question: Callable[[], T]) -> T | None:
        """The answer; None while the server is away, and during the pauses then. Raises Refused for a final no."""
        if self._try_at is not None and self._monotonic() < self._try_at:
            return None
        try:
            answer = question()
        except (Unreachable, BadReply) as error:
            self._lost(error)
            return None
        except Refused as refused:
            if not refused.retry:
                self._back()
                raise
            self._lost(refused)
            return None
        self._back()
        return answer

    def _lost(self, error: ClientError) -> None:
        if self._try_at is None:
            self._tell(f"{error.text} It is tried again, with longer pauses each time.")
        self._try_at = self._monotonic() + next(self._pauses)

    def _back(self) -> None:
        if self._try_at is not None:
            self._tell("The server answers again.")
        self._try_at = None
        self._pauses = growing_pauses()
