"""A program of a trial: started, asked whether it is ready, killed, started again, stopped. Its output is a file."""

import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from server.config import ROOT
from server.errors import SetupProblem

# What none of them takes on a slow and busy machine either.
READY_S: Final = 120.0
STOP_S: Final = 30.0
ASKED_EVERY_S: Final = 0.1
SHOWN_LINES: Final = 4


@dataclass(slots=True)
class Program:
    """name: within the trial. kind: what it does there. is_ready: asked while it runs. tree: whose code it is.

    Not to be shared by threads.
    """

    kind: str
    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    is_ready: Callable[["Program"], bool]
    tree: Path = ROOT
    _process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)
    _written_before: int = field(default=0, init=False)

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    def start(self, *more: str) -> None:
        """more: arguments of this start alone. In a group of its own, so that Ctrl-C is for who started the trial."""
        self._written_before = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*self.command, *more],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(self.environment),
                cwd=self.tree,
                start_new_session=True,
            )

    def said(self) -> str:
        """What it has written since its start."""
        with self.log.open("rb") as log:
            log.seek(self._written_before)
            return log.read().decode("utf-8", "replace")

    def wait_ready(self) -> None:
        """Raises SetupProblem with the end of its output."""
        deadline = time.monotonic() + READY_S
        while not self.is_ready(self):
            if not self.is_running or time.monotonic() > deadline:
                raise SetupProblem(
                    "{name} did not get ready. The end of its log: {log}",
                    name=self.name,
                    log=" / ".join(self.said().strip().splitlines()[-SHOWN_LINES:]),
                )
            time.sleep(ASKED_EVERY_S)

    def kill(self) -> None:
        """By SIGKILL, with no time to do anything; nothing where it does not run."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def ask_to_stop(self) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGTERM)

    def stop(self, within_s: float = STOP_S) -> None:
        """By SIGTERM, and where that is not enough by SIGKILL."""
        self.ask_to_stop()
        if self._process is not None:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(within_s)
            self.kill()
