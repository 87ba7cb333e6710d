"""No program of ours asks for a name, speaks to an address that nobody configured, or leaves files outside its folders.

Each runs under strace, as a user with a home of their own.
"""

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from protocol.messages import Hello, Mark, Snapshot
from settings.folders import cache_folder
from tests import weights
from tests.attacks import tracing
from tests.photographs import fetched
from tests.ports import closed_port
from tests.running import CLIENT, PATIENCE_S, ROOT, SERVER, Speaker, environment, serving

COURSE, STUDENT = "ea0017_1", "201511041"
ROSTER = f"student_id,name,course_code\n{STUDENT},김하늘,{COURSE}\n"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="strace is Linux's"),
]


@dataclass(frozen=True)
class User:
    """Somebody with a home, a folder for what is temporary, and nothing else that they may write to."""

    home: Path
    temporary: Path
    folder: Path  # the database, the photographs, the reports

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in environment().items() if not name.startswith(("XDG_", "MPL", "ORT_"))}
        # Bytecode of the program itself is Python's affair, and lies beside the program.
        return {**kept, "HOME": str(self.home), "TMPDIR": str(self.temporary), "PYTHONDONTWRITEBYTECODE": "1"}

    def run(self, program: str, *arguments: str, **more: str) -> list[tracing.strace.Call]:
        """One command to its end, traced."""
        log = self.folder / "trace"
        done = subprocess.run(
            [*tracing.command(log), sys.executable, program, *arguments],
            capture_output=True,
            text=True,
            timeout=PATIENCE_S * 3,
            env={**self.environment, **more},
            cwd=self.folder,
        )
        assert done.returncode == 0, done.stderr
        return tracing.read(log)

    def require_quiet(self, calls: list[tracing.strace.Call], configured: tuple[tuple[str, int], ...] = ()) -> None:
        """The three promises, of what was traced."""
        assert calls, "nothing was traced"
        assert tracing.outside(calls, configured) == set()
        assert tracing.resolved(calls) == []
        own = (self.home / ".cache" / "rollcall", self.home / ".local" / "state" / "rollcall")
        made = {str(self.home / each) for each in (".cache", ".local", ".local/state")}
        assert tracing.written_outside(calls, *own, self.temporary, self.folder) - made == set()
        elsewhere = {each for each in self.home.rglob("*") if each.is_file() and not each.is_relative_to(own[0])}
        assert {each for each in elsewhere if not each.is_relative_to(own[1])} == set()


@pytest.fixture
def user(tmp_path: Path) -> User:
    home, temporary, folder = (tmp_path / name for name in ("home", "temporary", "folder"))
    for each in (home, temporary, folder / "knowns"):
        each.mkdir(parents=True)
    if weights.are_here():
        kept = home / ".cache" / "rollcall" / "models"
        kept.parent.mkdir(parents=True)
        shutil.copytree(cache_folder() / "models", kept)
    return User(home, temporary, folder)


def flags(user: User) -> tuple[str, ...]:
    return ("--database", str(user.folder / "rollcall.sqlite"), "--key-file", str(user.folder / "key"))


def test_enrolling_a_roster_and_a_photograph_and_drawing_a_report_tells_nobody(user: User) -> None:
    user.folder.joinpath("roster.csv").write_text(ROSTER, encoding="utf-8")
    shutil.copy(fetched("obama.jpg"), user.folder / "knowns" / f"{STUDENT}.jpg")
    user.require_quiet(user.run(SERVER, "roster", "import", "roster.csv", *flags(user)))
    user.require_quiet(user.run(SERVER, "enrol", "--knowns", "knowns", *flags(user)))
    user.require_quiet(user.run(SERVER, "session", "open", COURSE, *flags(user)))
    user.require_quiet(user.run(SERVER, "report", COURSE, "--out", str(user.folder / "term.png"), *flags(user)))
    assert (user.folder / "term.png").stat().st_size > 1000, "matplotlib was at work"


def test_the_server_speaks_to_its_clients_alone(user: User) -> None:
    user.folder.joinpath("roster.csv").write_text(ROSTER, encoding="utf-8")
    user.run(SERVER, "roster", "import", "roster.csv", *flags(user))
    shutil.copy(fetched("obama.jpg"), user.folder / "knowns" / f"{STUDENT}.jpg")
    log = user.folder / "trace"
    name, *rest = tracing.command(log)
    # -I 2: SIGTERM is the server's; strace writes in the rest and goes when it has.
    with serving(user.folder, prefix=(name, "-I", "2", *rest), env=user.environment) as server:
        with Speaker(server) as speaker:
            assert speaker.ask(Hello(device="room 301")).device == "room 301"
            assert speaker.ask(Mark(student=STUDENT, course=COURSE, key="k")).marks[0].state == "present"
            picture = fetched("obama2.jpg").read_bytes()
            assert speaker.ask(Snapshot(course=COURSE, record=True), picture).faces[0].student == STUDENT
        os.kill(_child_of(server.process.pid), signal.SIGTERM)
        assert server.process.wait(PATIENCE_S) == 0
    user.require_quiet(tracing.read(log))


def test_the_watch_speaks_to_its_server_alone(user: User) -> None:
    user.folder.joinpath("roster.csv").write_text(ROSTER, encoding="utf-8")
    user.run(SERVER, "roster", "import", "roster.csv", *flags(user))
    pictures = user.folder / "pictures"
    pictures.mkdir()
    shutil.copy(fetched("obama2.jpg"), pictures)
    with serving(user.folder, env=user.environment) as server:
        calls = user.run(CLIENT, "--server", server.address, "watch", COURSE, "--camera", str(pictures), "--json")
        user.require_quiet(calls)
        assert ("127.0.0.1", server.port) in tracing.addresses(calls), "it has spoken to the server"


def test_the_window_speaks_to_its_server_alone(user: User) -> None:
    shown = user.folder / "window.py"
    shown.write_text(
        "import sys\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        "import client.window.pages.main_window as m, os, signal, runpy\n"
        "shown = m.MainWindow.showEvent\n"
        "def tell(self, event):\n    shown(self, event)\n    os.kill(os.getpid(), signal.SIGINT)\n"
        "m.MainWindow.showEvent = tell\n"
        f"sys.argv = ['attendance_client.py', 'window', {COURSE!r}]\n"
        f"runpy.run_path({CLIENT!r}, run_name='__main__')\n"
    )
    server = f"127.0.0.1:{closed_port()}"
    user.require_quiet(user.run(str(shown), QT_QPA_PLATFORM="offscreen", ROLLCALL_SERVER=server))


def _child_of(process: int) -> int:
    (child,) = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return int(child)


def test_what_speaks_to_others_and_writes_elsewhere_is_found(tmp_path: Path) -> None:
    program = (
        "import socket, pathlib\n"
        "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.connect(('192.0.2.1', 9))\n"
        "try: socket.getaddrinfo('rollcall.invalid', 80)\nexcept OSError: pass\n"
        f"pathlib.Path({str(tmp_path / 'elsewhere')!r}).mkdir()\n"
    )
    log = tmp_path / "trace"
    subprocess.run([*tracing.command(log), sys.executable, "-c", program], check=True, timeout=PATIENCE_S)
    calls = tracing.read(log)
    assert ("192.0.2.1", 9) in tracing.outside(calls)
    assert tracing.outside(calls, [("192.0.2.1", 9)]) == {each for each in tracing.outside(calls) if each[1] != 9}
    assert tracing.resolved(calls)
    assert str(tmp_path / "elsewhere") in tracing.written_outside(calls, tmp_path / "here")
    assert str(tmp_path / "elsewhere") not in tracing.written_outside(calls, tmp_path)
