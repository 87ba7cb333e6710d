"""The command `watch` as a process, with a real server and a real camera."""

import json
import queue
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from client.cli import commands
from protocol.messages import Board
from tests.cameras.camera_servers import PASSWORD, USER, http_camera, with_digest
from tests.end_to_end.test_serving import import_roster
from tests.photographs import FETCHED
from tests.ports import closed_port
from tests.running import CLIENT, PATIENCE_S, ROOT, Speaker, environment, run, serving
from tests.server.recognition.photographs import fetched, shared

COURSE = "ea0017_1"
STUDENT = "201511041"
ROSTER = f"student_id,name,course_code\n{STUDENT},김하늘,{COURSE}\n"


class Watching:
    """A running watch, its lines as they come."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self._lines.put(line)

    def next_of(self, kind: str) -> dict[str, Any]:
        """The next line of this kind."""
        while True:
            line = json.loads(self._lines.get(timeout=PATIENCE_S))
            if line["event"] == kind:
                return line

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_S)

    def close(self) -> str:
        """What it wrote to standard error."""
        self.process.kill()
        self.process.wait(PATIENCE_S)
        self._reader.join(PATIENCE_S)
        self.process.stdout.close()
        with self.process.stderr:
            return self.process.stderr.read()


@contextmanager
def watching(*flags: str, **env: str) -> Iterator[Watching]:
    # A test run in the background ignores SIGINT, and so would the programs that it starts.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        [sys.executable, CLIENT, "watch", COURSE, "--json", *flags],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=environment(**env),
    )
    signal.signal(signal.SIGINT, before)
    watch = Watching(process)
    try:
        yield watch
    finally:
        errors = watch.close()
        assert "Traceback" not in errors, errors


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="this system ends programs in another way")
def test_a_watch_begun_before_its_server_records_who_comes_and_ends_by_sigterm(tmp_path: Path) -> None:
    fetched("obama.jpg")
    import_roster(tmp_path, ROSTER)
    tmp_path.joinpath("knowns").mkdir()
    tmp_path.joinpath("knowns", f"{STUDENT}.jpg").write_bytes((FETCHED / "obama.jpg").read_bytes())
    port = closed_port()
    picture = (FETCHED / "obama2.jpg").read_bytes()
    with (
        http_camera(with_digest(picture)) as camera,
        watching(
            "--camera",
            camera.url,
            "--server",
            f"127.0.0.1:{port}",
            ROLLCALL_CAMERA_USER=USER,
            ROLLCALL_CAMERA_PASSWORD=PASSWORD,
        ) as watch,
    ):
        assert "Nothing listens" in watch.next_of("server")["text"]
        with serving(tmp_path, "--port", str(port)) as server:
            assert watch.next_of("server")["text"] == "The server answers again."
            seen = watch.next_of("picture")
            assert seen["new"] == [{"student": STUDENT, "name": "김하늘"}]
            with Speaker(server) as speaker:
                board = speaker.ask(Board(session=seen["session"]))
            assert [(each.student, each.hours[0].seen) for each in board.students] == [(STUDENT, 1)]
            assert watch.end(signal.SIGTERM) == 0
            assert watch.next_of("over")["text"] == "Stopped."


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="this system ends programs in another way")
def test_the_animation_of_a_classroom_is_watched_until_ctrl_c(tmp_path: Path) -> None:
    import_roster(tmp_path, ROSTER)
    with (
        serving(tmp_path, "--min-face-px", "16") as server,
        watching("--camera", str(shared("intel/classroom.gif")), "--server", server.address) as watch,
    ):
        assert watch.next_of("session")["course"] == COURSE
        assert "gives 480 x 270 pixels" in watch.next_of("camera")["text"]
        assert watch.next_of("picture")["faces"] >= 1
        assert watch.end(signal.SIGINT) == 0


def test_every_setting_of_the_camera_is_documented_as_it_is() -> None:
    document = (ROOT / "docs" / "cameras.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(ROLLCALL_CAMERA\w*)` \| `(--[\w-]+)` \| (?:`(.*)`)? ?\|", document, re.MULTILINE)
    options = [each for each in commands.commands["watch"].params if each.envvar]
    assert {(variable, flag): value for variable, flag, value in rows} == {
        (each.envvar, each.opts[0]): "" if each.required else str(each.default).removesuffix(".0") for each in options
    }


def test_a_camera_that_is_none_is_told_before_anything_is_asked() -> None:
    done = run(CLIENT, "watch", COURSE, "--camera", "nowhere.mp4", "--server", f"127.0.0.1:{closed_port()}")
    assert done.returncode == 2
    assert "There is no file or folder 'nowhere.mp4'" in done.stderr


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("--size", "large"), "it must be WIDTHxHEIGHT"),
        (("--every", "0"), "--every"),
        (("--quality", "101"), "--quality"),
        ((), "--camera"),
    ],
)
def test_what_cannot_be_meant_is_told(flags: tuple[str, ...], words: str, tmp_path: Path) -> None:
    camera = ("--camera", str(tmp_path)) if flags else ()
    done = run(CLIENT, "watch", COURSE, *camera, *flags)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
