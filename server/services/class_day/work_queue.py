"""A bounded queue of work with threads of its own: what is heavy waits here, and never in a connection's thread."""

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Final, TypeVar

from protocol.error_texts import ServerText
from server.errors import Busy, Unavailable

Result = TypeVar("Result")
PATIENCE_S: Final = 30.0
"""How long one who brings a job waits for its result: so long clients wait for an answer. What has not begun by then
is not begun any more, for nobody is there to want it."""


class WorkQueue:
    """Runs jobs on `workers` threads in the order they came; any thread may bring one, `most_waiting` may wait."""

    def __init__(self, name: str, *, workers: int, most_waiting: int, patience_s: float = PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._jobs: queue.Queue[tuple[Callable[[], Any], Future[Any]] | None] = queue.Queue(most_waiting)
        self._threads = [
            threading.Thread(target=self._work, name=f"{name}-{number}", daemon=True) for number in range(workers)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def waiting(self) -> int:
        """How many jobs wait for their turn."""
        return self._jobs.qsize()

    def run(self, job: Callable[[], Result]) -> Result:
        """The job's result, or what it raised. Raises Busy: at once where too many wait, or when it waited too long."""
        future: Future[Result] = Future()
        try:
            self._jobs.put_nowait((job, future))
        except queue.Full:
            raise Busy(ServerText.PICTURES_WAIT, waiting=self._jobs.maxsize) from None
        try:
            return future.result(self._patience_s)
        except TimeoutError:
            if future.done() and not future.cancelled():
                return future.result()  # it ended at the last moment, or the error is the job's own
            future.cancel()
            raise Busy(ServerText.PICTURE_WAITED) from None

    def close(self, patience_s: float = PATIENCE_S) -> bool:
        """Finish what has begun, answer what waits as unavailable, end the threads; False: one did not end in time."""
        self._give_up_waiting()
        for _ in self._threads:
            self._jobs.put(None)
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
            if waiting is not None and waiting[1].set_running_or_notify_cancel():
                waiting[1].set_exception(Unavailable(ServerText.STOPPING_PICTURE))

    def _work(self) -> None:
        while (next_job := self._jobs.get()) is not None:
            job, future = next_job
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(job())
            except BaseException as error:  # noqa: BLE001 - it is raised again in the thread that waits
                future.set_exception(error)
