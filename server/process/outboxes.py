"""Remember what clients say of their outboxes, for as long as it may still be so."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

# A client that cannot get rid of something says hello again after each try: a minute's pause, and its own patience.
FRESH_S: Final = 180.0
# What is younger is on its way.
HELD_S: Final = 60
# Of clients that are remembered; beyond it the one that said something longest ago is forgotten.
MOST: Final = 4096


@dataclass(frozen=True, slots=True)
class Waiting:
    """At all clients together where something has waited for HELD_S or longer. oldest_s: the longest; 0: nowhere."""

    clients: int = 0
    entries: int = 0
    oldest_s: int = 0


class Outboxes:
    """For any thread. What was delivered since is not told anew: it is forgotten after FRESH_S."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._told: dict[str, tuple[float, int, int]] = {}  # the one that said something last is the last

    def told(self, client: str, waiting: int, oldest_s: int) -> None:
        with self._lock:
            self._told.pop(client, None)
            if waiting and oldest_s >= HELD_S:
                self._told[client] = (self._monotonic(), waiting, oldest_s)
            if len(self._told) > MOST:
                del self._told[next(iter(self._told))]

    def now(self) -> Waiting:
        with self._lock:
            since = self._monotonic() - FRESH_S
            self._told = {client: each for client, each in self._told.items() if each[0] >= since}
            told = list(self._told.values())
        return Waiting(len(told), sum(each[1] for each in told), max((each[2] for each in told), default=0))
