"""The ZIP for a lectern PC has Python, the client and its libraries where the interpreter will look for them."""

import zipfile
from pathlib import Path

import pytest

from setup.lectern_zip import make


def zip_of(path: Path, **files: str) -> Path:
    with zipfile.ZipFile(path, "w") as made:
        for name, text in files.items():
            made.writestr(name, text)
    return path


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """Of the form of Python's own: an interpreter and the file that says where modules are."""
    return zip_of(tmp_path / "python.zip", **{"python.exe": "", "python312._pth": "python312.zip\r\n.\r\n"})


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    folder = tmp_path / "wheels"
    folder.mkdir()
    zip_of(
        folder / "rollcall_client-1-py3-none-any.whl", **{"rollcall_client/__init__.py": "", "x.data/purelib/y.py": ""}
    )
    return folder


def test_everything_lies_where_the_interpreter_looks(python: Path, wheels: Path, tmp_path: Path) -> None:
    make(python, wheels, tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as made:
        names = set(made.namelist())
        assert made.read("python/python312._pth") == b"python312.zip\r\n.\r\n..\\lib\r\n"
    assert {"python/python.exe", "lib/rollcall_client/__init__.py", "lib/y.py", "rollcall.cmd"} <= names


def test_a_library_for_another_system_is_refused(python: Path, wheels: Path, tmp_path: Path) -> None:
    zip_of(wheels / "numpy-2-cp312-cp312-manylinux_2_28_x86_64.whl")
    with pytest.raises(SystemExit, match="not for Windows"):
        make(python, wheels, tmp_path / "out.zip")


def test_an_archive_that_reaches_outside_is_refused(python: Path, wheels: Path, tmp_path: Path) -> None:
    zip_of(wheels / "bad-1-py3-none-any.whl", **{"../outside.py": ""})
    with pytest.raises(SystemExit, match="outside"):
        make(python, wheels, tmp_path / "out.zip")
