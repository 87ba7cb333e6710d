"""Each library that would call its maker finds its switch set, whichever module of ours imports it first."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from settings.libraries import FONT_LIBRARIES, KEPT_OUT, SWITCHES, prepare_libraries
from tests.running import ROOT, environment

PREPARED = ("server/", "client/", "bench/", "tests/", "cameras/", "setup/")
"""Packages whose import sets the switches (the tests': conftest.py), and those that are imported after them."""
CLIENTS = {"Client", "AsyncClient", "get", "post", "put", "request", "stream"}
# As the library sees it: the C library's environment, not Python's copy of it.
SEEN = """
import ctypes, importlib, os
importlib.import_module({package!r})
for each in {modules!r}:
    importlib.import_module(each)
getenv = ctypes.CDLL(None).getenv
getenv.restype = ctypes.c_char_p
print((getenv({variable!r}.encode()) or b"").decode())
"""


def bare() -> dict[str, str]:
    """This process's environment without the switches."""
    named = {switch.variable for switch in SWITCHES} | {"FONTCONFIG_FILE"}
    return {name: value for name, value in environment().items() if name not in named}


def run(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=120, env=bare(), cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("switch", SWITCHES, ids=lambda switch: switch.library)
@pytest.mark.parametrize("package", ["server", "client"])
def test_a_clean_process_that_imports_the_library_has_its_switch_set(switch, package: str) -> None:
    library = [switch.library] if find_spec(switch.library) else []
    seen = run(SEEN.format(package=package, modules=library, variable=switch.variable))
    assert seen == os.environ[switch.variable] != ""


@pytest.mark.parametrize("name", KEPT_OUT)
def test_a_module_that_reports_to_its_maker_is_as_if_it_were_not_installed(name: str, tmp_path: Path) -> None:
    tmp_path.joinpath(f"{name}.py").write_text("print('loaded')")
    program = (
        f"import sys, server\nsys.path.insert(0, {str(tmp_path)!r})\n"
        f"try:\n    import {name}\nexcept ImportError:\n    print('kept out')"
    )
    assert run(program) == "kept out"


def test_a_setting_of_the_user_does_not_switch_it_on_again() -> None:
    values = {"ORT_DISABLE_TELEMETRY": "0", "XDG_CACHE_HOME": "/somewhere"}
    prepare_libraries(values, {})
    assert values["ORT_DISABLE_TELEMETRY"] == "1"
    assert Path(values["MPLCONFIGDIR"]) == Path("/somewhere/rollcall/matplotlib")


def test_a_user_without_a_home_can_start_the_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: (_ for _ in ()).throw(RuntimeError("no home")))
    values: dict[str, str] = {}
    prepare_libraries(values, {})
    assert values["ORT_DISABLE_TELEMETRY"] == "1"
    assert "MPLCONFIGDIR" not in values


def imports() -> Iterator[tuple[str, str]]:
    """Every library that a file of ours imports, with the file."""
    for path in ROOT.glob("*/**/*.py"):
        file = path.relative_to(ROOT).as_posix()
        if file.startswith("."):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((file, alias.name.split(".")[0]) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield file, node.module.split(".")[0]


def test_whoever_imports_such_a_library_is_in_a_package_that_sets_the_switches() -> None:
    # numpy's switch saves time where matrices are multiplied, which the converter, to be lifted out alone, does not.
    watched = {switch.library for switch in SWITCHES} - {"numpy"} | {*FONT_LIBRARIES, "openvino"}
    found = {(file, library) for file, library in imports() if library in watched}
    assert len(found) > 20
    assert {each for each in found if not each[0].startswith(PREPARED)} == set()


def test_no_request_of_ours_follows_the_systems_proxy_or_a_redirection() -> None:
    found = []
    for path in [
        *ROOT.glob("*.py"),
        *(each for room in ("server", "client", "cameras", "demo") for each in (ROOT / room).rglob("*.py")),
    ]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLIENTS):
                continue
            if isinstance(node.func.value, ast.Name) and node.func.value.id in {"httpx", "httpx2"}:
                given = {each.arg: ast.unparse(each.value) for each in node.keywords}
                found.append((path.name, given.get("trust_env"), given.get("follow_redirects", "False")))
    assert found
    assert {each[1:] for each in found} == {("False", "False")}
