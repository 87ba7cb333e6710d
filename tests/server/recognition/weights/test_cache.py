"""What the cache hands out is the network that is pinned, whatever happened to its files."""

import hashlib
import logging
from pathlib import Path

import numpy as np
import pytest

from converter.tflite import NETWORKS
from server.errors import SetupProblem
from server.recognition.weights import published_network, stored_models
from server.recognition.weights.cache import keep, models_folder
from server.recognition.weights.published import PUBLISHED, published
from tests.converter.weights_files import weights_file


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A cache that holds P-Net and MobileFaceNet."""
    for name in ("pnet", "mobilefacenet"):
        model = published(name)
        keep(model, model.sources[0], {model.sources[0].files[0].name: weights_file(model.name).data}, tmp_path)
    return tmp_path


def states(cache: Path) -> dict[str, str]:
    return {stored.model.name: stored.state for stored in stored_models(cache)}


def changed(path: Path, offset: int = 999) -> bytes:
    """The content of a file before a byte of it was changed."""
    whole = path.read_bytes()
    path.write_bytes(whole[:offset] + bytes([whole[offset] ^ 4]) + whole[offset + 1 :])
    return whole


def test_a_kept_network_is_handed_out_as_it_is_pinned(cache: Path) -> None:
    digest = hashlib.sha256(published_network("mobilefacenet", cache)).hexdigest()
    assert digest == published("mobilefacenet").sources[0].converted_sha256
    assert states(cache) == {"pnet": "ready", "rnet": "missing", "onet": "missing", "mobilefacenet": "ready"}


def test_the_folder_and_its_files_are_for_the_user_alone(cache: Path) -> None:
    folder = models_folder(cache)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.name for path in folder.iterdir()} == {
        "pnet.tflite",
        "pnet.onnx",
        "MobileFaceNet.tflite",
        "mobilefacenet.onnx",
    }
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_a_converted_network_that_is_damaged_is_made_again(cache: Path) -> None:
    path = models_folder(cache) / "pnet.onnx"
    whole = changed(path)
    assert states(cache)["pnet"] == "ready"
    assert published_network("pnet", cache) == whole
    assert path.read_bytes() == whole


def test_a_converted_network_serves_alone_but_only_whole(cache: Path) -> None:
    (models_folder(cache) / "pnet.tflite").unlink()
    assert states(cache)["pnet"] == "ready"
    assert published_network("pnet", cache)
    changed(models_folder(cache) / "pnet.onnx")
    assert states(cache)["pnet"] == "damaged"
    with pytest.raises(SetupProblem, match=r"pnet\.onnx are damaged"):
        published_network("pnet", cache)


def test_a_new_converter_needs_no_network(cache: Path) -> None:
    (models_folder(cache) / "pnet.onnx").unlink()
    assert states(cache)["pnet"] == "ready"
    assert published_network("pnet", cache)


def test_a_folder_that_cannot_be_written_to_costs_a_warning(
    cache: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (models_folder(cache) / "pnet.onnx").unlink()

    def full(*_given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with caplog.at_level(logging.WARNING):
        assert published_network("pnet", cache)
    assert "the next start converts it again" in caplog.text
    assert not list(models_folder(cache).glob(".writing-*"))


@pytest.mark.parametrize("name", NETWORKS)
def test_weights_that_are_missing_cost_one_sentence_that_says_what_to_do(tmp_path: Path, name: str) -> None:
    with pytest.raises(SetupProblem) as raised:
        published_network(published(name).name, tmp_path)
    assert raised.value.text == (
        f"The weights of {name} are not on this machine: run `face_recog_server.py models fetch`, "
        "or choose --family dlib."
    )


def test_weights_that_are_damaged_at_ten_drawn_places_are_refused_before_anything_reads_them(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("converter.tflite.convert", lambda *_given: pytest.fail("they were read"))
    path = models_folder(cache) / "pnet.tflite"
    (models_folder(cache) / "pnet.onnx").unlink()
    for offset in np.random.default_rng(9).integers(0, path.stat().st_size, 10):
        whole = changed(path, int(offset))
        with pytest.raises(SetupProblem, match=r"The weights of pnet in .*pnet\.tflite are damaged: run"):
            published_network("pnet", cache)
        path.write_bytes(whole[: int(offset)])
        with pytest.raises(SetupProblem, match="are damaged"):
            published_network("pnet", cache)
        assert states(cache)["pnet"] == "damaged"
        path.write_bytes(whole)


def test_networks_that_were_swapped_are_refused(cache: Path) -> None:
    folder = models_folder(cache)
    (folder / "mobilefacenet.onnx").rename(folder / "pnet.onnx")
    (folder / "MobileFaceNet.tflite").rename(folder / "pnet.tflite")
    for name in ("pnet", "mobilefacenet"):
        with pytest.raises(SetupProblem, match="run `face_recog_server"):
            published_network(published(name).name, cache)


@pytest.mark.parametrize("model", PUBLISHED, ids=lambda model: model.name)
def test_files_of_another_hash_are_not_kept(tmp_path: Path, model: object) -> None:
    (first, *_) = (each for each in PUBLISHED if each is model)
    source = first.sources[0]
    with pytest.raises(SetupProblem, match="is damaged or another one"):
        keep(first, source, {source.files[0].name: b"another"}, tmp_path)
    assert not models_folder(tmp_path).exists()


def test_a_folder_that_cannot_be_made_costs_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "models").write_bytes(b"a file")
    model = published("pnet")
    with pytest.raises(SetupProblem, match="cannot be kept in"):
        keep(model, model.sources[0], {"pnet.tflite": weights_file("pnet").data}, tmp_path)
