"""Make a ZIP of the client with Python inside, for a lectern PC on Windows where nothing is installed.

Python's own embeddable ZIP has to be brought (python.org, "Windows embeddable package (64-bit)"), and the libraries as
wheels for Windows:

    python -m pip download --only-binary :all: --platform win_amd64 --python-version 3.12 -d wheels \\
        -r requirements-client.txt
    python -m pip wheel --no-deps -w wheels setup/package/client
    python -m setup.lectern_zip --python python-3.12.10-embed-amd64.zip --wheels wheels --out rollcall-lectern.zip
"""

import argparse
import re
import sys
import zipfile
from pathlib import Path, PurePosixPath
from typing import Final

START: Final = '@echo off\r\n"%~dp0python\\pythonw.exe" -c "import rollcall_client; rollcall_client.client()" %*\r\n'
COMMANDS: Final = '@echo off\r\n"%~dp0python\\python.exe" -c "import rollcall_client; rollcall_client.client()" %*\r\n'
# Beside the interpreter this file replaces every other way to find modules (docs.python.org, "Finding modules").
_PATHS: Final = re.compile(r"python3\d+\._pth")
_DATA: Final = re.compile(r"[^/]+\.data/(?:purelib|platlib)/")


def make(python: Path, wheels: Path, out: Path) -> None:
    """Raises SystemExit with what is missing."""
    found = sorted(wheels.glob("*.whl"))
    if not any(each.name.startswith("rollcall_client-") for each in found):
        raise SystemExit(
            f"{wheels} has no wheel of the client: run `pip wheel --no-deps -w {wheels} setup/package/client`."
        )
    if foreign := [each.name for each in found if not each.stem.endswith(("any", "win_amd64"))]:
        raise SystemExit(
            f"These wheels are not for Windows: {', '.join(foreign)}. Download them with --platform win_amd64."
        )
    with zipfile.ZipFile(out, "x", zipfile.ZIP_DEFLATED) as target:
        _add_python(target, python)
        for wheel in found:
            _add_wheel(target, wheel)
        target.writestr("rollcall.cmd", START)
        target.writestr("rollcall-client.cmd", COMMANDS)


def _add_python(target: zipfile.ZipFile, python: Path) -> None:
    with zipfile.ZipFile(python) as source:
        names = source.namelist()
        if "python.exe" not in names or not any(map(_PATHS.fullmatch, names)):
            raise SystemExit(
                f"{python} is not Python's embeddable ZIP for Windows: it has no python.exe and no ._pth file."
            )
        for name in names:
            data = source.read(name)
            if _PATHS.fullmatch(name):
                data = data.rstrip() + b"\r\n..\\lib\r\n"
            target.writestr(f"python/{_safe(name)}", data)


def _add_wheel(target: zipfile.ZipFile, wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as source:
        for name in source.namelist():
            if not name.endswith("/"):
                target.writestr(f"lib/{_safe(_DATA.sub('', name))}", source.read(name))


def _safe(name: str) -> str:
    if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts or "\\" in name:
        raise SystemExit(f"{name!r} would lie outside the ZIP: this is no sound wheel or Python.")
    return name


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for flag, about in (("python", "Python's embeddable ZIP"), ("wheels", "folder of wheels"), ("out", "ZIP to make")):
        parser.add_argument(f"--{flag}", type=Path, required=True, help=about)
    asked = parser.parse_args()
    make(asked.python, asked.wheels, asked.out)
    sys.stdout.write(f"Made {asked.out}: unpack it on the PC and start rollcall.cmd.\n")


if __name__ == "__main__":
    main()
