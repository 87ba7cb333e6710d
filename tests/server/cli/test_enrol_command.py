"""`enrol` tells what is odd about photographs by the constants that are set."""

import shutil
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from server.cli.faces.enrol import enrol_command
from server.families import FAMILIES
from server.gallery.constants import constants_text, family_constants
from server.store import open_store
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


@pytest.mark.slow
def test_real_photographs_that_are_not_kept_go_once_every_family_has_looked(folder: Path) -> None:
    words = [str(folder / "knowns"), "--knowns", str(folder / "knowns"), "--database", str(folder / "a.sqlite")]
    (folder / "knowns" / "202611003.jpg").write_bytes(b"no picture")
    result = CliRunner().invoke(enrol_command, [*words, "--keep-photographs", "false"])
    assert result.exit_code == 0, result.exception
    assert "Destroyed, for keep_photographs is false: 2 photographs." in result.stderr
    assert [each.name for each in (folder / "knowns").iterdir()] == ["202611003.jpg"], "somebody has to look at it"
    again = CliRunner().invoke(enrol_command, [*words, "--prune", "--again-all"]).output
    assert "missing" not in again
    assert "pruned" not in again
    with closing(open_store(str(folder / "a.sqlite"), key_file=folder / "a.key")) as store:
        assert len(store.templates.enrolled_models()) == len(FAMILIES)
        assert {each.students for each in store.templates.enrolled_models()} == {2}
        assert len(store.templates.destroyed()) == 2


@pytest.mark.slow
def test_photographs_of_another_folder_are_not_this_programs_to_destroy(folder: Path) -> None:
    words = [str(folder / "knowns"), "--knowns", str(folder), "--database", str(folder / "a.sqlite")]
    result = CliRunner().invoke(enrol_command, [*words, "--keep-photographs", "false"])
    assert "stay, for they are not in the setting knowns" in result.stderr
    assert len(list((folder / "knowns").iterdir())) == 2
