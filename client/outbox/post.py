"""Keep what a person has decided, send it, and say what came of it."""

import time
from collections.abc import Callable, Sequence

from client.api import Api
from client.errors import ClientError, Kept, Refused
from client.outbox.box import Entry, Keyed, Outbox
from client.outbox.drafts import RollOf
from client.outbox.outcomes import EntryOutcome
from client.outbox.sender import OutboxSender
from protocol.messages import Marked, Message, SessionShown

NOT_YET = (
    "It is kept on this machine as entry {} of the outbox and not recorded at the server yet: the next mark or roll "
    "call from here sends it, or `outbox --send`."
)


class Post:
    """Not to be shared by threads. refused: the entries of earlier commands that the server did not take.

    pauses_s: before each further try while the server asks for later.
    """

    def __init__(
        self, outbox: Outbox, api: Api, pauses_s: Sequence[float] = (), rest: Callable[[float], None] = time.sleep
    ) -> None:
        self._pauses_s = pauses_s
        self._rest = rest
        self.api = api
        self.drafts = outbox.drafts
        self.refused: list[EntryOutcome] = []
        self._outbox = outbox
        self._sender = OutboxSender(outbox, api)
        self._mine: set[int] = set()
        self._outcomes: dict[int, EntryOutcome] = {}

    def keep(self, message: Keyed, ends: RollOf | None = None) -> int:
        """Its number. Raises as Outbox.add."""
        number = self._outbox.add(message, ends)
        self._mine.add(number)
        return number

    def deliver(self, number: int) -> Marked | None:
        """Send what waits; the answer to this entry, None where another program got that.

        Raises Kept where it could not be sent yet, and Refused where it is put aside.
        """
        reply = self._reply_to(number)
        return reply if isinstance(reply, Marked) else None

    def deliver_state(self, number: int) -> SessionShown | None:
        reply = self._reply_to(number)
        return reply if isinstance(reply, SessionShown) else None

    def _reply_to(self, number: int) -> Message | None:
        trouble = self.deliver_all()
        mine = self._outcomes.get(number)
        if mine is None or mine.reply is None:
            _without_answer(self._outbox.find(number), trouble)
            return None
        return mine.reply

    def deliver_all(self) -> ClientError | None:
        """Send what waits; what kept it back, None where nothing did."""
        trouble = self._tried()
        for pause_s in self._pauses_s:
            if not (isinstance(trouble, Refused) and trouble.retry):
                break
            self._rest(pause_s)
            trouble = self._tried()
        return trouble

    def _tried(self) -> ClientError | None:
        try:
            for outcomes in self._sender.deliver():
                others = [each for each in outcomes if each.number not in self._mine]
                self._outcomes |= {each.number: each for each in outcomes if each.number in self._mine}
                self.refused += [each for each in others if each.refusal is not None]
        except ClientError as error:
            return error
        return None

    def forget(self, number: int) -> None:
        """Once its person has been told."""
        self._outbox.discard(number)


def _without_answer(entry: Entry | None, trouble: ClientError | None) -> None:
    """An entry that has gone was sent by another program."""
    if entry is None:
        return
    if entry.sentence:
        raise Refused(entry.sentence, entry.code, retry=False)
    raise Kept(f"{trouble.text if trouble else ''} {NOT_YET.format(entry.number)}".strip()) from trouble
