"""Bring what is in the outbox to its server in a thread, with growing pauses while it is away."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from client.api import Api
from client.error_texts import ClientText
from client.errors import ClientError, OutboxError
from client.outbox.box import EntryRefusal, Keyed, Outbox
from client.outbox.drafts import RollOf
from client.outbox.outcomes import EntryOutcome
from client.outbox.sender import OutboxSender
from client.pauses import growing_pauses
from protocol.sentences import Sentence, sentence

_log = logging.getLogger(__name__)

# How often an idle thread looks whether another program has left something in the outbox.
LOOK_AGAIN_S: Final = 5.0
# How long the end waits for an answer that is under way; what is unanswered is sent the next time.
GOODBYE_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class Situation:
    """trouble: what keeps them back; None: nothing does."""

    waiting: int
    trouble: Sentence | None = None
    refused: int = 0


class Delivery:
    """May be used by any thread. The outbox stays its owner's to close.

    connect: makes the thread's own Api. heard, told: called on the thread, for every entry that has left the outbox or
    was put aside, and whenever the situation has changed.
    """

    def __init__(
        self,
        outbox: Outbox,
        connect: Callable[[], Api],
        heard: Callable[[EntryOutcome], None],
        told: Callable[[Situation], None],
    ) -> None:
        self._outbox = outbox
        self._connect = connect
        self._heard = heard
        self._told = told
        self._situation: Situation | None = None
        self._added: dict[int, Keyed] = {}
        self._adding = threading.Lock()
        self._woken = threading.Event()
        self._urgent = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="delivery", daemon=True)

    def start(self) -> None:
        """Begin with what waits from before."""
        self._thread.start()

    def add(self, message: Keyed, ends: RollOf | None = None) -> int:
        """Keep a message and send it soon. As Outbox.add."""
        with self._adding:
            number = self._outbox.add(message, ends)
            self._added[number] = message
        self._woken.set()
        return number

    def send_now(self) -> None:
        """Even in a pause."""
        self._urgent.set()
        self._woken.set()

    def close(self) -> None:
        """End the thread; what waits stays on disk."""
        self._closing = True
        self.send_now()
        if self._thread.is_alive():
            self._thread.join(GOODBYE_S)

    def _run(self) -> None:
        api = self._connect()
        sender = OutboxSender(self._outbox, api)
        pauses = growing_pauses()
        while True:
            self._woken.clear()
            self._urgent.clear()
            if self._closing:  # asked behind the clearing, which may have taken the end's own waking away
                break
            trouble = self._deliver(sender)
            if trouble:
                self._pause(next(pauses), trouble)
            else:
                pauses = growing_pauses()
                self._woken.wait(LOOK_AGAIN_S)
        api.hang_up()

    def _pause(self, pause_s: float, trouble: Sentence) -> None:
        """What is added meanwhile is counted."""
        ends = time.monotonic() + pause_s
        while not self._urgent.is_set() and (left_s := ends - time.monotonic()) > 0:
            if self._woken.wait(left_s):
                self._woken.clear()
                self._tell(trouble)

    def _deliver(self, sender: OutboxSender) -> Sentence | None:
        """Send what waits; what keeps it back, None where nothing does."""
        try:
            if self._outbox.waiting():
                self._hear(sender)
            self._hear_of_others()
        except ClientError as error:
            trouble = error.sentence
        except Exception as error:  # noqa: BLE001 - told, and tried again
            # Nothing must end this thread, or nothing would be sent any more and nobody told.
            _log.exception("what waits in the outbox could not be sent")
            trouble = sentence(ClientText.DELIVERY_FAILED, kind=type(error).__name__)
        else:
            self._tell(None)
            return None
        self._tell(trouble)
        return trouble

    def _hear(self, sender: OutboxSender) -> None:
        for outcomes in sender.deliver():
            for outcome in outcomes:
                self._let_go(outcome)
            self._tell(None)
            if self._closing:
                return

    def _hear_of_others(self) -> None:
        """Entries that another program of this machine has sent meanwhile."""
        with self._adding:
            added = list(self._added.items())
        for number, message in added:
            entry = self._outbox.find(number)
            if entry is None:
                self._let_go(EntryOutcome(number, message))
            elif entry.sentence:
                self._let_go(EntryOutcome(number, message, refusal=EntryRefusal(number, entry.code, entry.sentence)))

    def _let_go(self, outcome: EntryOutcome) -> None:
        with self._adding:
            self._added.pop(outcome.number, None)
        self._heard(outcome)

    def _tell(self, trouble: Sentence | None) -> None:
        try:
            situation = Situation(self._outbox.waiting(), trouble, self._outbox.refused())
        except OutboxError as error:
            situation = Situation(0, error.sentence)
        if situation != self._situation:
            self._situation = situation
            self._told(situation)
