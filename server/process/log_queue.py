"""Write the log in a thread of its own: who logs never waits for who reads, and what finds no place is counted."""

import contextlib
import logging
import os
import queue
import sys
import threading
import time
from logging.handlers import QueueHandler
from typing import Any, Final

from server.counted import counted

# Some minutes of a busy server; at 500 bytes a line 4 MB.
MOST_WAITING: Final = 8192
# What a line may have; a traceback is the longest that is written.
MOST_CHARACTERS: Final = 16_384
# How long an end waits for the last lines.
PATIENCE_S: Final = 2.0


class _Dropping(QueueHandler):
    """Puts a record where there is a place, and counts it where there is none. Its own lock guards the count."""

    dropped = 0

    def enqueue(self, record: logging.LogRecord) -> None:
        try:
            self.queue.put_nowait(record)
        except queue.Full:
            self.dropped += 1

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002 - as logging calls it
        # Its own would print to the very standard error that may hang.
        self.dropped += 1

    def take_dropped(self) -> int:
        with self.lock or contextlib.nullcontext():
            dropped, self.dropped = self.dropped, 0
        return dropped


class LogQueue:
    """Takes the place of the root's handlers until `close`. descriptor: where the lines go, standard error."""

    def __init__(self, descriptor: int | None = None, most_waiting: int = MOST_WAITING) -> None:
        self._descriptor = sys.stderr.fileno() if descriptor is None else descriptor
        self._records: queue.Queue[logging.LogRecord | None] = queue.Queue(most_waiting)
        self._handler = _Dropping(self._records)
        self._root = logging.getLogger()
        self._before = list(self._root.handlers)
        for handler in self._before:
            self._root.removeHandler(handler)
            self._handler.setFormatter(handler.formatter)
        self._formatter = self._handler.formatter or logging.Formatter()
        self._root.addHandler(self._handler)
        self._writer = threading.Thread(target=self._write, name="log", daemon=True)
        self._writer.start()

    def close(self, patience_s: float = PATIENCE_S) -> bool:
        """Write what waits, and give the root its handlers back; False: nobody reads, and the rest is given up."""
        deadline = time.monotonic() + patience_s
        self._root.removeHandler(self._handler)
        with contextlib.suppress(queue.Full):
            self._records.put(None, timeout=patience_s)
        self._writer.join(max(deadline - time.monotonic(), 0))
        written = not self._writer.is_alive()
        if written:
            for handler in self._before:
                self._root.addHandler(handler)
        return written

    def _write(self) -> None:
        while (record := self._records.get()) is not None:
            # A line that cannot be written is lost, and no reason to write no other: no memory, no disk, no reader.
            with contextlib.suppress(Exception):
                self._put(record.getMessage())
                if dropped := self._handler.take_dropped():
                    self._put(self._formatter.format(_of_dropped(dropped)))

    def _put(self, line: str) -> None:
        left = (line[:MOST_CHARACTERS] + "\n").encode(errors="replace")
        while left:
            left = left[os.write(self._descriptor, left) :]


def _of_dropped(count: int) -> logging.LogRecord:
    text = f"{counted(count, 'line')} of the log found no place and {'is' if count == 1 else 'are'} missing here"
    values: dict[str, Any] = {"name": __name__, "levelno": logging.WARNING, "levelname": "WARNING", "msg": text}
    return logging.makeLogRecord(values)
