"""Send what waits in the outbox, in order; what the server refuses is put aside."""

from collections.abc import Iterator, Sequence
from typing import Final

from client.api import Api
from client.error_texts import ClientText
from client.errors import ClientError, OutboxError
from client.numbered_requests import refusal
from client.outbox.box import Entry, EntryRefusal, Keyed, Outbox
from client.outbox.outcomes import EntryOutcome, outcome
from protocol.messages import Error, Message

# Messages that are sent without waiting for each other's answers: the server records so many marks together.
MOST_AT_ONCE: Final = 500
# How many times as many follow what was answered: a class of 60 is four rounds.
GROWTH: Final = 4
# How long another sender of the same outbox is waited for.
TURN_S: Final = 10.0

# What became of entries, and what kept back the others.
Round = tuple[list[EntryOutcome], ClientError | None]


class OutboxSender:
    """Not to be shared by threads.

    At first, and after a failure, one entry goes alone, then four times as many each time: what a server acknowledged
    before it stalls has then left the outbox.
    """

    def __init__(self, outbox: Outbox, api: Api) -> None:
        self._outbox = outbox
        self._api = api
        self._at_once = 1

    def deliver(self) -> Iterator[list[EntryOutcome]]:
        """Until nothing waits; what became of entries, once they have left the outbox.

        Raises Unreachable, BadReply, Refused (the server asks for later) or OutboxError; the rest waits then.
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
            entries, outcomes = _readable(self._outbox.take(self._at_once))
            answered, trouble = self._carry(entries)
            outcomes += answered
            self._outbox.settle(
                [each.number for each in outcomes if each.refusal is None],
                [each.refusal for each in outcomes if each.refusal is not None],
            )
        self._at_once = 1 if trouble else min(GROWTH * self._at_once, MOST_AT_ONCE)
        return outcomes, trouble

    def _carry(self, entries: Sequence[tuple[int, Keyed]]) -> Round:
        outcomes: list[EntryOutcome] = []
        if not entries:
            return outcomes, None
        self._outbox.note_sent((number, message.key) for number, message in entries)
        try:
            replies = self._api.send_all([message for _, message in entries])
            for (number, message), reply in zip(entries, replies, strict=False):
                outcomes.append(outcome(number, message, _final(reply)))
        except ClientError as error:
            return outcomes, error
        return outcomes, None


def _readable(entries: Sequence[Entry]) -> tuple[list[tuple[int, Keyed]], list[EntryOutcome]]:
    """And the entries that hold nothing that can be sent."""
    readable: list[tuple[int, Keyed]] = []
    others: list[EntryOutcome] = []
    for entry in entries:
        try:
            readable.append((entry.number, entry.message()))
        except OutboxError as error:
            others.append(
                EntryOutcome(entry.number, None, None, EntryRefusal(entry.number, error.code, error.sentence))
            )
    return readable, others


def _final(reply: Message) -> Message:
    """Raises Refused for an answer that asks for later."""
    if isinstance(reply, Error) and reply.retry:
        raise refusal(reply)
    return reply
