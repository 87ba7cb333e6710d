"""What `doctor` says of a camera that is named to it."""

from pathlib import Path

import cv2
import numpy as np

from server.bootstrap.checks import check_camera
from server.doctor import CheckResult, guarded
from tests.ports import closed_port


def checked(named: str) -> list[CheckResult]:
    return guarded("camera", lambda: check_camera(named))


def test_a_camera_that_gives_a_picture_is_fine_with_its_size(tmp_path: Path) -> None:
    picture = tmp_path / "room.png"
    cv2.imwrite(str(picture), np.zeros((18, 32, 3), np.uint8))
    assert checked(str(picture)) == [CheckResult("camera", "fine", f"{picture} gives 32 x 18 pixels")]


def test_a_camera_that_gives_none_is_broken_and_its_password_is_not_told() -> None:
    (found,) = checked(f"http://professor:secret@127.0.0.1:{closed_port()}/shot.jpg")
    assert found.level == "broken"
    assert "cannot be reached" in found.text
    assert "secret" not in found.text


def test_what_can_be_no_camera_is_told_with_what_can(tmp_path: Path) -> None:
    (found,) = checked(str(tmp_path / "none.mp4"))
    assert found.level == "broken"
    assert "name a camera by its number" in found.text
