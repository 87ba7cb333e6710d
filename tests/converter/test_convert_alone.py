"""The converter can be lifted out: a copy of its folder, far from the project, converts files by itself."""

import shutil
import subprocess
import sys
from pathlib import Path

import onnx
import pytest

from tests.converter.network_files import PROJECT, files
from tests.converter.weights_files import weights_file


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("elsewhere")
    shutil.copytree(PROJECT / "converter", folder / "dlib_to_onnx")
    return folder


def run(elsewhere: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "dlib_to_onnx", *arguments]
    return subprocess.run(command, cwd=elsewhere, capture_output=True, text=True, timeout=120, check=False)


def test_the_embedder_and_the_detector_are_written_as_onnx(elsewhere: Path) -> None:
    for file, options, name in ((files().embedder, [], "embeddings"), (files().detector, ["--detector"], "scores")):
        assert run(elsewhere, str(file), "out.onnx", *options).returncode == 0
        assert [output.name for output in onnx.load(elsewhere / "out.onnx").graph.output] == [name]


def test_a_wrong_file_costs_a_sentence_and_a_status(elsewhere: Path) -> None:
    done = run(elsewhere, str(files().embedder), "wrong.onnx", "--detector")
    assert done.returncode == 1
    assert done.stderr.startswith("The model file dlib_face_recognition_resnet_model_v1.dat cannot be used")
    assert done.stderr.count("\n") == 1
    assert not (elsewhere / "wrong.onnx").exists()


def test_a_place_that_cannot_be_written_costs_a_sentence(elsewhere: Path) -> None:
    done = run(elsewhere, str(files().detector), "no/such/folder/out.onnx", "--detector")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_a_tflite_file_is_written_as_onnx(elsewhere: Path) -> None:
    (elsewhere / "pnet.tflite").write_bytes(weights_file("pnet").data)
    assert run(elsewhere, "pnet.tflite", "out.onnx", "--tflite", "pnet").returncode == 0
    assert [output.name for output in onnx.load(elsewhere / "out.onnx").graph.output] == ["scores", "regression"]
    done = run(elsewhere, "pnet.tflite", "wrong.onnx", "--tflite", "onet")
    assert done.returncode == 1
    assert done.stderr.startswith("The model file pnet.tflite cannot be used")
    assert done.stderr.count("\n") == 1
