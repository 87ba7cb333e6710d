"""What pip installs: wheels that build from this tree, hold all of it, and start by themselves elsewhere."""

import json
import os
import re
import site
import subprocess
import sys
import tomllib
import venv
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from settings.version import VERSION
from tests.running import ROOT, environment

CLIENT = ROOT / "setup" / "package" / "client"
PATIENCE_S = 300.0


def pinned(name: str) -> set[str]:
    lines = [line.partition("#")[0].strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines()]
    return {line for line in lines if "==" in line}


def dependencies(folder: Path) -> set[str]:
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return set(project["dependencies"])


def test_the_wheels_ask_for_the_versions_that_the_tests_ran_with() -> None:
    server = dependencies(ROOT) - {"dlib-bin==20.0.1.post1"}
    assert server <= pinned("requirements.txt")
    assert "dlib-bin==20.0.1.post1" in (ROOT / "setup" / "dlib" / "pyproject.toml").read_text(encoding="utf-8")
    assert dependencies(CLIENT) == pinned("requirements-client.txt")
    assert dependencies(CLIENT) <= server


def test_what_the_server_imports_of_others_is_asked_for_by_its_wheel() -> None:
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8").partition("# tests and checks")[0]
    of_programs = {line for line in pinned("requirements.txt") if line in text}
    only_reference = {line for line in of_programs if line.startswith(("face_recognition", "setuptools"))}
    assert of_programs - only_reference <= dependencies(ROOT)


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    if find_spec("hatchling") is None:
        pytest.skip("hatchling, which builds the wheels, is not installed")
    folder = tmp_path_factory.mktemp("wheels")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
    done = subprocess.run([*command, "-w", str(folder), str(ROOT), str(CLIENT)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return sorted(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheels: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment of its own with both wheels; the libraries are those of this one."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, symlinks=os.name == "posix")
    target = Path(subprocess.check_output([python(folder), "-c", WHERE], text=True).strip())
    (target / "libraries.pth").write_text("\n".join(site.getsitepackages()) + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "--python", python(folder), "install", "--quiet", "--no-deps", "--no-index"]
    done = subprocess.run([*command, *map(str, wheels)], capture_output=True, text=True, cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


WHERE = "import sysconfig; print(sysconfig.get_path('purelib'))"


def python(folder: Path) -> str:
    return str(folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


def program(folder: Path, name: str) -> str:
    return str(Path(python(folder)).with_name(name))


@pytest.mark.slow
def test_the_wheels_bring_every_file_and_no_name_that_may_collide(wheels: list[Path]) -> None:
    client, server = sorted(wheels, key=lambda path: path.stat().st_size)
    for path, name in ((server, "rollcall"), (client, "rollcall_client")):
        names = zipfile.ZipFile(path).namelist()
        assert {each.split("/")[0] for each in names} == {name, f"{name}-{VERSION}.dist-info"}
        assert [each for each in names if each.endswith(".pyc")] == []
    held = set(zipfile.ZipFile(server).namelist())
    tracked = subprocess.check_output(["git", "ls-files", "server", "client", "sql", "settings"], cwd=ROOT, text=True)
    assert {f"rollcall/tree/{line}" for line in tracked.splitlines()} <= held
    assert not any("/tree/server/" in each or "/tree/sql/" in each for each in zipfile.ZipFile(client).namelist())


@pytest.mark.slow
@pytest.mark.parametrize("name", ["rollcall-server", "rollcall-client"])
def test_an_installed_program_explains_itself(installed: Path, tmp_path: Path, name: str) -> None:
    done = subprocess.run([program(installed, name), "--help"], capture_output=True, text=True, cwd=tmp_path)
    assert (done.returncode, "Usage:" in done.stdout) == (0, True), done.stderr


@pytest.mark.slow
def test_an_installed_server_serves_an_installed_client(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "server").mkdir()
    (tmp_path / "server" / "__init__.py").write_text("raise ImportError('of somebody else')", encoding="utf-8")
    (tmp_path / "roster.csv").write_text("student_id,name,course_code\n201511041,A,c1\n", encoding="utf-8")
    flags = ("--database", str(tmp_path / "a.sqlite"), "--key-file", str(tmp_path / "key"))
    asked = {"env": environment(), "cwd": tmp_path, "capture_output": True, "text": True, "timeout": PATIENCE_S}
    server = program(installed, "rollcall-server")
    done = subprocess.run([server, "roster", "import", "roster.csv", *flags], **asked)
    assert done.returncode == 0, done.stderr
    command = [server, "serve", "--port", "0", *flags]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment(), cwd=tmp_path) as running:
        try:
            assert running.stdout is not None
            ready = re.match(r"ready on (\S+)", running.stdout.readline())
            assert ready is not None
            client = [program(installed, "rollcall-client"), "--server", ready[1], "roster", "c1", "--json"]
            done = subprocess.run(client, **asked)
            assert (done.returncode, "201511041" in done.stdout) == (0, True), done.stderr
            json.loads(done.stdout)
        finally:
            running.terminate()
            assert running.wait(PATIENCE_S) == 0
