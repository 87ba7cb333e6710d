import shutil

import pytest
from click.testing import CliRunner

from server.cli.faces.fit import fit_command
from tests.photographs import FETCHED


@pytest.mark.slow
def test_three_people_are_refused_and_nothing_is_written(tmp_path):
    for name, person in {"obama.jpg": "one", "obama2.jpg": "one", "biden.jpg": "other"}.items():
        if not (FETCHED / name).is_file():
            pytest.skip("the photographs that set-up fetches are missing (make setup)")
        (tmp_path / "people" / person).mkdir(exist_ok=True, parents=True)
        shutil.copy(FETCHED / name, tmp_path / "people" / person)
    shutil.copytree(tmp_path / "people" / "other", tmp_path / "people" / "third")
    out = tmp_path / "mine.toml"
    arguments = [str(tmp_path / "people"), "--out", str(out), "--family", "dlib", "--detector", "hog"]
    result = CliRunner().invoke(fit_command, arguments)
    assert result.exit_code != 0
    assert "Of 3 people 1 have two photographs with a face; at least 40 are needed" in str(result.exception)
    assert not out.exists()


def test_a_file_that_cannot_be_written_is_refused_before_the_work(tmp_path):
    (tmp_path / "one").mkdir()
    out = tmp_path / "none" / "mine.toml"
    result = CliRunner().invoke(fit_command, [str(tmp_path), "--out", str(out)])
    assert result.exit_code != 0
    assert "mine.toml cannot be written" in str(result.exception)
