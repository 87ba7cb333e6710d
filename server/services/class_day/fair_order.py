"""Say whose picture is next, and whose gives way, so that nobody gets more of the recogniser than others."""

from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

# Of so many senders it is remembered when their last turn was, and what it took; of the others they had none.
MOST_SENDERS: Final = 4096
# Of what a sender's picture took lately, so much of the past stays: it rises at once and falls slowly, for what takes
# longer than expected was worked for nobody.
KEPT_OF_PAST: Final = 0.8

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Sender:
    """Who waits for a picture's faces. device: as they call it, "" where they have not said; nobody else has its share.

    is_there: whether somebody is still there to be answered. has_time: they wait for their turn however long the others
    wait already, and know no other answer.
    """

    address: str = ""
    device: str = ""
    is_there: Callable[[], bool] = lambda: True
    has_time: bool = False

    @property
    def share(self) -> tuple[str, str]:
        return self.address, self.device


class Waits(Protocol):
    """number: rises with each that came."""

    @property
    def sender(self) -> Sender: ...
    @property
    def number(self) -> int: ...


W = TypeVar("W", bound=Waits)


class FairOrder:
    """One that waits of everybody before a second of anybody; among them, the address and then the device that had its
    turn longest ago. Not for several threads at once.

    Addresses come first because a device is only a name that somebody gives to themselves.
    """

    def __init__(self) -> None:
        self._turns = 0
        self._of_address: OrderedDict[str, int] = OrderedDict()
        self._of_share: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._took_s: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._all_took_s = 0.0

    def next_of(self, waiting: Sequence[W]) -> W:
        """Who is next."""
        earlier: Counter[tuple[str, str]] = Counter()
        ranks: list[tuple[tuple[int, int, int, int], W]] = []
        for each in sorted(waiting, key=lambda one: one.number):
            ranks.append(((earlier[each.sender.share], *self._last_turn(each.sender), each.number), each))
            earlier[each.sender.share] += 1
        return min(ranks, key=lambda ranked: ranked[0])[1]

    def last_of(self, waiting: Sequence[W]) -> W:
        """Who gives way where there is no room for all: of whoever has the most waiting, the last that came."""
        addresses = Counter(each.sender.address for each in waiting)
        shares = Counter(each.sender.share for each in waiting)

        def weight(each: W) -> tuple[int, int, int, int]:
            of_address, of_share = addresses[each.sender.address], shares[each.sender.share]
            return of_address, of_share, self._last_turn(each.sender)[1], each.number

        return max(waiting, key=weight)

    def begin(self, sender: Sender) -> None:
        """It is their turn."""
        self._turns += 1
        _remember(self._of_address, sender.address, self._turns)
        _remember(self._of_share, sender.share, self._turns)

    def end(self, sender: Sender, seconds: float, *, is_more: bool = False) -> None:
        """So long it took. is_more: what came on top of the last one."""
        if is_more:
            _remember(self._took_s, sender.share, self._took_s.get(sender.share, 0.0) + seconds)
            return
        past = KEPT_OF_PAST * self._took_s.get(sender.share, seconds) + (1 - KEPT_OF_PAST) * seconds
        _remember(self._took_s, sender.share, max(past, seconds))
        self._all_took_s = KEPT_OF_PAST * (self._all_took_s or seconds) + (1 - KEPT_OF_PAST) * seconds

    def expected_s(self, sender: Sender) -> float:
        """How long their next one will take: of a new sender, what everybody's took lately."""
        return self._took_s.get(sender.share, self._all_took_s)

    def _last_turn(self, sender: Sender) -> tuple[int, int]:
        return self._of_address.get(sender.address, 0), self._of_share.get(sender.share, 0)


def _remember(of: OrderedDict[K, V], key: K, value: V) -> None:
    of[key] = value
    of.move_to_end(key)
    while len(of) > MOST_SENDERS:
        of.popitem(last=False)
