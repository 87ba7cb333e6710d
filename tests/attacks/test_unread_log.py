"""Whoever reads the log, or does not, the server answers: a paused terminal, a pipe that nobody reads, a full disk."""

import logging
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from client.watch import UnreadEvents
from protocol.messages import Hello, Mark
from server.process.log_queue import LogQueue
from tests.cameras.camera_servers import PASSWORD, USER, http_camera, with_digest
from tests.end_to_end.test_serving import COURSE, STUDENTS, import_roster
from tests.photographs import FETCHED
from tests.running import CLIENT, PATIENCE_S, SERVER, Running, Speaker, environment, serving
from tests.server.recognition.photographs import fetched

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes and signals are others there")
PIPE_BYTES = 64 * 1024
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def whole(descriptor: int) -> str:
    """What is written there until nobody writes any more."""
    with os.fdopen(descriptor, encoding="utf-8") as stream:
        return stream.read()


def full_pipe() -> tuple[int, int]:
    """Its end to read from, and the one to write to."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    while True:
        try:
            os.write(writing, b"." * 4096)
        except BlockingIOError:
            break
    os.set_blocking(writing, True)
    return reading, writing


def wait_until(condition: Callable[[], bool]) -> None:
    while not condition():
        threading.Event().wait(0.01)


@pytest.fixture
def unread(tmp_path: Path) -> Iterator[Running]:
    """A server whose standard error is a pipe that is full and that nobody reads."""
    import_roster(tmp_path)
    reading, writing = full_pipe()
    command = [sys.executable, SERVER, "serve", "--port", "0", "--knowns", str(tmp_path / "none")]
    files = ["--database", str(tmp_path / "rollcall.sqlite"), "--key-file", str(tmp_path / "key")]
    process = subprocess.Popen(
        [*command, *files], stdout=subprocess.PIPE, stderr=writing, text=True, env=environment(), encoding="utf-8"
    )
    os.close(writing)
    try:
        line = process.stdout.readline()
        assert line.startswith("ready on "), line
        yield Running(process, int(line.rsplit(":", 1)[1]))
    finally:
        process.kill()
        process.wait(PATIENCE_S)
        process.stdout.close()
        os.close(reading)


def test_a_full_pipe_that_nobody_reads_delays_neither_answers_nor_the_end(unread: Running) -> None:
    with Speaker(unread) as speaker:
        for number in range(300):
            assert speaker.ask(Hello(device=f"room {number}")).device == f"room {number}"
        assert speaker.ask(Mark(student=STUDENTS[0], course=COURSE, key="k")).marks[0].state == "present"
    assert unread.end(signal.SIGTERM) == 0


def test_what_found_no_place_is_counted_and_the_rest_is_written_in_order() -> None:
    reading, writing = os.pipe()
    log = logging.getLogger("rollcall.test")
    queue = LogQueue(writing, most_waiting=10)
    try:
        log.warning("x" * (2 * PIPE_BYTES))  # it blocks the writer until somebody reads
        for number in range(100):
            log.warning("line %d", number)
        read: list[str] = []
        reader = threading.Thread(target=lambda: read.append(whole(reading)))
        reader.start()
        assert queue.close(PATIENCE_S)
    finally:
        os.close(writing)
    reader.join(PATIENCE_S)
    (text,) = read
    numbers = [int(number) for number in re.findall(r"line (\d+)$", text, re.MULTILINE)]
    missing = re.findall(r"(\d+) lines? of the log found no place", text)
    assert numbers == sorted(numbers)
    assert sum(map(int, missing)) + len(numbers) == 100
    assert len(missing) == 1, "it is told once"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is Linux's")
def test_a_full_disk_under_the_log_stops_nobody() -> None:
    descriptor = os.open("/dev/full", os.O_WRONLY)
    queue = LogQueue(descriptor)
    for number in range(100):
        logging.getLogger("rollcall.test").warning("line %d", number)
    assert queue.close(PATIENCE_S)
    os.close(descriptor)


def test_a_line_of_any_length_is_cut_and_a_bad_argument_stops_no_other_line() -> None:
    reading, writing = os.pipe()
    queue = LogQueue(writing)
    log = logging.getLogger("rollcall.test")
    log.warning("%s", "x" * 50_000)
    log.warning("%d", "no number")
    log.warning("the last")
    assert queue.close(PATIENCE_S)
    os.close(writing)
    lines = whole(reading).splitlines()
    assert len(lines[0]) <= 16_384
    assert lines[-1].endswith("the last")


def test_events_of_a_watch_that_nobody_reads_hold_it_up_not_and_are_counted() -> None:
    reading, writing = os.pipe()

    def show(kind: str, _at: datetime, text: str, _values: dict[str, Any]) -> None:
        os.write(writing, f"{kind} {text}\n".encode())

    events = UnreadEvents(show, most_waiting=10)
    try:
        events.show("picture", NOW, "x" * (2 * PIPE_BYTES), {})  # it blocks until somebody reads
        for number in range(100):
            events.show("picture", NOW, f"{number}", {})
        assert not events.close(patience_s=0.05), "it ends though nobody reads"
        read: list[str] = []
        reader = threading.Thread(target=lambda: read.append(whole(reading)))
        reader.start()
        assert events.close(PATIENCE_S)
    finally:
        os.close(writing)
    reader.join(PATIENCE_S)
    lines = read[0].splitlines()
    (told,) = [line for line in lines if line.startswith("unread")]
    shown = [line for line in lines[1:] if line.startswith("picture")]
    assert f"{100 - len(shown)} events" in told


def test_a_reader_that_has_gone_ends_a_watch() -> None:
    failed = threading.Event()

    def show(*_: object) -> None:
        failed.set()
        raise BrokenPipeError

    events = UnreadEvents(show)
    events.show("picture", NOW, "", {})
    assert failed.wait(PATIENCE_S)
    assert events.close(PATIENCE_S)
    with pytest.raises(BrokenPipeError):
        events.show("picture", NOW, "", {})


@pytest.mark.slow
def test_a_watch_in_a_paused_terminal_sends_its_pictures_and_ends(tmp_path: Path) -> None:
    fetched("obama.jpg")
    import_roster(tmp_path)
    reading, writing = full_pipe()
    with serving(tmp_path) as server, http_camera(with_digest((FETCHED / "obama.jpg").read_bytes())) as camera:
        command = [sys.executable, CLIENT, "watch", COURSE, "--json", "--server", server.address]
        env = environment(ROLLCALL_CAMERA_USER=USER, ROLLCALL_CAMERA_PASSWORD=PASSWORD)
        process = subprocess.Popen([*command, "--camera", camera.url], stdout=writing, stderr=writing, env=env)
        os.close(writing)
        try:
            wait_until(lambda: any("snapshot ok" in line for line in server.log))
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE_S) == 0
        finally:
            process.kill()
            process.wait(PATIENCE_S)
            os.close(reading)
