"""Bound the bytes that all connections together hold of messages that arrive or wait for their answers."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

# What each connection may hold beside the budget: a request without a picture is never refused for others' pictures.
FREE_BYTES: Final = 320 * 1024
# After so long a message that still arrives gives way to others. One of 16 MiB takes it at 8 MiB/s.
SLOW_S: Final = 2.0
# How long a place is waited for once somebody was asked to give theirs.
PATIENCE_S: Final = 1.0


class Holder(Protocol):
    """A connection that can be told to end."""

    def give_way(self) -> None: ...


@dataclass(slots=True)
class _Share:
    counted: int  # bytes beyond FREE_BYTES
    arriving_since: float | None  # None: the message is whole and waits for its answer
    ending: bool = False


class ReceiveBudget:
    """For any thread. Where it is used up, who has been slow for longest gives way, else the one who asks."""

    def __init__(self, most_bytes: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most_bytes
        self._clock = clock
        self._shares: dict[Holder, _Share] = {}
        self._given_back = threading.Condition()

    @property
    def held(self) -> int:
        """Bytes that count, of all."""
        with self._given_back:
            return self._sum()

    def hold(self, holder: Holder, held: int, *, arriving: bool, patience_s: float = PATIENCE_S) -> bool:
        """Note what a connection holds now; False where there is no place for it, and the connection gives up."""
        counted = max(held - FREE_BYTES, 0)
        with self._given_back:
            share = self._shares.setdefault(holder, _Share(0, None))
            if arriving and share.arriving_since is None:
                share.arriving_since = self._clock()
            if not arriving:
                share.arriving_since = None
            grows = counted - share.counted
            if grows <= 0:
                self._set(share, counted)
                return True
            if not self._fits(grows) and not (
                self._somebody_gives_way(share) and self._given_back.wait_for(lambda: self._fits(grows), patience_s)
            ):
                return False
            self._set(share, counted)
            return True

    def release(self, holder: Holder) -> None:
        """The connection is over."""
        with self._given_back:
            self._shares.pop(holder, None)
            self._given_back.notify_all()

    def _set(self, share: _Share, counted: int) -> None:
        fell, share.counted = counted < share.counted, counted
        if fell:
            self._given_back.notify_all()

    def _sum(self) -> int:
        return sum(share.counted for share in self._shares.values())

    def _fits(self, grows: int) -> bool:
        return self._sum() + grows <= self._most

    def _somebody_gives_way(self, asking: _Share) -> bool:
        # The one whose message has been arriving for longest, if that is long, and it is not the one who asks.
        since = {
            holder: share.arriving_since
            for holder, share in self._shares.items()
            if share.arriving_since is not None and share.counted and not share.ending
        }
        if any(share.ending for share in self._shares.values()):
            return True
        slow = min(since, key=lambda holder: since[holder], default=None)
        if slow is None or self._shares[slow] is asking or self._clock() - since[slow] < SLOW_S:
            return False
        self._shares[slow].ending = True
        slow.give_way()
        return True
