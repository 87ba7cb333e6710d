"""`enrol` tells what is odd about photographs by the constants that are set."""

import shutil
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from server.cli.faces.enrol import enrol_command
from server.gallery.constants import constants_text, family_constants
from tests.photographs import FETCHED


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One person under two numbers."""
    (tmp_path / "knowns").mkdir()
    for name, student in {"obama.jpg": "202611001", "obama2.jpg": "202611002"}.items():
        if not (FETCHED / name).is_file():
            pytest.skip("the photographs that set-up fetches are missing (make setup)")
        shutil.copy(FETCHED / name, tmp_path / "knowns" / f"{student}.jpg")
    return tmp_path


def test_one_person_under_two_numbers_is_told_by_the_constants_that_are_set(folder: Path) -> None:
    words = [str(folder / "knowns"), "--database", str(folder / "a.sqlite"), "--family", "dlib"]
    assert "look like one person" in CliRunner().invoke(enrol_command, words).stderr
    shipped = family_constants("dlib")
    never = msgspec.structs.replace(shipped.resemblance, level=-9.0, surely_under=0.0)
    (folder / "fitted.toml").write_text(constants_text(msgspec.structs.replace(shipped, resemblance=never)))
    result = CliRunner().invoke(enrol_command, [*words, "--constants", str(folder / "fitted.toml")])
    assert result.exit_code == 0, result.exception
    assert result.stderr == ""


def test_constants_of_another_family_are_refused_before_the_work(folder: Path) -> None:
    fitted = folder / "fitted.toml"
    fitted.write_text(constants_text(family_constants("khuface")))
    words = [str(folder / "knowns"), "--database", str(folder / "a.sqlite"), "--constants", str(fitted)]
    result = CliRunner().invoke(enrol_command, [*words, "--family", "dlib"])
    assert result.stdout == ""
    assert "were made for family khuface, and faces are told apart by dlib here" in str(result.exception)
