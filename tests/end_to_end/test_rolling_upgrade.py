"""The version from before the newest tables and this one serve one database while it is upgraded: no request fails."""

import json
import shutil
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL

from protocol import messages
from tests import running
from tests.databases import new_database
from tests.running import ROOT, SERVER, Running, Speaker, serving

COURSE, STUDENT = "c1", "201511041"
ROSTER = f"student_id,name,course_code\n{STUDENT},A,{COURSE}\n"
MARKS_EACH = 40
VERSIONS = "sql/migrations/versions/"


@pytest.fixture(scope="module")
def version_before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree as it was before the newest migration."""
    if shutil.which("git") is None or git("rev-parse", "--is-shallow-repository") != "false":
        pytest.skip("the history of the project is not here: git, and a clone that is not shallow, have it")
    *older, _newest = sorted(f"{VERSIONS}{path.name}" for path in (ROOT / VERSIONS).glob("[0-9]*.py"))
    commits = git("rev-list", "--max-count=500", "HEAD").split()
    before = next((each for each in commits if migrations(each) == older), None)
    if before is None:
        pytest.skip("the history of the project does not go back before the newest tables")
    folder = tmp_path_factory.mktemp("before")
    archive = subprocess.run(["git", "archive", before], cwd=ROOT, capture_output=True, check=True).stdout
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive, check=True)
    return folder


def migrations(commit: str) -> list[str]:
    return sorted(git("ls-tree", "--name-only", commit, VERSIONS).split())


def git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else ""


class Load:
    """Marks and rosters asked for one after the other until it is stopped; `answers` so far."""

    def __init__(self, server: Running, name: str) -> None:
        self.answers: list[Any] = []
        self.is_enough = threading.Event()
        self._server, self._name = server, name
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._speak, name=name)

    def __enter__(self) -> "Load":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(running.PATIENCE_S)
        assert not self._thread.is_alive()

    def _speak(self) -> None:
        with Speaker(self._server) as speaker:
            while not self._stop.is_set():
                number = len(self.answers) // 2
                state = "late" if number % 2 else "present"
                mark = messages.Mark(student=STUDENT, course=COURSE, key=f"{self._name}-{number}", state=state)
                self.answers.append(speaker.ask(mark))
                self.answers.append(speaker.ask(messages.Roster(course=COURSE)))
                if number >= MARKS_EACH:
                    self.is_enough.set()


@pytest.mark.slow
def test_two_versions_serve_one_database_while_it_is_upgraded(
    mysql_server: URL, version_before: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "roster.csv").write_text(ROSTER, encoding="utf-8")
    before = str(version_before / "face_recog_server.py")
    with new_database(mysql_server) as url, ExitStack() as stack:
        flags = ("--database", url, "--key-file", str(tmp_path / "key"))
        for words in (("db", "upgrade"), ("roster", "import", str(tmp_path / "roster.csv"))):
            assert command(before, *words, *flags).returncode == 0
        monkeypatch.setattr(running, "SERVER", before)
        old = stack.enter_context(serving(tmp_path, database=url))
        of_old = stack.enter_context(Load(old, "old"))
        assert of_old.is_enough.wait(running.PATIENCE_S)
        before_upgrade = len(of_old.answers)
        upgraded = command(SERVER, "db", "upgrade", "--json", *flags)
        assert upgraded.returncode == 0, upgraded.stderr
        assert json.loads(upgraded.stdout)["before"] != json.loads(upgraded.stdout)["after"]
        after_upgrade = len(of_old.answers)
        monkeypatch.setattr(running, "SERVER", SERVER)
        new = stack.enter_context(serving(tmp_path, database=url))
        of_new = stack.enter_context(Load(new, "new"))
        assert of_new.is_enough.wait(running.PATIENCE_S)
        beside_the_new = len(of_old.answers)
        assert before_upgrade < after_upgrade < beside_the_new, "the older one answered all the while"
    for each in (of_old, of_new):
        assert [answer for answer in each.answers if isinstance(answer, messages.Error)] == []


def command(program: str, *words: str) -> Any:
    return subprocess.run(
        [sys.executable, program, *words], capture_output=True, text=True, env=running.environment(), timeout=300
    )
