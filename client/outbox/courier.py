"""What waits in the outbox goes to its server, in order, and leaves when it is acknowledged. Knows no thread.

What the server refuses is put aside, and the others go on.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final

from client.api import Api
from client.conversation import refusal
from client.error_texts import ClientText
from client.errors import ClientError, OutboxError
from client.outbox.box import Outbox
from client.outbox.parcels import Outcome, Parcel, pack
from protocol.messages import Error, Reply

MOST_AT_ONCE: Final = 64
"""Parcels that are sent without waiting for each other's answers."""
TURN_S: Final = 10.0
"""How long another sender of the same outbox is waited for."""

Round = tuple[list[Outcome], ClientError | None]
"""What became of entries, and what kept back the others."""


class Courier:
    """Carries what waits to the server. Not to be shared by threads.

    At first, and after a failure, one parcel goes alone, then twice as many each time: whatever a server acknowledged
    before it stalls has then left the outbox.
    """

    def __init__(self, outbox: Outbox, api: Api) -> None:
        self._outbox = outbox
        self._api = api
        self._at_once = 1

    def deliver(self) -> Iterator[list[Outcome]]:
        """Send until nothing waits; what became of entries, told once they have left the outbox.

        Raises Unreachable, BadReply, Refused (the server asks for later, or turns the connection away) or OutboxError;
        the rest waits then.
        """
        outcomes, trouble = self._round()
        while outcomes:
            yield outcomes
            if trouble is None:
                outcomes, trouble = self._round()
            else:
                break
        if trouble is not None:
            raise trouble

    def _round(self) -> Round:
        with self._outbox.sending(TURN_S) as alone:
            if not alone:
                raise OutboxError(ClientText.SENT_ELSEWHERE, path=str(self._outbox.path))
            parcels, unsendable = pack(self._outbox.take())
            outcomes, trouble = self._carry(parcels[: self._at_once])
            outcomes += unsendable
            self._outbox.settle(
                [each.number for each in outcomes if each.refusal is None],
                [each.refusal for each in outcomes if each.refusal is not None],
            )
        self._at_once = 1 if trouble else min(2 * self._at_once, MOST_AT_ONCE)
        return outcomes, trouble

    def _carry(self, parcels: Sequence[Parcel]) -> Round:
        outcomes: list[Outcome] = []
        if not parcels:
            return outcomes, None
        self._outbox.note_keys(chain.from_iterable(each.keys() for each in parcels))
        try:
            replies = self._api.send_all([each.message for each in parcels])
            for parcel, reply in zip(parcels, replies, strict=False):
                outcomes += parcel.outcomes(_final(reply))
        except ClientError as error:
            return outcomes, error
        return outcomes, None


def _final(reply: Reply) -> Reply:
    """An answer that will be the same however often it is asked for. Raises Refused for one that asks for later."""
    if isinstance(reply, Error) and reply.retry:
        raise refusal(reply)
    return reply
