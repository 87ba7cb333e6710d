"""The systemd units of docs/operation.md are ones that systemd takes."""

import getpass
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

OPERATION = Path(__file__).resolve().parent.parent / "docs" / "operation.md"
NAMES = (
    "rollcall.service",
    "rollcall-watch@ea0017_1.service",
    "rollcall-backup.service",
    "rollcall-backup.timer",
    "rollcall-drill.service",
    "rollcall-drill.timer",
)


@pytest.mark.parametrize("name", NAMES)
def test_systemd_knows_every_line_of_a_unit(name: str, tmp_path: Path) -> None:
    verifier = shutil.which("systemd-analyze")
    if verifier is None:
        pytest.skip("systemd-analyze is not installed")
    units = re.findall(r"^```ini\n(\[Unit\]\n.*?)^```", OPERATION.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert len(units) == len(NAMES)
    unit = units[NAMES.index(name)].replace("/opt/rollcall/.venv/bin/python", sys.executable)
    if name.endswith(".timer"):  # which wants the service of its name
        (tmp_path / name.replace(".timer", ".service")).write_text("[Service]\nExecStart=/bin/true\n", encoding="utf-8")
    (tmp_path / name).write_text(unit.replace("User=rollcall", f"User={getpass.getuser()}"), encoding="utf-8")
    done = subprocess.run([verifier, "verify", str(tmp_path / name)], capture_output=True, text=True, check=False)
    assert (done.returncode, [line for line in done.stderr.splitlines() if name in line]) == (0, [])
