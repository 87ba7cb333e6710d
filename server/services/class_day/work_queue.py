"""A bounded queue of work with threads of its own, so that what is heavy runs in no connection's thread."""

import contextlib
import itertools
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from protocol.error_texts import ServerText
from server.errors import Busy, Unavailable
from server.process.liveness import LOOK_S, Heartbeat, Liveness

Result = TypeVar("Result")
# How long a result is waited for, as clients wait for an answer. A job that has not begun by then never begins, for
# nobody is there to want it.
PATIENCE_S: Final = 30.0
# The dearest picture that the limits allow takes some 30 s here, and a few minutes on the slowest machine that is
# supported. A job that takes longer than this hangs, and everybody's pictures with it.
JOB_LIMIT_S: Final = 600.0


@dataclass(order=True, slots=True)
class _Waiting:
    rank: int  # urgent jobs first, then in the order in which they came
    number: int
    job: Callable[[], Any] | None = field(compare=False)  # None: the worker ends
    future: Future[Any] = field(compare=False)


class WorkQueue:
    """Runs jobs of any thread on `workers` threads in the order they came; `most_waiting` may wait.

    Urgent ones come first and always find a place: each follows another job of the same thread.
    """

    def __init__(
        self,
        name: str,
        *,
        workers: int,
        most_waiting: int,
        patience_s: float = PATIENCE_S,
        liveness: Liveness | None = None,
    ) -> None:
        self._patience_s = patience_s
        self._most_waiting = most_waiting
        self._jobs: queue.PriorityQueue[_Waiting] = queue.PriorityQueue()
        self._numbers = itertools.count()
        self._bringing = threading.Lock()
        liveness = liveness or Liveness()
        self._threads = [self._worker(f"{name}-{number}", liveness) for number in range(workers)]
        for thread in self._threads:
            thread.start()

    def _worker(self, name: str, liveness: Liveness) -> threading.Thread:
        heartbeat = liveness.watch(name, JOB_LIMIT_S)
        heartbeat.thread = threading.Thread(target=self._work, args=(heartbeat,), name=name, daemon=True)
        return heartbeat.thread

    @property
    def waiting(self) -> int:
        return self._jobs.qsize()

    def run(self, job: Callable[[], Result], *, urgent: bool = False) -> Result:
        """The job's result, or what it raised. Raises Busy where too many wait, or when it waited too long."""
        future: Future[Result] = Future()
        with self._bringing:
            if not urgent and self.waiting >= self._most_waiting:
                raise Busy(ServerText.PICTURES_WAIT, waiting=self._most_waiting)
            self._jobs.put(_Waiting(0 if urgent else 1, next(self._numbers), job, future))
        try:
            return future.result(self._patience_s)
        except TimeoutError:
            if future.done() and not future.cancelled():
                return future.result()  # it ended at the last moment, or the error is the job's own
            future.cancel()
            raise Busy(ServerText.PICTURE_WAITED) from None

    def close(self, patience_s: float = PATIENCE_S) -> bool:
        """Finish what has begun, refuse what waits, and end the threads; False: one did not end in time."""
        self._give_up_waiting()
        for _ in self._threads:
            self._jobs.put(_Waiting(2, next(self._numbers), None, Future()))
        deadline = time.monotonic() + patience_s
        for thread in self._threads:
            thread.join(max(deadline - time.monotonic(), 0))
        return not any(thread.is_alive() for thread in self._threads)

    def _give_up_waiting(self) -> None:
        while True:
            try:
                waiting = self._jobs.get_nowait()
            except queue.Empty:
                return
            if waiting.job is not None and waiting.future.set_running_or_notify_cancel():
                waiting.future.set_exception(Unavailable(ServerText.STOPPING_PICTURE))

    def _next(self, heartbeat: Heartbeat) -> _Waiting:
        while True:
            heartbeat.beat()
            with contextlib.suppress(queue.Empty):
                return self._jobs.get(timeout=LOOK_S)

    def _work(self, heartbeat: Heartbeat) -> None:
        while (job := (waiting := self._next(heartbeat)).job) is not None:
            future = waiting.future
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(job())
            except BaseException as error:  # noqa: BLE001 - it is raised again in the thread that waits
                future.set_exception(error)
