"""Model files are verified, converted once and kept; whatever happens to what was kept, the right network comes out."""

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from server.errors import SetupProblem
from server.recognition import model_files
from server.recognition.model_files import (
    ModelFiles,
    find_model_files,
    open_networks,
)
from settings.folders import cache_folder
from tests.converter.dat_writer import ResNetFile
from tests.converter.network_files import PROJECT, files, networks

OPEN_IN = """
import sys
from pathlib import Path
from server.recognition.model_files import find_model_files, open_networks
sys.stdin.readline()
networks = open_networks(find_model_files(), Path(sys.argv[1]))
print(len(networks.embedder_onnx), len(networks.detector_onnx))
"""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which both networks were kept. A test that changes it restores it by opening them again."""
    folder = tmp_path_factory.mktemp("kept")
    open_networks(files(), folder)
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name.split("-")[0] for path in folder.iterdir())


def test_the_networks_are_kept_and_taken_from_there(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = open_networks(files(), kept)
    monkeypatch.setattr(model_files, "convert_embedder", lambda _file: pytest.fail("converted again"))
    monkeypatch.setattr(model_files, "convert_detector", lambda _file: pytest.fail("converted again"))
    assert open_networks(files(), kept) == expected
    assert names(kept) == ["detector", "embedder"]


@pytest.mark.parametrize("damage", ["cut", "emptied", "changed"])
def test_a_kept_network_that_is_damaged_is_converted_again(
    kept: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = next(kept.glob("detector-*"))
    whole = path.read_bytes()
    path.write_bytes({"cut": whole[:-1], "emptied": b"", "changed": whole[:99] + b"?" + whole[100:]}[damage])
    with caplog.at_level(logging.WARNING):
        assert open_networks(files(), kept).detector_onnx == whole
    assert path.read_bytes() == whole
    assert "is damaged; it is converted again" in caplog.text


def test_a_folder_that_cannot_be_written_costs_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("no folder")
    with caplog.at_level(logging.WARNING):
        assert open_networks(files(), in_the_way / "cache").detector_onnx
    assert "the next start converts it again" in caplog.text


def test_processes_that_start_together_all_get_whole_networks(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OPEN_IN, str(tmp_path / "cache")]
    together = [
        subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for process in together:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = {process.communicate(timeout=120)[0] for process in together}
    assert [process.returncode for process in together] == [0, 0, 0]
    assert len(answers) == 1
    assert names(tmp_path / "cache") == ["detector", "embedder"]


def test_the_published_embedder_must_be_the_published_one(tmp_path: Path) -> None:
    other = tmp_path / "dlib_face_recognition_resnet_model_v1.dat"
    other.write_bytes(ResNetFile(1).content())
    found = files()
    with pytest.raises(SetupProblem, match=r"damaged or another one.*Reinstall face_recognition_models"):
        open_networks(ModelFiles(other, found.detector, found.landmarks, published=True), tmp_path / "cache")


def test_another_embedder_is_named_by_its_own_hash(tmp_path: Path) -> None:
    other = tmp_path / "other.dat"
    other.write_bytes(ResNetFile(1).content())
    opened = open_networks(find_model_files(other), tmp_path / "cache")
    assert opened.embedder_dat == str(other)
    assert opened.embedder_sha256 != networks(tmp_path / "cache").embedder_sha256
    assert names(tmp_path / "cache") == ["detector", "embedder"], "what nothing is pinned for is not kept"


def test_an_embedder_that_is_no_network_is_refused_with_the_option_to_mend(tmp_path: Path) -> None:
    other = tmp_path / "holiday.jpg"
    other.write_bytes(b"\xff\xd8\xff\xe0" + bytes(5000))
    with pytest.raises(SetupProblem, match=r"holiday\.jpg cannot be used.*--embedder"):
        open_networks(find_model_files(other), tmp_path / "cache")


def test_models_that_are_not_installed_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_files, "find_spec", lambda _name: None)
    with pytest.raises(SetupProblem, match="install the package face_recognition_models"):
        find_model_files()


def test_the_cache_is_where_the_system_wants_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    variable = "LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME"
    monkeypatch.setenv(variable, str(tmp_path))
    assert cache_folder() == tmp_path / "rollcall"
    monkeypatch.delenv(variable)
    assert cache_folder() == Path.home() / ".cache" / "rollcall"


def test_finding_the_models_does_not_import_face_recognition() -> None:
    code = (
        "import sys; from server.recognition.model_files import find_model_files; find_model_files(); "
        "sys.exit('face_recognition' in sys.modules or 'face_recognition_models' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=False).returncode == 0
