"""Do what may wait in a thread of its own.

A daemon and no QThread: one that is stuck on a silent server could neither be ended nor destroyed at the window's end.
"""

import logging
import queue
import threading
from collections.abc import Callable

from PySide6.QtCore import QObject

_log = logging.getLogger(__name__)

Job = Callable[[], object]


class WorkerThread(QObject):
    """Does jobs one after the other. `run` and `close` may be called by any thread; signals reach the window's own."""

    def __init__(self, name: str, at_end: Job = lambda: None) -> None:
        """at_end: done by the thread when all else is."""
        super().__init__()
        self._at_end = at_end
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def run(self, job: Job) -> None:
        """Do this when what came before is done."""
        self._jobs.put(job)

    def close(self, patience_s: float = 0.5) -> None:
        """Do what has been asked so far and end; not waited for longer than `patience_s`."""
        self._jobs.put(None)
        self._thread.join(patience_s)
        self._closed.set()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job()
            except Exception:  # noqa: BLE001 - told with its traceback
                # A job tells of what it expects by signals; anything else must not end the thread for all later ones.
                # Behind the window's end there is nobody left to tell.
                if not self._closed.is_set():
                    _log.exception("a job of the window's thread %s failed", self._thread.name)
        self._at_end()
