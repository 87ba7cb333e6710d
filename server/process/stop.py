"""Turn SIGTERM and Ctrl-C into an end that comes whatever happens, and SIGHUP into reading files anew."""

import os
import select
import signal
import socket
import time
from collections.abc import Callable
from types import FrameType
from typing import Final, NoReturn

# After a signal the process ends within this, by the kernel where it cannot by itself: longer than everything that a
# stop waits for takes together, and shorter than the service manager's own patience (TimeoutStopSec of the unit).
LAST_RESORT_S: Final = 42
# EX_SOFTWARE of sysexits.h: the service manager starts the server again.
DEAF_STATUS: Final = 70


class Stop:
    """A signal ends the start-up at once, else has what was accepted answered. For the main thread."""

    def __init__(self, last_resort_s: int = LAST_RESORT_S) -> None:
        self.starting = True
        self._last_resort_s = last_resort_s
        self._wanted = False
        self._reload: Callable[[], None] = lambda: None
        # Woken by the system's part of the signal. An Event would not do: a signal that comes while the main thread
        # begins to wait, and holds its lock, would wait for that lock for ever.
        self._woken, self._waker = socket.socketpair()
        self._waker.setblocking(False)
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self)

    def __call__(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - so signals are told
        if self._wanted:
            return
        self._wanted = True
        _end_at_last(self._last_resort_s)
        if self.starting:
            raise SystemExit(0)

    def reload_by_hangup(self, reload: Callable[[], None]) -> None:
        """Have `wait` do this for each SIGHUP, which else ends the process as any other program."""
        self._reload = reload
        signal.signal(signal.SIGHUP, lambda *_: None)

    def wait(self, seconds: float) -> bool:
        """Whether a signal to end has come."""
        if self._wanted:
            return True
        if not select.select([self._woken], (), (), seconds)[0]:
            return False
        numbers = set(self._woken.recv(4096))
        if signal.SIGHUP in numbers:
            self._reload()
        return numbers != {signal.SIGHUP}

    def close(self) -> None:
        """Further signals change nothing."""
        signal.set_wakeup_fd(-1)
        self._woken.close()
        self._waker.close()


def drain(seconds: float) -> None:
    """Let proxies see that it is not ready any more, while everything is still answered."""
    time.sleep(seconds)


def _end_at_last(seconds: int) -> None:
    # The kernel's own timer: a thread that should end the process may be what does not start or does not end.
    if hasattr(signal, "alarm"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(seconds)


def end_now(status: int) -> NoReturn:
    """End without the interpreter's own steps: they wait for threads, and break a native library at work."""
    os._exit(status)
