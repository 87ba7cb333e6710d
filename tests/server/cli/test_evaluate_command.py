import json
import shutil

import pytest
from click.testing import CliRunner

from server.cli.faces.evaluate import evaluate_command
from tests.photographs import FETCHED
from tests.server.recognition.test_own_network import network
from tests.weights import need


@pytest.fixture
def folder(tmp_path):
    """Two photographs of one person and one of another."""
    for name, person in {"obama.jpg": "one", "obama2.jpg": "one", "biden.jpg": "other"}.items():
        if not (FETCHED / name).is_file():
            pytest.skip("the photographs that set-up fetches are missing (make setup)")
        (tmp_path / person).mkdir(exist_ok=True)
        shutil.copy(FETCHED / name, tmp_path / person)
    return tmp_path


@pytest.mark.slow
def test_two_people_are_told_apart_in_numbers_and_in_a_picture(folder):
    plot = folder / "curves.png"
    result = CliRunner().invoke(evaluate_command, [str(folder), "--large-only", "--json", "--plot", str(plot)])
    assert result.exit_code == 0, result.output
    (line,) = json.loads(result.stdout)
    assert (line["class_size"], line["fpir"]["value"], line["fnir"]["value"]) == (1, 0.0, 0.0)
    assert plot.read_bytes().startswith(b"\x89PNG")


def test_a_network_of_ones_own_is_measured_beside_dlibs(folder, tmp_path):
    need("khuface")
    (tmp_path / ".networks").mkdir()
    embedder = network(tmp_path / ".networks")
    result = CliRunner().invoke(evaluate_command, [str(folder), "--large-only", "--json", "--embedder", str(embedder)])
    assert result.exit_code == 0, result.exception
    (line,) = json.loads(result.stdout)
    assert line["dlib_fnir"] == 0.0
    assert "Nothing was fitted for Averages" in result.stderr


def test_a_folder_without_people_is_refused_in_a_sentence(tmp_path):
    result = CliRunner().invoke(evaluate_command, [str(tmp_path), "--large-only"])
    assert result.exit_code != 0
    assert "holds no folders of photographs" in str(result.exception)


def test_a_picture_that_cannot_be_written_is_refused_before_the_work(tmp_path):
    (tmp_path / "one").mkdir()
    plot = tmp_path / "none" / "curves.png"
    result = CliRunner().invoke(evaluate_command, [str(tmp_path), "--large-only", "--plot", str(plot)])
    assert result.exit_code != 0
    assert "curves.png cannot be written" in str(result.exception)
