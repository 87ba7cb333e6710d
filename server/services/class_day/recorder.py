"""Record marks that many connections bring at once in one transaction."""

import contextlib
import logging
import queue
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from protocol.error_texts import ServerText
from server.domain.ledger import MarkOutcome, MarkRequest
from server.errors import Busy, Internal, RollcallError, Unavailable, is_shortage
from server.process.liveness import LOOK_S, Liveness
from server.store import MarkStore

log = logging.getLogger(__name__)

# Requests that may wait for the database before a further one is told that the server is busy.
MOST_WAITING = 1024
# Marks in one transaction after which no further request joins it: enough that the disk's sync is no longer what
# limits, and few enough (a tenth of a second) that who comes next does not wait long.
ENOUGH_TOGETHER = 500
# A transaction ends within the database's own limits, a minute at most. One that takes longer than this never ends.
TRANSACTION_LIMIT_S = 120.0
# How long a close waits for what was accepted to be on disk.
CLOSE_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Requests that came together; their outcomes are in the same order."""

    requests: Sequence[MarkRequest]
    now: datetime
    outcomes: Future[Sequence[MarkOutcome]] = field(default_factory=Future)


class Recorder:
    """Records requests in the order of their arrival; those that arrive while the disk is busy share a commit.

    For any thread; it owns the one that writes marks.
    """

    def __init__(self, marks: MarkStore, liveness: Liveness | None = None) -> None:
        self._marks = marks
        self._waiting: queue.Queue[_Waiting | None] = queue.Queue(MOST_WAITING)
        self._closing = threading.Lock()
        self._closed = False
        self._heartbeat = (liveness or Liveness()).watch("recorder", TRANSACTION_LIMIT_S)
        self._writer = self._heartbeat.thread = threading.Thread(target=self._write, name="recorder", daemon=True)
        self._writer.start()

    @property
    def waiting(self) -> int:
        return self._waiting.qsize()

    def record(self, requests: Sequence[MarkRequest], *, now: datetime) -> Sequence[MarkOutcome]:
        """What stands for each request, once it is on disk, or the error that refused it. Raises Busy, Unavailable."""
        waiting = _Waiting(requests, now)
        with self._closing:
            if self._closed:
                raise Unavailable(ServerText.STOPPING_MARK)
            try:
                self._waiting.put_nowait(waiting)
            except queue.Full:
                raise Busy(ServerText.MARKS_WAIT) from None
        return waiting.outcomes.result()

    def close(self, patience_s: float = CLOSE_PATIENCE_S) -> bool:
        """Record what was accepted, take no more, and end the thread; False: it did not end in time."""
        with self._closing:
            if not self._closed:
                self._closed = True
                with contextlib.suppress(queue.Full):
                    self._waiting.put(None, timeout=patience_s)
        self._writer.join(patience_s)
        return not self._writer.is_alive()

    def _next(self) -> _Waiting | None:
        while True:
            self._heartbeat.beat()
            with contextlib.suppress(queue.Empty):
                return self._waiting.get(timeout=LOOK_S)

    def _write(self) -> None:
        ended = False
        while not ended and (first := self._next()) is not None:
            batch, ended = self._all_that_wait(first)
            requests = [request for each in batch for request in each.requests]
            outcomes = iter(self._outcomes(requests, max(each.now for each in batch)))
            for each in batch:
                each.outcomes.set_result(list(islice(outcomes, len(each.requests))))

    def _all_that_wait(self, first: _Waiting) -> tuple[list[_Waiting], bool]:
        """What waits now, and whether the recorder is to end after it."""
        batch = [first]
        while sum(len(request.marks) for each in batch for request in each.requests) < ENOUGH_TOGETHER:
            try:
                waiting = self._waiting.get_nowait()
            except queue.Empty:
                break
            if waiting is None:
                return batch, True
            batch.append(waiting)
        return batch, False

    def _outcomes(self, requests: Sequence[MarkRequest], now: datetime) -> Sequence[MarkOutcome]:
        # A request that breaks the transaction is found by recording each by itself.
        self._heartbeat.beat()
        try:
            return self._marks.record(requests, now=now)
        except RollcallError as error:
            return [error] * len(requests)
        except Exception as error:
            if is_shortage(error):
                log.error("this machine has run short: %s (%s)", error, type(error).__name__)
                return [Unavailable(ServerText.OUT_OF_RESOURCES)] * len(requests)
            log.exception("recording %d request(s) failed", len(requests))
            if len(requests) == 1:
                return [Internal(ServerText.MARK_NOT_RECORDED)]
            return [outcome for each in requests for outcome in self._outcomes([each], now)]
