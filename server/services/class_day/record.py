"""Record marks: many connections' requests in, one transaction for all that wait, each answered once it is on disk.

Knows no messages and no clock; the store says what stands.
"""

import logging
import queue
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime

from protocol.error_texts import ServerText
from server.domain.ledger import MarkAnswer, MarkOutcome, MarkRequest
from server.errors import Busy, Internal, RollcallError, Unavailable
from server.store import MarkStore

log = logging.getLogger(__name__)

MOST_WAITING = 1024
"""Requests that may wait for the database before a further one is told that the server is busy."""
ENOUGH_TOGETHER = 500
"""Marks in one transaction after which no further request joins it: enough that the disk's sync is no longer what
limits, and few enough (a tenth of a second) that who comes next does not wait long."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    request: MarkRequest
    now: datetime
    outcome: Future[MarkOutcome] = field(default_factory=Future)


class Recorder:
    """Records requests in the order of their arrival; requests that arrive while the disk is busy share a commit.

    May be used from any thread; owns the one thread that writes marks. `close` records what was accepted, then ends.
    """

    def __init__(self, marks: MarkStore) -> None:
        self._marks = marks
        self._waiting: queue.Queue[_Waiting | None] = queue.Queue(MOST_WAITING)
        self._closing = threading.Lock()
        self._closed = False
        self._writer = threading.Thread(target=self._write, name="recorder", daemon=True)
        self._writer.start()

    @property
    def waiting(self) -> int:
        """How many requests wait for the database."""
        return self._waiting.qsize()

    def record(self, request: MarkRequest, *, now: datetime) -> MarkAnswer:
        """What stands for each mark, once it is on disk. Raises what refused the request as a whole."""
        waiting = _Waiting(request, now)
        with self._closing:
            if self._closed:
                raise Unavailable(ServerText.STOPPING_MARK)
            try:
                self._waiting.put_nowait(waiting)
            except queue.Full:
                raise Busy(ServerText.MARKS_WAIT) from None
        outcome = waiting.outcome.result()
        if isinstance(outcome, RollcallError):
            raise outcome
        return outcome

    def close(self) -> None:
        """Take no more requests, record those that wait, end the thread."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
        self._waiting.put(None)
        self._writer.join()

    def _write(self) -> None:
        while (first := self._waiting.get()) is not None:
            batch, ended = self._all_that_wait(first)
            self._settle(batch)
            if ended:
                return

    def _all_that_wait(self, first: _Waiting) -> tuple[list[_Waiting], bool]:
        """The requests that are there now, and whether the end is behind them."""
        batch = [first]
        while sum(len(each.request.marks) for each in batch) < ENOUGH_TOGETHER:
            try:
                waiting = self._waiting.get_nowait()
            except queue.Empty:
                break
            if waiting is None:
                return batch, True
            batch.append(waiting)
        return batch, False

    def _settle(self, batch: Sequence[_Waiting]) -> None:
        """Record a batch and tell each of its requests; one that breaks the batch is found by recording singly."""
        for waiting, outcome in zip(batch, self._outcomes(batch), strict=True):
            waiting.outcome.set_result(outcome)

    def _outcomes(self, batch: Sequence[_Waiting]) -> Sequence[MarkOutcome]:
        try:
            return self._marks.record([each.request for each in batch], now=max(each.now for each in batch))
        except RollcallError as error:
            return [error] * len(batch)
        except Exception:
            log.exception("recording %d request(s) failed", len(batch))
            if len(batch) == 1:
                return [Internal(ServerText.MARK_NOT_RECORDED)]
            return [outcome for each in batch for outcome in self._outcomes([each])]
