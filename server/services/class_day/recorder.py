"""Record marks that many connections bring at once in one transaction, the short ones first."""

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Final

from protocol.error_texts import ServerText
from server.domain.ledger import MarkOutcome, MarkRequest
from server.errors import Busy, Internal, RollcallError, Unavailable, UnreadableRecord, is_shortage
from server.process.liveness import LOOK_S, Heartbeat, Liveness
from server.store import MarkStore
from settings.logs import safe_cause

log = logging.getLogger(__name__)

# Requests that may wait for the database before a further one is told that the server is busy.
MOST_WAITING: Final = 1024
# Marks in one transaction after which no further request joins it: enough that the disk's sync is no longer what
# limits, and few enough (a tenth of a second) that who comes next does not wait long.
ENOUGH_TOGETHER: Final = 500
# So much later than a single mark each further one of a batch may be: a class of 60 gives way for a third of a second,
# the longest batch for ten, and then it is first whatever comes.
LATER_S_A_MARK: Final = 0.005
# A transaction ends within the database's own limits, a minute at most. One that takes longer than this never ends.
TRANSACTION_LIMIT_S: Final = 120.0
# How long a close waits for what was accepted to be on disk.
CLOSE_PATIENCE_S: Final = 60.0


@dataclass(eq=False, slots=True)
class _Waiting:
    """Requests that came together; their outcomes are in the same order."""

    requests: Sequence[MarkRequest]
    now: datetime
    due: float = 0.0
    marks: int = 0
    courses: frozenset[str] = frozenset()
    outcomes: Future[Sequence[MarkOutcome]] = field(default_factory=Future)

    def __post_init__(self) -> None:
        self.marks = sum(len(request.marks) for request in self.requests)
        self.courses = frozenset(mark.course for request in self.requests for mark in request.marks)
        self.due = time.monotonic() + self.marks * LATER_S_A_MARK


class Recorder:
    """Records requests; those that wait while the disk is busy share a commit.

    lanes: transactions at once, where the database can do several; each is then of other courses, so that one that has
    to wait for a row of its course keeps no other course waiting. For any thread; it owns those that write marks.
    """

    def __init__(self, marks: MarkStore, liveness: Liveness | None = None, lanes: int = 1) -> None:
        self._marks = marks
        self._lanes = lanes
        self._changed = threading.Condition()
        self._waiting: list[_Waiting] = []
        self._at_work: set[str] = set()
        self._closed = False
        liveness = liveness or Liveness()
        self._writers = [self._writer(liveness, number) for number in range(lanes)]
        for writer in self._writers:
            writer.start()

    def _writer(self, liveness: Liveness, number: int) -> threading.Thread:
        name = f"recorder-{number}" if number else "recorder"
        heartbeat = liveness.watch(name, TRANSACTION_LIMIT_S)
        heartbeat.thread = threading.Thread(target=self._write, args=(heartbeat,), name=name, daemon=True)
        return heartbeat.thread

    @property
    def waiting(self) -> int:
        with self._changed:
            return len(self._waiting)

    def record(self, requests: Sequence[MarkRequest], *, now: datetime) -> Sequence[MarkOutcome]:
        """What stands for each request, once it is on disk, or the error that refused it. Raises Busy, Unavailable.

        What keeps one back for later keeps back those behind it that are in another transaction.
        """
        outcomes: list[MarkOutcome] = []
        for piece in _pieces(requests):
            last = outcomes[-1] if outcomes else None
            if isinstance(last, RollcallError) and last.retry:
                outcomes += [last] * len(piece)
            else:
                outcomes += self._bring(piece, now).outcomes.result()
        return outcomes

    def _bring(self, requests: Sequence[MarkRequest], now: datetime) -> _Waiting:
        waiting = _Waiting(requests, now)
        with self._changed:
            if self._closed:
                raise Unavailable(ServerText.STOPPING_MARK)
            if len(self._waiting) >= MOST_WAITING:
                raise Busy(ServerText.MARKS_WAIT)
            self._waiting.append(waiting)
            self._changed.notify()
        return waiting

    def close(self, patience_s: float = CLOSE_PATIENCE_S) -> bool:
        """Record what was accepted, take no more, and end the threads; False: one did not end in time."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        deadline = time.monotonic() + patience_s
        for writer in self._writers:
            writer.join(max(deadline - time.monotonic(), 0))
        return not any(writer.is_alive() for writer in self._writers)

    def _write(self, heartbeat: Heartbeat) -> None:
        while batch := self._next(heartbeat):
            requests = [request for each in batch for request in each.requests]
            outcomes = iter(self._outcomes(requests, max(each.now for each in batch), heartbeat))
            with self._changed:
                self._at_work -= {course for each in batch for course in each.courses}
                self._changed.notify_all()
            for each in batch:
                each.outcomes.set_result(list(islice(outcomes, len(each.requests))))

    def _next(self, heartbeat: Heartbeat) -> list[_Waiting]:
        """What is recorded together next; nothing: the recorder is closed, and nothing waits."""
        with self._changed:
            while True:
                heartbeat.beat()
                if batch := self._due():
                    self._waiting = [each for each in self._waiting if each not in batch]
                    self._at_work |= {course for each in batch for course in each.courses}
                    return batch
                if self._closed and not self._waiting:
                    return []
                self._changed.wait(LOOK_S)

    def _due(self) -> list[_Waiting]:
        free = (each for each in sorted(self._waiting, key=lambda one: one.due) if self._is_free(each))
        batch = list(islice(free, 1))
        marks = sum(each.marks for each in batch)
        for each in free:
            if marks + each.marks <= ENOUGH_TOGETHER and (self._lanes == 1 or each.courses <= batch[0].courses):
                batch.append(each)
                marks += each.marks
        return batch

    def _is_free(self, waiting: _Waiting) -> bool:
        return self._at_work.isdisjoint(waiting.courses)

    def _outcomes(self, requests: Sequence[MarkRequest], now: datetime, heartbeat: Heartbeat) -> Sequence[MarkOutcome]:
        # A request that breaks the transaction is found by recording each by itself.
        heartbeat.beat()
        try:
            return self._marks.record(requests, now=now)
        except UnreadableRecord as error:
            return self._singly(requests, now, heartbeat) if len(requests) > 1 else [error]
        except RollcallError as error:
            return [error] * len(requests)
        except Exception as error:
            if is_shortage(error):
                log.error("this machine has run short: %s", safe_cause(error))
                return [Unavailable(ServerText.OUT_OF_RESOURCES)] * len(requests)
            log.exception("recording %d request(s) failed", len(requests))
            if len(requests) == 1:
                return [Internal(ServerText.MARK_NOT_RECORDED)]
            return self._singly(requests, now, heartbeat)

    def _singly(self, requests: Sequence[MarkRequest], now: datetime, heartbeat: Heartbeat) -> list[MarkOutcome]:
        return [outcome for each in requests for outcome in self._outcomes([each], now, heartbeat)]


def _pieces(requests: Sequence[MarkRequest]) -> Iterator[Sequence[MarkRequest]]:
    """As many of them as a transaction takes at a time, or a single one that has more marks."""
    piece: list[MarkRequest] = []
    marks = 0
    for each in requests:
        if piece and marks + len(each.marks) > ENOUGH_TOGETHER:
            yield piece
            piece, marks = [], 0
        piece.append(each)
        marks += len(each.marks)
    if piece:
        yield piece
