"""Start the real programs, and speak as a client of 2019 did."""

import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

# The first start on a machine reads and converts the networks.
ROOT: Final = Path(__file__).resolve().parent.parent
COMMAND_PATIENCE_S: Final = 120.0
READY_PATIENCE_S: Final = 120.0
STOP_PATIENCE_S: Final = 20.0
LONGEST_OLD_ANSWER: Final = 64 * 1024


class ProgramFailed(Exception):
    """The text is a sentence with what the program said."""


def run_json(
    folder: Path, program: str, *arguments: str, answers: str = "", settings: Mapping[str, str] | None = None
) -> Any:
    """What a command prints with --json. answers: lines for its standard input. settings: beside the folder's own.

    Raises ProgramFailed.
    """
    command = [sys.executable, str(ROOT / program), *arguments, "--json"]
    try:
        done = subprocess.run(
            command,
            input=answers,
            capture_output=True,
            encoding="utf-8",
            timeout=COMMAND_PATIENCE_S,
            env={**_environment(folder), **(settings or {})},
            cwd=folder,
        )
    except subprocess.TimeoutExpired:
        raise ProgramFailed(f"`{program} {arguments[0]}` did not end within {COMMAND_PATIENCE_S:g} s.") from None
    if done.returncode:
        raise ProgramFailed(f"`{program} {arguments[0]}` ended with status {done.returncode}: {done.stderr.strip()}")
    return json.loads(done.stdout)


@contextmanager
def shown_code(folder: Path, program: str, *arguments: str, settings: Mapping[str, str]) -> Iterator[str]:
    """The code that a window shows; with the block's end it has been approved. Raises ProgramFailed."""
    command = [sys.executable, "-u", str(ROOT / program), *arguments]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env={**_environment(folder), **settings},
        cwd=folder,
    ) as window:
        try:
            line = window.stdout.readline() if window.stdout else ""
            yield line.split()[-1] if line else ""
            said = window.communicate(timeout=COMMAND_PATIENCE_S)[1]
        except subprocess.TimeoutExpired:
            raise ProgramFailed("The window did not hear that its code was approved.") from None
        finally:
            window.kill()
    if window.returncode:
        raise ProgramFailed(f"`{program} {arguments[0]}` ended with status {window.returncode}: {said.strip()}")


def _environment(folder: Path) -> dict[str, str]:
    """The folder's database, key and outbox, and no other setting of Rollcall."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ROLLCALL_")}
    return {
        **kept,
        "ROLLCALL_DATABASE": str(folder / "rollcall.sqlite"),
        "ROLLCALL_KEY_FILE": str(folder / "key"),
        "ROLLCALL_KNOWNS": str(folder / "knowns"),
        "ROLLCALL_TIMEOUT_S": f"{COMMAND_PATIENCE_S:g}",
        "ROLLCALL_OUTBOX": str(folder / "outbox.sqlite"),
        "PYTHONIOENCODING": "utf-8",
    }


@dataclass(frozen=True, slots=True)
class Where:
    """Where a server is asked."""

    host: str
    port: int

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Running(Where):
    """ready_s: seconds from its start until it said so."""

    process: subprocess.Popen[str]
    ready_s: float

    def stop(self) -> int:
        """By SIGTERM; its exit status. Raises ProgramFailed where it does not end."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STOP_PATIENCE_S)
        except subprocess.TimeoutExpired:
            raise ProgramFailed(f"The server did not stop within {STOP_PATIENCE_S:g} s of SIGTERM.") from None


@contextmanager
def running_server(folder: Path, *flags: str) -> Iterator[Running]:
    """On a free port of loopback; ended with the block. Its log goes to serve.log in `folder`."""
    program = str(ROOT / "face_recog_server.py")
    command = [sys.executable, program, "serve", "--host", "127.0.0.1", "--port", "0", *flags]
    started = time.monotonic()
    with (folder / "serve.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=log, encoding="utf-8", env=_environment(folder), cwd=folder
        )
    try:
        port = _ready_port(process, folder)
        yield Running("127.0.0.1", port, process, time.monotonic() - started)
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def _ready_port(process: subprocess.Popen[str], folder: Path) -> int:
    """Raises ProgramFailed with the log's end where the line `ready on` does not come."""
    lines: queue.Queue[str] = queue.Queue()
    assert process.stdout is not None  # noqa: S101 - it was started with a pipe
    readline = process.stdout.readline
    threading.Thread(target=lambda: lines.put(readline()), daemon=True).start()
    try:
        line = lines.get(timeout=READY_PATIENCE_S)
    except queue.Empty:
        line = ""
    if not line.startswith("ready on "):
        log = (folder / "serve.log").read_text(encoding="utf-8").strip().splitlines()
        raise ProgramFailed("The server did not get ready. The end of its log:\n" + "\n".join(log[-5:]))
    return int(line.rsplit(":", 1)[1])


def ask_as_in_2019(server: Where, message: bytes) -> str:
    """Send one unframed message and read until the server closes, without closing our side, as the old client did."""
    with socket.create_connection((server.host, server.port), timeout=COMMAND_PATIENCE_S) as client:
        client.sendall(message)
        answer = bytearray()
        while len(answer) < LONGEST_OLD_ANSWER and (data := client.recv(1024)):
            answer += data
    return answer.decode("utf-8", "replace")
