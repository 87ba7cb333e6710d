"""Writes decisions to this PC's disk in a thread of its own, and tells when the server has them. Knows no widget."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Signal

from client.api import Api
from client.errors import ClientError
from client.outbox import Delivery, Keyed, Outbox, Outcome, Situation
from client.window.errands import Errands
from protocol.messages import SetSession

DISK_PATIENCE_S: Final = 5.0
"""How long the end of the window waits for decisions that are not on disk yet."""


class Keeper(Errands):
    """Between the window and its outbox. The outbox is closed by whoever opened it."""

    acknowledged = Signal(str)
    """The key of a message that the server has recorded."""
    refused = Signal(str, str)
    """The key of a message that will not be recorded, or not whole, and the server's sentence."""
    not_kept = Signal(str, str)
    """The key of a message that could not be written down, and why."""
    submitted = Signal()
    counted = Signal(int, str)
    """How many messages wait, and what keeps them back."""

    def __init__(self, outbox: Outbox, connect: Callable[[], Api]) -> None:
        super().__init__("keeper")
        self._situation = Situation(0)
        self._is_disk_failing = False
        self._delivery = Delivery(outbox, connect, self._heard, self._told)
        self._delivery.start()

    def keep(self, message: Keyed) -> None:
        """Write a message down and send it as soon as can be, behind those before it."""
        self.run(lambda: self._add(message))

    def send_now(self) -> None:
        """The server is there again."""
        self._delivery.send_now()

    def close(self, patience_s: float = DISK_PATIENCE_S) -> None:
        super().close(patience_s)
        self._delivery.close()

    def _add(self, message: Keyed) -> None:
        try:
            self._delivery.add(message)
        except ClientError as error:
            self.not_kept.emit(message.key, error.text)
            self.counted.emit(0, error.text)
            self._is_disk_failing = True
        else:
            if self._is_disk_failing:
                self._is_disk_failing = False
                self._told(self._situation)

    def _heard(self, outcome: Outcome) -> None:
        if outcome.message is None:
            return
        key = outcome.message.key
        if outcome.refusal is not None:
            self.refused.emit(key, outcome.refusal.text)
        if outcome.reply is not None or outcome.refusal is None:
            self.acknowledged.emit(key)
            if isinstance(outcome.message, SetSession):
                self.submitted.emit()

    def _told(self, situation: Situation) -> None:
        self._situation = situation
        self.counted.emit(situation.waiting, situation.trouble)
