"""Notice a thread that no longer gives a sign of life, so that a server that is deaf ends instead of living on."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

# How often the threads are looked at; a limit is counted in such looks, not by a clock: after the whole machine was
# suspended each thread has missed one look, and not all of them.
LOOK_S: Final = 1.0


@dataclass(slots=True)
class Heartbeat:
    """One thread's sign of life: that thread alone calls `beat`, and the one that watches counts.

    limit_s: how long the thread may be busy with one piece of work.
    """

    name: str
    limit_s: float
    thread: threading.Thread | None = None
    beats: int = 0

    def beat(self) -> None:
        self.beats += 1

    @property
    def has_ended(self) -> bool:
        """Whether its thread is known, was started and is over."""
        return self.thread is not None and self.thread.ident is not None and not self.thread.is_alive()


@dataclass
class Liveness:
    """The threads without which nobody is answered. Heartbeats are added at the start; one thread calls `silent`."""

    heartbeats: list[Heartbeat] = field(default_factory=list)
    _seen: dict[int, tuple[int, int]] = field(default_factory=dict)  # beats at the last look, and looks since

    def watch(self, name: str, limit_s: float) -> Heartbeat:
        """A heartbeat for the thread of that name."""
        heartbeat = Heartbeat(name, limit_s)
        self.heartbeats.append(heartbeat)
        return heartbeat

    def silent(self) -> str | None:
        """What is wrong with the first thread that has ended or gave no sign for its limit. Every LOOK_S seconds."""
        return next(self._silent(), None)

    def _silent(self) -> Iterator[str]:
        for number, heartbeat in enumerate(self.heartbeats):
            beats, looks = self._seen.get(number, (-1, 0))
            looks = 0 if beats != heartbeat.beats else looks + 1
            self._seen[number] = heartbeat.beats, looks
            if heartbeat.has_ended:
                yield f"the thread {heartbeat.name!r} has ended"
            elif looks * LOOK_S > heartbeat.limit_s:
                yield f"the thread {heartbeat.name!r} gave no sign of life for {heartbeat.limit_s:g} s"
