"""A bounded queue of work with threads of its own: what is heavy waits here, and never in a connection's thread."""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from server.errors import Busy

Result = TypeVar("Result")


class WorkQueue:
    """Runs jobs on `workers` threads in the order they came; any thread may bring one, `most_waiting` may wait."""

    def __init__(self, name: str, *, workers: int, most_waiting: int) -> None:
        self._jobs: queue.Queue[tuple[Callable[[], Any], Future[Any]] | None] = queue.Queue(most_waiting)
        self._threads = [
            threading.Thread(target=self._work, name=f"{name}-{number}", daemon=True) for number in range(workers)
        ]
        for thread in self._threads:
            thread.start()

    def run(self, job: Callable[[], Result]) -> Result:
        """The job's result, or what it raised. Raises Busy at once where too many wait already."""
        future: Future[Result] = Future()
        try:
            self._jobs.put_nowait((job, future))
        except queue.Full:
            raise Busy(f"{self._jobs.maxsize} pictures wait already; send this one again in a moment.") from None
        return future.result()

    def close(self) -> None:
        """Finish what waits, then end the threads. Nothing may be run after it."""
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while (next_job := self._jobs.get()) is not None:
            job, future = next_job
            try:
                future.set_result(job())
            except BaseException as error:  # noqa: BLE001 - it is raised again in the thread that waits
                future.set_exception(error)
