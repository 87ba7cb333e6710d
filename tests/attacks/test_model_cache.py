"""The folder in which networks are kept: nobody else may write to it, and what is in it must be what is pinned."""

import hashlib
import logging
import os
import shutil
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.errors import SetupProblem
from server.recognition import model_files
from server.recognition.model_files import open_networks
from server.recognition.weights import published_network
from settings.folders import cache_folder
from tests.converter.network_files import files
from tests.weights import need

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there a user's folders are the user's already")


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    """The rights of others to everything under a folder, itself among it; only what grants any."""
    found = {path.name: stat.S_IMODE(path.stat().st_mode) & 0o077 for path in (folder, *folder.rglob("*"))}
    return {name: mode for name, mode in found.items() if mode}


def exchanged(path: Path) -> bytes:
    """Put another network there, of which the file's own name tells nothing wrong."""
    other = path.read_bytes()[:-1] + b"!"
    kind = path.name.rsplit("-", 1)[0]
    path.unlink()
    path.with_name(f"{kind}-{hashlib.sha256(other).hexdigest()[:32]}.onnx").write_bytes(other)
    return other


@pytest.mark.usefixtures("open_umask")
def test_what_is_kept_is_the_users_alone_whatever_the_umask(tmp_path: Path) -> None:
    open_networks(files(), tmp_path / "cache" / "rollcall")
    assert len(list((tmp_path / "cache" / "rollcall").glob("*.onnx"))) == 2
    assert modes(tmp_path / "cache") == {}


@pytest.mark.usefixtures("open_umask")
def test_what_a_former_version_left_open_is_closed_at_the_next_load(tmp_path: Path) -> None:
    folder = tmp_path / "rollcall"
    open_networks(files(), folder)
    folder.chmod(0o777)
    for path in folder.iterdir():
        path.chmod(0o666)
    open_networks(files(), folder)
    assert modes(folder) == {}


def test_a_network_that_somebody_puts_there_under_its_own_hash_is_never_loaded(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    right = open_networks(files(), tmp_path)
    others = [exchanged(path) for path in list(tmp_path.glob("*.onnx"))]
    found = open_networks(files(), tmp_path)
    assert found == right
    assert found.embedder_onnx not in others

    path = next(tmp_path.glob(f"embedder-*-{hashlib.sha256(right.embedder_onnx).hexdigest()[:32]}.onnx"))
    path.write_bytes(others[0])
    with caplog.at_level(logging.WARNING):
        assert open_networks(files(), tmp_path) == right
    assert "is damaged; it is converted again" in caplog.text


def test_the_pinned_hashes_are_those_of_what_is_published() -> None:
    networks = open_networks(files())
    assert hashlib.sha256(networks.embedder_onnx).hexdigest() == model_files.CONVERTED_EMBEDDER_SHA256
    assert hashlib.sha256(networks.detector_onnx).hexdigest() == model_files.CONVERTED_DETECTOR_SHA256


@pytest.mark.usefixtures("open_umask")
def test_a_published_network_that_was_exchanged_is_made_again_or_refused(tmp_path: Path) -> None:
    need("khuface")
    right = published_network("pnet")
    shutil.copytree(cache_folder() / "models", tmp_path / "models")
    (tmp_path / "models" / "pnet.onnx").write_bytes(right[:-1] + b"!")
    assert published_network("pnet", tmp_path) == right
    assert modes(tmp_path / "models") == {}
    for name in ("pnet.onnx", "pnet.tflite"):
        (tmp_path / "models" / name).write_bytes(b"another")
    with pytest.raises(SetupProblem, match="are damaged"):
        published_network("pnet", tmp_path)
