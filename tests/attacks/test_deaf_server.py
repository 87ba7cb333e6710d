"""A server of which a part hangs or ends does not live on deaf: the process ends with the status for a new start.

Each fault is put into a real process of `serve`, before it starts; the limits are shortened in it.
"""

import contextlib
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from protocol.messages import Hello, Mark, Snapshot
from server.connection import ConnectionLimits
from server.process.stop import DEAF_STATUS
from server.tcp import TcpServer
from tests.end_to_end.test_serving import COURSE, STUDENTS, import_roster
from tests.photographs import fetched
from tests.running import PATIENCE_S, ROOT, Running, Speaker, environment, serving
from tests.server.test_tcp import Echo, connect, encode_frame, read_frames

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and timers are others there")

HANG = "import threading\ndef hang(*_, **__):\n    threading.Event().wait()\n"
LISTENER = f"{HANG}import server.tcp as tcp\ntcp.LISTENER_LIMIT_S = 2.0\n"
RECORDER = f"{HANG}import server.services.class_day.recorder as recorder\nrecorder.TRANSACTION_LIMIT_S = 2.0\n"
RECOGNISER = f"{HANG}import server.services.class_day.work_queue as work\nwork.JOB_LIMIT_S = 2.0\n"


@contextlib.contextmanager
def faulty(folder: Path, fault: str, *flags: str) -> Iterator[Running]:
    """A server with Python code that its process runs before anything else."""
    place = folder / "fault"
    place.mkdir()
    place.joinpath("sitecustomize.py").write_text(f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n{fault}")
    import_roster(folder)
    with serving(folder, *flags, env=environment(PYTHONPATH=str(place))) as server:
        yield server


def log_of(server: Running) -> str:
    return "".join(server.log)


def ends_to_be_started_again(server: Running, thread: str) -> None:
    assert server.process.wait(PATIENCE_S) == DEAF_STATUS
    assert f"the thread '{thread}'" in log_of(server)
    assert "what was acknowledged is kept" in log_of(server)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("what", "fault"),
    [
        ("the start of a thread never returns", f"{LISTENER}tcp.TcpServer.process_request = hang\n"),
        ("it ends", f"{LISTENER}tcp.TcpServer.process_request = lambda *_: (_ for _ in ()).throw(SystemExit)\n"),
    ],
)
def test_a_listener_that_hears_nobody_ends_the_server(tmp_path: Path, what: str, fault: str) -> None:
    with faulty(tmp_path, fault) as server, server.connect():
        ends_to_be_started_again(server, "listener")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("what", "fault"),
    [
        ("the database never answers", f"{RECORDER}recorder.Recorder._outcomes = hang\n"),
        ("it ends", f"{RECORDER}recorder.Recorder._due = lambda self: 1 / 0 if self._waiting else []\n"),
    ],
)
def test_a_recorder_that_records_nothing_ends_the_server(tmp_path: Path, what: str, fault: str) -> None:
    with faulty(tmp_path, fault) as server, server.connect() as client:
        client.sendall(f"{STUDENTS[0]}{COURSE}".encode())
        ends_to_be_started_again(server, "recorder")


@pytest.mark.slow
def test_a_recogniser_that_never_comes_back_ends_the_server(tmp_path: Path) -> None:
    fault = f"{RECOGNISER}import server.extraction.extractor as extractor\nextractor.LocalExtractor.look = hang\n"
    picture = fetched("obama.jpg").read_bytes()
    with faulty(tmp_path, fault) as server, Speaker(server) as speaker:
        with contextlib.suppress(OSError):
            speaker.ask(Snapshot(course=COURSE), picture)
        ends_to_be_started_again(server, "recognition-0")


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_server_whose_stop_hangs(tmp_path: Path, number: int) -> None:
    fault = (
        f"{HANG}import server.process.stop as stop\nstop.LAST_RESORT_S = 2\n"
        "stop.Stop.__init__.__defaults__ = (2,)\n"
        "import server.bootstrap.server as s\ns.Server.stop = hang\n"
    )
    with faulty(tmp_path, fault) as server:
        assert server.end(number) == -signal.SIGALRM


@pytest.mark.slow
def test_a_duty_that_hangs_or_breaks_delays_neither_marks_nor_the_end(tmp_path: Path) -> None:
    fault = (
        f"{HANG}import server.services.class_day.retention as r\n"
        "r.Retention.keep_proposals = lambda *_: 1 / 0\nr.Retention.remove_old = hang\n"
    )
    with faulty(tmp_path, fault) as server:
        with Speaker(server) as speaker:
            assert speaker.ask(Mark(student=STUDENTS[0], course=COURSE, key="k")).marks[0].state == "present"
        assert server.end() == 0


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="systemd is Linux's")
def test_the_service_manager_is_told_that_it_answers_that_it_lives_and_that_it_stops(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        address = f"{os.getpid()}-rollcall-test"
        manager.bind(f"\0{address}")
        manager.settimeout(PATIENCE_S)
        with serving(tmp_path, env=environment(NOTIFY_SOCKET=f"@{address}")) as server:
            assert manager.recv(100) == b"READY=1"
            assert manager.recv(100) == b"WATCHDOG=1"
            assert server.end() == 0
            told = iter(lambda: manager.recv(100), b"STOPPING=1")
            assert set(told) <= {b"WATCHDOG=1"}


@pytest.mark.parametrize("error", [MemoryError, RuntimeError, OSError, AttributeError])
def test_whatever_goes_wrong_in_taking_a_connection_the_next_one_is_taken(error: type[Exception]) -> None:
    server = TcpServer("127.0.0.1", 0, Echo(), ConnectionLimits())
    server.listen()
    failures = [error()]
    accept = server.socket.accept

    class Failing:
        """The listening socket, of which the first calls of accept fail."""

        def accept(self):
            if failures:
                raise failures.pop()
            return accept()

        def __getattr__(self, name: str):
            return getattr(listening, name)

    listening, server.socket = server.socket, Failing()
    server.start()
    with connect(server) as client:
        client.sendall(encode_frame(b"heard"))
        assert read_frames(client, 1) == [b"heard"]
    assert server.stop()


def test_a_stop_does_not_wait_for_ever_for_a_listener_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.tcp.LISTENER_PATIENCE_S", 0.05)
    go = threading.Event()

    class Hanging(TcpServer):
        def process_request(self, request, client_address):
            go.wait(PATIENCE_S)
            request.close()

    server = Hanging("127.0.0.1", 0, Echo(), ConnectionLimits())
    server.listen()
    server.start()
    with connect(server):
        server._heartbeat.thread.join(0.2)
        assert not server.stop(0.05)
    go.set()
    server._heartbeat.thread.join(PATIENCE_S)


@pytest.mark.slow
def test_a_server_that_says_hello_is_not_deaf(tmp_path: Path) -> None:
    """What the others rely on: without a fault the same server answers and ends as it should."""
    with faulty(tmp_path, LISTENER) as server:
        with Speaker(server) as speaker:
            assert speaker.ask(Hello(device="room 301")).device == "room 301"
        assert server.end() == 0
