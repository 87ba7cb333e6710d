"""The client as a program of its own: on a PC without recognition and database, of any system, stopped at any time."""

import ast
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.client.scripted_peer import Classroom, Peer, Wire

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "attendance_client.py"
ROOMS = ("client", "cameras", "language", "settings", "tables", "texts", "protocol")
SOURCES = [*(path for room in ROOMS for path in (ROOT / room).rglob("*.py")), PROGRAM]
NOT_ON_THE_PC = (
    "dlib",
    "sqlalchemy",
    "pymysql",
    "alembic",
    "onnxruntime",
    "onnx",
    "scipy",
    "cryptography",
    "face_recognition",
    "openpyxl",
    "server",
)
DISTRIBUTIONS = {"cv2": "opencv-python", "PIL": "pillow", "PySide6": "PySide6-Essentials"}
"""What installs a library that is imported by another name."""
FOR_CAMERA_AND_WINDOW = ("cv2", "numpy", "PIL", "httpx2", "PySide6")
OF_POSIX_ONLY = {"fcntl", "grp", "pwd", "termios", "tty", "resource", "readline", "curses", "syslog"}
OF_OS_ON_POSIX_ONLY = {"fork", "getuid", "geteuid", "setsid", "mkfifo", "chown", "killpg", "sched_getaffinity", "uname"}
ON_POSIX_ONLY = pytest.mark.skipif(sys.platform == "win32", reason="this system ends programs in another way")

IMPORT_EVERYTHING = f"""
import pkgutil
import client
for module in pkgutil.walk_packages(client.__path__, "client."):
    __import__(module.name)
import sys
sys.argv = [{str(PROGRAM)!r}, "--help"]
"""
RUN_THE_PROGRAM = f"""
import runpy
runpy.run_path({str(PROGRAM)!r}, run_name="__main__")
"""


def without(missing: tuple[str, ...]) -> str:
    """The beginning of a program on a computer that lacks these libraries."""
    return f"""
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {missing!r}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Missing())
sys.path.insert(0, {str(ROOT)!r})
"""


def requirements(name: str) -> set[str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return {line.partition("#")[0].strip() for line in lines} - {""}


def test_the_client_runs_without_recognition_and_database() -> None:
    program = without(NOT_ON_THE_PC) + IMPORT_EVERYTHING + RUN_THE_PROGRAM
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "Usage: attendance_client.py" in done.stdout


@pytest.mark.parametrize(
    "words", [("roster", "ea0017_1"), ("mark", "201511041", "ea0017_1"), ("rollcall", "ea0017_1", "--all", "present")]
)
def test_marks_rosters_and_roll_calls_need_neither_camera_nor_window(words: tuple[str, ...]) -> None:
    program = without(NOT_ON_THE_PC + FOR_CAMERA_AND_WINDOW) + RUN_THE_PROGRAM
    with Peer(Classroom().serve) as peer:
        done = subprocess.run(
            [sys.executable, "-c", program, *words, "--server", peer.address],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
        )
    assert done.returncode == 0, done.stderr
    assert "201511041" in done.stdout


def test_what_the_pc_needs_is_pinned_as_for_the_server() -> None:
    mine = requirements("requirements-client.txt")
    assert mine <= requirements("requirements.txt")
    assert {re.split(r"[=<>~\[]", line)[0] for line in mine} == {
        DISTRIBUTIONS.get(name, name) for name in third_party_imports()
    }


def third_party_imports() -> set[str]:
    names = {name.split(".")[0] for source in SOURCES for name in imports(source)}
    return names - sys.stdlib_module_names - set(ROOMS)


def imports(source: Path) -> set[str]:
    tree = ast.walk(ast.parse(source.read_text(encoding="utf-8")))
    names: set[str] = set()
    for node in tree:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nothing_is_used_that_only_some_systems_have(source: Path) -> None:
    assert not imports(source) & OF_POSIX_ONLY
    attributes = re.findall(r"\bos\.(\w+)", source.read_text(encoding="utf-8"))
    assert not set(attributes) & OF_OS_ON_POSIX_ONLY


def start(*arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, str(PROGRAM), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


@pytest.fixture
def children_heed_ctrl_c() -> Iterator[None]:
    """A test run that was started in the background ignores SIGINT, and so would the programs that it starts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@ON_POSIX_ONLY
@pytest.mark.usefixtures("children_heed_ctrl_c")
def test_ctrl_c_while_waiting_for_the_answer_ends_with_130_and_no_traceback() -> None:
    running: list[subprocess.Popen[str]] = []

    def interrupt_instead_of_answering(wire: Wire) -> None:
        wire.read(2)
        running[0].send_signal(signal.SIGINT)
        wire.wait_for_end()

    with Peer(interrupt_instead_of_answering) as peer:
        running.append(start("roster", "ea0017_1", "--server", peer.address))
        out, err = running[0].communicate(timeout=120)
    assert running[0].returncode == 130
    assert out == ""
    assert "Stopped." in err
    assert "Traceback" not in err


@ON_POSIX_ONLY
def test_a_reader_that_goes_away_causes_no_traceback() -> None:
    def close_the_reader_first(wire: Wire) -> None:
        running[0].stdout.close()
        Classroom().serve(wire)

    running: list[subprocess.Popen[str]] = []
    with Peer(close_the_reader_first) as peer:
        running.append(start("roster", "ea0017_1", "--server", peer.address, "--json"))
        running[0].wait(120)
    with running[0].stderr:
        assert "Traceback" not in running[0].stderr.read()
    assert running[0].returncode == 1


def test_the_program_works_from_any_folder(tmp_path: Path) -> None:
    classroom = Classroom()
    with Peer(classroom.serve) as peer:
        done = subprocess.run(
            [sys.executable, str(PROGRAM), "roster", "ea0017_1", "--server", peer.address],
            cwd=tmp_path,
            capture_output=True,
            timeout=120,
            env={"PATH": "", "PYTHONIOENCODING": "cp949", "SYSTEMROOT": "C:\\Windows"},
        )
    assert done.returncode == 0, done.stderr
    assert "홍길동" in done.stdout.decode("cp949")
