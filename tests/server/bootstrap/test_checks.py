"""What `doctor` says of a camera that is named to it."""

from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from server.bootstrap import checks
from server.bootstrap.checks import check_camera, check_family, check_models
from server.config import Settings
from server.doctor import CheckResult, guarded
from server.errors import SetupProblem
from server.faces import Recogniser
from server.families import FAMILIES
from server.recognition import open_recogniser
from server.recognition.weights.listing import ListedFile, State
from tests.photographs import fetched
from tests.ports import closed_port
from tests.server.test_families import DESCRIPTION, own_network
from tests.weights import need


@cache
def recogniser() -> Recogniser:
    need("khuface")
    return open_recogniser("khuface", threads=2)


def checked(named: str) -> list[CheckResult]:
    return guarded("camera", lambda: check_camera(named, recogniser))


def without_networks() -> Recogniser:
    raise SetupProblem("The weights are missing.")


def test_a_camera_that_gives_a_picture_is_fine_with_its_size(tmp_path: Path) -> None:
    picture = tmp_path / "room.png"
    cv2.imwrite(str(picture), np.zeros((18, 32, 3), np.uint8))
    assert checked(str(picture)) == [CheckResult("camera", "fine", f"{picture} gives 32 x 18 pixels")]


@pytest.mark.parametrize("lies", [0, 1, 3])
def test_a_camera_that_lies_is_told_with_by_how_much_to_turn_it(lies: int, tmp_path: Path) -> None:
    picture = tmp_path / "room.png"
    cv2.imwrite(str(picture), np.rot90(cv2.imread(str(fetched("obama.jpg"))), -lies))
    (found,) = checked(str(picture))
    assert found.level == ("warning" if lies else "fine")
    assert (f"turned by {90 * lies} degrees to the left" in found.text) == bool(lies)


def test_without_the_networks_nothing_is_said_of_how_a_camera_lies(tmp_path: Path) -> None:
    picture = tmp_path / "room.png"
    cv2.imwrite(str(picture), np.zeros((18, 32, 3), np.uint8))
    (found,) = guarded("camera", lambda: check_camera(str(picture), without_networks))
    assert found.level == "fine"


def test_a_camera_that_gives_none_is_broken_and_its_password_is_not_told() -> None:
    (found,) = checked(f"http://professor:secret@127.0.0.1:{closed_port()}/shot.jpg")
    assert found.level == "broken"
    assert "cannot be reached" in found.text
    assert "secret" not in found.text


def test_what_can_be_no_camera_is_told_with_what_can(tmp_path: Path) -> None:
    (found,) = checked(str(tmp_path / "none.mp4"))
    assert found.level == "broken"
    assert "name a camera by its number" in found.text


def test_a_family_whose_weights_are_not_here_is_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    found = {name: check_family(Settings(), family) for name, family in FAMILIES.items()}
    assert {name: each.level for name, each in found.items()} == {
        "khuface": "broken",
        "dlib": "fine",
        "fused": "broken",
    }
    assert found["dlib"].text == "dlib: dlib's MMOD and ResNet, 128 numbers a face, faces found by mmod"


@pytest.mark.parametrize(
    ("dlib", "khuface", "levels"),
    [
        ("missing", "ready", {"dlib": "warning", "khuface": "fine"}),
        ("damaged", "ready", {"dlib": "broken", "khuface": "fine"}),
        ("missing", "missing", {"dlib": "broken", "khuface": "broken"}),
    ],
)
def test_a_family_that_is_not_installed_is_no_defect_where_another_is_whole(
    dlib: State, khuface: State, levels: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def files(_: object = None) -> list[ListedFile]:
        made = (("khuface", khuface), ("dlib", dlib))
        return [ListedFile(name, Path(f"{name}.dat"), "", state, "0" * 64, "MIT", "") for name, state in made]

    monkeypatch.setattr(checks, "listed_files", files)
    assert {each.what: each.level for each in check_models(Settings())} == levels


def test_a_network_of_ones_own_is_described_however_its_ending_is_written(tmp_path: Path) -> None:
    embedder = own_network(tmp_path, DESCRIPTION).rename(tmp_path / "sface.ONNX")
    (found,) = (each for each in check_models(Settings(embedder=embedder)) if each.what == "models")
    assert found.text.startswith("SFace (")
