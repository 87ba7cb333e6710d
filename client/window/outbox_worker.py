"""Write decisions to this PC's disk in a thread of its own, and tell when the server has them."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Signal

from client.api import Api
from client.errors import ClientError
from client.outbox import Delivery, EntryOutcome, Keyed, Outbox, RollOf, Situation
from client.window.language.words import error_words
from client.window.worker_thread import Job, WorkerThread
from protocol.messages import MarkItem, SessionShown, SetSession

# How long the end of the window waits for decisions that are not on disk yet.
DISK_PATIENCE_S: Final = 5.0


class OutboxWorker(WorkerThread):
    """The outbox is closed by whoever opened it."""

    acknowledged = Signal(str)
    """The key of a message that the server has recorded."""
    refused = Signal(str, str)
    """The key of a message that will not be recorded, or not whole, and the server's sentence."""
    not_written = Signal(str, str)
    """The key of a message that could not be written down, and why."""
    answers_came = Signal(str, str, object)
    """A course, a day of it, and list[MarkItem]: what was answered in roll calls that have not ended."""
    left_over = Signal(object)
    """list[Unfinished], not empty: roll calls that nobody has gone on with for a day."""
    session_set = Signal(str)
    """The state in which the server has a session that was submitted or reopened here."""
    counted = Signal(int, str, int)
    """How many messages wait, what keeps them back, and how many the server would not take."""

    def __init__(self, outbox: Outbox, connect: Callable[[], Api]) -> None:
        super().__init__("outbox")
        self._drafts = outbox.drafts
        self._situation = Situation(0)
        self._is_disk_failing = False
        self._delivery = Delivery(outbox, connect, self._heard, self._told)
        self._delivery.start()

    def add(self, message: Keyed, ends: RollOf | None = None) -> None:
        """Write a message down and send it behind those before it. ends: as Outbox.add."""
        self.run(
            lambda: self._on_disk(
                lambda: self._delivery.add(message, ends), lambda text: self.not_written.emit(message.key, text)
            )
        )

    def add_answer(self, roll: RollOf, item: MarkItem) -> None:
        """Write down one answer of a roll call that goes on."""
        self.run(lambda: self._on_disk(lambda: self._drafts.tick(roll, item)))

    def forget_answers(self, roll: RollOf) -> None:
        """Forget those of a roll call."""
        self.run(lambda: self._on_disk(lambda: self._drafts.discard(roll)))

    def find_answers(self, course: str, date: str) -> None:
        """Tell what was answered in roll calls of a day; none where the disk cannot be read."""

        def find() -> None:
            found: list[MarkItem] = []
            try:
                found = self._drafts.of_day(course, date)
            finally:
                self.answers_came.emit(course, date, found)

        self.run(lambda: self._on_disk(find, writes=False))

    def find_left_over(self) -> None:
        """Tell of roll calls that nobody has gone on with."""

        def find() -> None:
            if found := self._drafts.old():
                self.left_over.emit(found)

        self.run(lambda: self._on_disk(find, writes=False))

    def send_now(self) -> None:
        """The server is there again."""
        self._delivery.send_now()

    def close(self, patience_s: float = DISK_PATIENCE_S) -> None:
        super().close(patience_s)
        self._delivery.close()

    def _on_disk(self, job: Job, failed: Callable[[str], None] = lambda _: None, *, writes: bool = True) -> None:
        """Tell whether the disk takes anything: one that is full can still be read."""
        try:
            job()
        except ClientError as error:
            words = error_words(error.sentence)
            failed(words)
            self._is_disk_failing = True
            self.counted.emit(0, words, self._situation.refused)
        else:
            if self._is_disk_failing and writes:
                self._is_disk_failing = False
                self._told(self._situation)

    def _heard(self, outcome: EntryOutcome) -> None:
        if outcome.message is None:
            return
        key = outcome.message.key
        if outcome.refusal is not None:
            self.refused.emit(key, error_words(outcome.refusal.sentence, outcome.refusal.code))
        if outcome.reply is not None or outcome.refusal is None:
            self.acknowledged.emit(key)
            if isinstance(outcome.message, SetSession) and isinstance(outcome.reply, SessionShown):
                self.session_set.emit(outcome.reply.session.state)

    def _told(self, situation: Situation) -> None:
        self._situation = situation
        if not self._is_disk_failing:
            trouble = error_words(situation.trouble) if situation.trouble else ""
            self.counted.emit(situation.waiting, trouble, situation.refused)
