"""Do what is due beside the answering, in a thread of its own; what goes wrong in one duty stops no other."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from server.errors import RollcallError

from .liveness import Heartbeat, Liveness

log = logging.getLogger(__name__)

# How often what may be due is looked at: an erased template leaves the memory within that time too.
EVERY_S: Final = 2.0
# One duty may work through a term's pictures; one that takes longer than this hangs.
LIMIT_S: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Duty:
    """name: what it does, as the log says it: `the gallery is held against the database`."""

    name: str
    run: Callable[[], None]


class Duties:
    """Runs each duty in turn, every `every_s` seconds, until `close`. name: of the thread."""

    def __init__(
        self, duties: Sequence[Duty], liveness: Liveness, every_s: float = EVERY_S, name: str = "duties"
    ) -> None:
        self._duties = duties
        self._every_s = every_s
        self._told: dict[str, str] = {}  # by duty: what was last logged about it, so that it is logged once
        self._ending = threading.Event()
        self._heartbeat: Heartbeat = liveness.watch(name, LIMIT_S)
        self._thread = self._heartbeat.thread = threading.Thread(target=self._work, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self, patience_s: float = 5.0) -> bool:
        """Begin no further duty; False: the one that had begun did not end in time."""
        self._ending.set()
        if self._thread.ident is not None:
            self._thread.join(patience_s)
        return not self._thread.is_alive()

    def is_ending(self) -> bool:
        """For a duty that would take long: whether it is to begin nothing more."""
        return self._ending.is_set()

    def run_once(self) -> None:
        """Each duty once, in order. Raises nothing."""
        for duty in self._duties:
            if self._ending.is_set():
                return
            self._heartbeat.beat()
            self._run(duty)

    def _work(self) -> None:
        while not self._ending.is_set():
            self.run_once()
            self._heartbeat.beat()
            self._ending.wait(self._every_s)

    def _run(self, duty: Duty) -> None:
        try:
            duty.run()
        except RollcallError as error:
            self._tell(duty, f"{error.code}: {error.log_text}", logging.WARNING)
        except Exception as error:  # noqa: BLE001 - a defect in one duty must not take the others, nor the answering
            self._tell(duty, f"{type(error).__name__} in {_place(error)}", logging.ERROR)
        else:
            if self._told.pop(duty.name, None) is not None:
                log.info("%s: it is done again", duty.name)

    def _tell(self, duty: Duty, why: str, level: int) -> None:
        if self._told.get(duty.name) != why:
            log.log(level, "%s: not now, and tried again every %g s: %s", duty.name, self._every_s, why)
        self._told[duty.name] = why


def _place(error: BaseException) -> str:
    """Where it was raised, by module and line: its text may hold what stands in the database."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}" if trace else "?"
