"""The real programs as processes: start the server, wait until it is ready, speak to it, stop it, run a command."""

import contextlib
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from protocol import messages
from protocol.framing import FrameDecoder
from tests import weights

ROOT = Path(__file__).resolve().parent.parent
SERVER = str(ROOT / "face_recog_server.py")
CLIENT = str(ROOT / "attendance_client.py")
PATIENCE_S = 120.0
"""What nothing here takes on a slow and busy machine either; it ends a test that would hang."""


def _where_it_is_noon() -> str:
    offset_h = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-offset_h:+d}"  # the sign is what has to be added for Greenwich's time


CAMPUS = _where_it_is_noon()
"""The time zone of the servers and commands that tests start: on their campus no day ends while tests run."""


def environment(**more: str) -> dict[str, str]:
    """This process's, without settings of Rollcall that a developer may have."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ROLLCALL_")}
    family = {} if weights.are_here() else {"ROLLCALL_FAMILY": "dlib"}
    return {**kept, **family, "ROLLCALL_TIMEZONE": CAMPUS, "PYTHONWARNINGS": "error::ResourceWarning", **more}


def run(program: str, *arguments: str, answers: str = "", env: Mapping[str, str] | None = None) -> Any:
    """One command to its end: subprocess.CompletedProcess with text."""
    return subprocess.run(
        [sys.executable, program, *arguments],
        input=answers,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S * 3,
        env=dict(env or environment()),
        encoding="utf-8",
    )


def run_json(program: str, *arguments: str) -> Any:
    """What a command prints with --json, once it has succeeded."""
    done = run(program, *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@dataclass
class Running:
    """A server that is ready. log: what it has written to standard error so far."""

    process: subprocess.Popen[str]
    port: int
    log: list[str] = field(default_factory=list)
    lines: "queue.Queue[str]" = field(default_factory=queue.Queue)  # of standard output, behind the first

    @property
    def http_address(self) -> str:
        """Where HTTP is answered, once. The server was started with --http-port."""
        line = self.lines.get(timeout=PATIENCE_S)
        assert line.startswith(("http on ", "https on ")), line
        return line.partition(" on ")[2].strip()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S)

    def end(self, number: int = signal.SIGTERM, patience_s: float = PATIENCE_S) -> int:
        """Send a signal and give the exit status."""
        self.process.send_signal(number)
        return self.process.wait(patience_s)


@contextmanager
def serving(
    folder: Path,
    *flags: str,
    database: str | None = None,
    prefix: tuple[str, ...] = (),
    env: Mapping[str, str] | None = None,
) -> Iterator[Running]:
    """A server on a free port with its database, key and photographs in the folder; ended at the end."""
    knowns = folder / "knowns"
    knowns.mkdir(exist_ok=True)
    command = [
        *prefix,
        sys.executable,
        SERVER,
        "serve",
        "--port",
        "0",
        "--knowns",
        str(knowns),
        "--database",
        database or str(folder / "rollcall.sqlite"),
        "--key-file",
        str(folder / "key"),
        *flags,
    ]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=dict(env or environment()),
        encoding="utf-8",
        start_new_session=True,
    )
    log: list[str] = []
    lines: queue.Queue[str] = queue.Queue()
    assert process.stdout
    assert process.stderr
    threads = [
        threading.Thread(target=_read, args=(process.stdout, lines.put)),
        threading.Thread(target=_read, args=(process.stderr, log.append)),
    ]
    for thread in threads:
        thread.start()
    try:
        yield Running(process, _ready_port(process, lines, log), log, lines)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # whatever it started goes with it
        process.wait(PATIENCE_S)
        for thread in threads:
            thread.join(PATIENCE_S)
        process.stdout.close()
        process.stderr.close()


def _read(stream: Any, keep: Any) -> None:
    for line in stream:
        keep(line)
    keep("")


def _ready_port(process: subprocess.Popen[str], lines: "queue.Queue[str]", log: list[str]) -> int:
    line = lines.get(timeout=PATIENCE_S)
    assert line.startswith("ready on "), f"{line!r} (status {process.poll()})\n{''.join(log)}"
    return int(line.rsplit(":", 1)[1])


class Speaker:
    """Our form, message by message, over a real socket."""

    def __init__(self, server: Running) -> None:
        self.socket = server.connect()
        self._decoder = FrameDecoder()
        self._id = 0

    def __enter__(self) -> "Speaker":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def ask(self, message: messages.Message, payload: bytes = b"") -> Any:
        """Send one message and give its reply."""
        self._id += 1
        self.socket.sendall(messages.encode(message, self._id, payload))
        return self.reply()

    def reply(self) -> Any:
        """The next reply; b"" at the end of the stream."""
        while (frame := self._decoder.next_frame()) is None:
            data = self.socket.recv(65536)
            if not data:
                return b""
            self._decoder.receive(data)
        return messages.decode_reply(frame).message


def legacy(server: Running, data: bytes, *, half_close: bool = False) -> bytes:
    """What the server answers to a message of 2019, until it closes."""
    with server.connect() as client:
        client.sendall(data)
        if half_close:
            client.shutdown(socket.SHUT_WR)
        answer = b""
        while more := client.recv(65536):
            answer += more
        return answer
