"""Send what waits in the outbox, in order; what the server refuses for its content is put aside."""

from collections.abc import Iterator, Sequence
from typing import Final

from client.api import Api
from client.error_texts import ClientText
from client.errors import ClientError, OutboxError, Refused
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

# Who sends is not let in, which holds for the entries behind too.
NOT_LET_IN: Final = "unauthorised"

# What became of entries, and what kept back the others.
Round = tuple[list[EntryOutcome], ClientError | None]


class OutboxSender:
    """Not to be shared by threads. From now on `api` tells the server how much waits, and how long.

    At first, and after a failure, one entry goes alone, then four times as many each time: what a server acknowledged
    before it stalls has then left the outbox.
    """

    def __init__(self, outbox: Outbox, api: Api) -> None:
        self._outbox = outbox
        self._api = api
        self._at_once = 1
        self._passed = 0  # the last entry that the server failed at: it waits, and those behind it go on
        self._failure: Refused | None = None
        api.tell_unsent(outbox.unsent)

    def deliver(self) -> Iterator[list[EntryOutcome]]:
        """Until nothing waits; what became of entries, once they have left the outbox.

        Raises Unreachable, BadReply, OutboxError or Refused (the server asks for later, or has failed at an entry by a
        defect of its own); the rest waits then.
        """
        self._passed, self._failure = 0, None
        try:
            while (result := self._round()) is not None:
                outcomes, trouble = result
                if outcomes:
                    yield outcomes
                if trouble is not None:
                    raise trouble
        finally:
            self._api.sign(None)
        if self._failure is not None:
            raise self._failure

    def _round(self) -> Round | None:
        """None: there is nothing left to send."""
        with self._outbox.sending(TURN_S) as alone:
            if not alone:
                raise OutboxError(ClientText.SENT_ELSEWHERE, path=str(self._outbox.path))
            if not (taken := self._outbox.take(self._at_once, after=self._passed)):
                return None
            entries, outcomes = _readable(taken)
            self._api.sign(self._outbox.sign_ins.token_of(taken[0].signed))
            answered, trouble = self._carry(entries, signed=taken[0].signed)
            outcomes += answered
            self._outbox.settle(
                [each.number for each in outcomes if each.refusal is None],
                [each.refusal for each in outcomes if each.refusal is not None],
            )
        self._at_once = 1 if trouble else min(GROWTH * self._at_once, MOST_AT_ONCE)
        return outcomes, trouble

    def _carry(self, entries: Sequence[tuple[int, Keyed]], *, signed: str) -> Round:
        outcomes: list[EntryOutcome] = []
        if not entries:
            return outcomes, None
        self._outbox.note_sent((number, message.key) for number, message in entries)
        try:
            replies = self._api.send_all([message for _, message in entries])
            for (number, message), reply in zip(entries, replies, strict=False):
                if not self._is_passed_over(number, reply):
                    outcomes.append(outcome(number, message, reply))
        except Refused as error:
            if signed and error.code == NOT_LET_IN:
                # Their sign-in is good for nothing any more: a person decides, and others' entries go on.
                gone = {each.number for each in outcomes}
                left = [each for each in entries if each[0] not in gone]
                return outcomes + [_put_aside(number, message, error) for number, message in left], None
            return outcomes, error
        except ClientError as error:
            return outcomes, error
        return outcomes, None

    def _is_passed_over(self, number: int, reply: Message) -> bool:
        """Whether the entry waits on while others go. Raises Refused for an answer that asks all for later."""
        if not isinstance(reply, Error) or (refused := refusal(reply)).is_final:
            return False
        if refused.retry or refused.code == NOT_LET_IN:
            raise refused
        self._outbox.note_failed(number, refused.code)
        self._passed, self._failure = number, refused
        return True


def _put_aside(number: int, message: Keyed, error: Refused) -> EntryOutcome:
    return EntryOutcome(number, message, refusal=EntryRefusal(number, error.code, error.sentence))


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
