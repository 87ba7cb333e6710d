"""A bounded queue of work with threads of its own, so that what is heavy runs in no connection's thread.

What cannot be answered in time is dropped before it begins, and so is what nobody waits for any more.
"""

import itertools
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from protocol.error_texts import ServerText
from server.errors import Busy, Unavailable
from server.process.liveness import LOOK_S, Heartbeat, Liveness
from server.services.class_day.fair_order import FairOrder, Sender

Result = TypeVar("Result")
# In so long an answer is there, or that there is none. Clients wait 30 s from the first byte that they send: five are
# left for the picture's way here, and for one that takes longer than was expected.
PATIENCE_S: Final = 25.0
# So long a picture waits for its turn that alone takes longer than clients wait as a rule: on a machine so slow
# somebody has set them to wait longer.
LEAST_WAIT_S: Final = 3.0
# So long a sender with time waits for its turn.
TURN_PATIENCE_S: Final = 30.0
# So often it is looked whether a sender is still there: what waits for nobody holds a place and a thread.
HANG_UP_LOOK_S: Final = 1.0
# How long `close` waits for what has begun.
CLOSE_PATIENCE_S: Final = 30.0
# The dearest picture that the limits allow takes some 30 s here, and a few minutes on the slowest machine that is
# supported. A job that takes longer than this hangs, and everybody's pictures with it.
JOB_LIMIT_S: Final = 600.0

NOBODY_IN_PARTICULAR: Final = Sender()
GONE: Final = "The sender hung up before the picture's turn."


@dataclass(eq=False, slots=True)
class _Waiting:
    sender: Sender
    number: int
    job: Callable[[], Any]
    arrived: float
    is_urgent: bool = False
    future: Future[Any] = field(default_factory=Future)
    context: Context = field(default_factory=copy_context)  # whoever waits: what is measured is told there


class WorkQueue:
    """Runs jobs of any thread on `workers` threads, in FairOrder; `most_waiting` may wait.

    Urgent ones come first and always find a place: each follows another job of the same thread. measure: told of each
    job how long it waited and worked, in seconds.
    """

    def __init__(
        self,
        name: str,
        *,
        workers: int,
        most_waiting: int,
        patience_s: float = PATIENCE_S,
        turn_patience_s: float = TURN_PATIENCE_S,
        liveness: Liveness | None = None,
        clock: Callable[[], float] = time.monotonic,
        measure: Callable[[str, float], None] | None = None,
    ) -> None:
        self._clock = clock
        self._measure = measure or (lambda _step, _seconds: None)
        self._patience_s = patience_s
        self._turn_patience_s = turn_patience_s
        self._most_waiting = most_waiting
        self._lock = threading.Lock()
        self._came = threading.Condition(self._lock)  # for the workers
        self._went = threading.Condition(self._lock)  # for those who wait for their turn
        self._order = FairOrder()
        self._urgent: list[_Waiting] = []
        self._jobs: list[_Waiting] = []
        self._numbers = itertools.count()
        self._is_closed = False
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
        with self._lock:
            return len(self._urgent) + len(self._jobs)

    def run(self, job: Callable[[], Result], sender: Sender = NOBODY_IN_PARTICULAR, *, urgent: bool = False) -> Result:
        """The job's result, or what it raised, however long it takes once it has begun.

        Raises Busy where others have to come first, or where it could no longer be answered in time.
        """
        waiting = _Waiting(sender, next(self._numbers), job, self._clock(), urgent)
        del job  # with it a picture: whoever waits here keeps it no longer than the worker
        self._bring(waiting)
        try:
            if not urgent:
                self._wait_for_turn(waiting)
            result: Result = waiting.future.result()
            return result
        finally:
            del waiting  # what it raised would hold the frame that holds it

    def _bring(self, waiting: _Waiting) -> None:
        with self._lock:
            if self._is_closed:
                raise Unavailable(ServerText.STOPPING_PICTURE)
            (self._urgent if waiting.is_urgent else self._jobs).append(waiting)
            if not waiting.is_urgent:
                self._make_room()
            self._came.notify()

    def _make_room(self) -> None:
        """Those who have time are not counted: as many as there are connections may wait."""
        in_haste = [each for each in self._jobs if not each.sender.has_time]
        if len(in_haste) <= self._most_waiting:
            return
        gone = [each for each in in_haste if not each.sender.is_there()]
        for each in gone or [self._order.last_of(in_haste)]:
            self._drop(each, Busy(GONE) if gone else Busy(ServerText.PICTURES_WAIT, waiting=self._most_waiting))

    def _drop(self, waiting: _Waiting, why: Busy | Unavailable) -> None:
        self._jobs.remove(waiting)
        waiting.future.set_exception(why)
        self._went.notify_all()

    def _wait_for_turn(self, waiting: _Waiting) -> None:
        """Until it begins or is dropped."""
        with self._lock:
            while waiting in self._jobs and (left := self._latest_start(waiting) - self._clock()) > 0:
                if not waiting.sender.is_there():
                    self._drop(waiting, Busy(GONE))
                    return
                self._went.wait(min(left, HANG_UP_LOOK_S))
            if waiting in self._jobs:
                self._drop(waiting, Busy(ServerText.PICTURE_WAITED))

    def _latest_start(self, waiting: _Waiting) -> float:
        """When it has to begin to be answered in time."""
        if waiting.sender.has_time:
            return waiting.arrived + self._turn_patience_s
        expected_s = self._order.expected_s(waiting.sender)
        return waiting.arrived + max(self._patience_s - expected_s, min(LEAST_WAIT_S, self._patience_s))

    def close(self, patience_s: float = CLOSE_PATIENCE_S) -> bool:
        """Finish what has begun, refuse what waits, and end the threads; False: one did not end in time."""
        with self._lock:
            self._is_closed = True
            self._jobs += self._urgent
            self._urgent.clear()
            for each in list(self._jobs):
                self._drop(each, Unavailable(ServerText.STOPPING_PICTURE))
            self._came.notify_all()
        deadline = time.monotonic() + patience_s
        for thread in self._threads:
            thread.join(max(deadline - time.monotonic(), 0))
        return not any(thread.is_alive() for thread in self._threads)

    def _work(self, heartbeat: Heartbeat) -> None:
        while (waiting := self._next(heartbeat)) is not None:
            began = self._clock()
            waiting.context.run(self._measure, "wait", began - waiting.arrived)
            self._do(waiting)
            waiting.context.run(self._measure, "work", self._clock() - began)
            with self._lock:
                self._order.end(waiting.sender, self._clock() - began, is_more=waiting.is_urgent)
            del waiting  # a picture is forgotten with its answer, not with the next picture

    def _do(self, waiting: _Waiting) -> None:
        try:
            waiting.future.set_result(waiting.job())
        except BaseException as error:  # noqa: BLE001 - it is raised again in the thread that waits
            waiting.future.set_exception(error)
        finally:
            del waiting  # else what was raised would hold it, and it what was raised

    def _next(self, heartbeat: Heartbeat) -> _Waiting | None:
        """The next that can be answered in time, and that somebody waits for; None: the queue is closed."""
        with self._lock:
            while not self._is_closed:
                heartbeat.beat()
                if (waiting := self._taken()) is not None:
                    return waiting
                self._came.wait(LOOK_S)
        return None

    def _taken(self) -> _Waiting | None:
        if self._urgent:
            return self._urgent.pop(0)
        while self._jobs:
            waiting = self._order.next_of(self._jobs)
            if self._clock() > self._latest_start(waiting):
                self._drop(waiting, Busy(ServerText.PICTURE_WAITED))
            elif not waiting.sender.is_there():
                self._drop(waiting, Busy(GONE))
            else:
                self._jobs.remove(waiting)
                self._order.begin(waiting.sender)
                self._went.notify_all()
                return waiting
        return None
