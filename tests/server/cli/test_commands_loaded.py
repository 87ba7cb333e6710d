"""A command loads no library that it does not need: scripts call the programs often."""

import subprocess
import sys
from pathlib import Path

import click
import pytest

from server.cli import COMMANDS, commands
from tests.running import ROOT
from tests.server.cli.invoking import invoke

HEAVY = {"alembic", "cv2", "dlib", "matplotlib", "onnx", "onnxruntime", "openpyxl", "scipy"}
ONE_AFTER_THE_OTHER = """
import sys
from server.cli import commands
flags = sys.argv[1:]
for words in ("session list", "session show 1", "course show", "report ea0017_1", "db upgrade"):
    commands([*words.split(), *flags], standalone_mode=False)
print(*sys.modules, file=sys.stderr)
"""


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_found_by_its_name(name: str) -> None:
    command = commands.get_command(click.Context(commands), name)
    assert command is not None
    assert command.name == name


def test_the_help_lists_every_command_with_its_sentence() -> None:
    listed = commands.get_help(click.Context(commands)).partition("Commands:\n")[2].splitlines()
    assert [line.split()[0] for line in listed if len(line.split()) > 1] == sorted(COMMANDS)


def test_commands_that_look_at_no_picture_load_nothing_heavy(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text("student_id,name,course_code\n201511041,김하늘,ea0017_1\n", encoding="utf-8")
    assert invoke(tmp_path, "roster", "import", str(tmp_path / "roster.csv")).status == 0
    assert invoke(tmp_path, "session", "open", "ea0017_1", "--hours", "3").status == 0
    flags = ["--database", str(tmp_path / "rollcall.sqlite"), "--key-file", str(tmp_path / "key")]
    done = subprocess.run(
        [sys.executable, "-c", ONE_AFTER_THE_OTHER, *flags], cwd=ROOT, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    loaded = set(done.stderr.split())
    assert {"click", "sqlalchemy", "server.cli.classes.report"} <= loaded
    assert not loaded & HEAVY
