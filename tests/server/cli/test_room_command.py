"""`room check`: real faces row by row, and what is wrong with a camera."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from bench.classroom import composed_rows, room_wall
from tests.server.cli.invoking import invoke, invoke_json
from tests.server.recognition.photographs import portraits
from tests.weights import need

SIZES = (80, 40, 16)


@pytest.fixture(scope="module")
def room_pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three rows of two, three pictures of other people's order in one room."""
    need("khuface")
    folder = tmp_path_factory.mktemp("room")
    for number in range(3):
        people = [*portraits(), *portraits()]
        shown = composed_rows(people, SIZES, 2, width=960, height=540, seed=4, people_seed=number)
        (folder / f"{number}.jpg").write_bytes(shown.jpeg)
    return folder


def test_rows_are_told_by_what_is_missed_at_their_size(room_pictures: Path, tmp_path: Path) -> None:
    page = tmp_path / "room.html"
    found = invoke_json(tmp_path, "room", "check", str(room_pictures), "--room", "B101", "--out", str(page))
    assert [row["state"] for row in found["rows"]] == ["sure", "sure", "invisible"]
    assert [row["faces"] for row in found["rows"]] == [2, 2, 2]
    assert "1–2줄 가능, 3줄 불가" in found["korean"]
    assert found["english"].startswith("Rows 1–2 yes, row 3 no")
    written = page.read_text(encoding="utf-8")
    assert found["korean"].split(".")[0] in written
    assert "http" not in written.replace("http-equiv", "")
    assert "data:image/png;base64,iVBOR" in written
    assert "B101" in invoke(tmp_path, "room", "list").output


def test_a_camera_that_was_moved_is_told_at_the_next_check(room_pictures: Path, tmp_path: Path) -> None:
    one, moved, picture = room_pictures / "0.jpg", tmp_path / "moved.jpg", tmp_path / "map.png"
    assert invoke_json(tmp_path, "room", "check", str(one), "--room", "B101")["change"] == ""
    cv2.imwrite(str(moved), np.roll(cv2.imread(str(one)), 60, axis=1))
    command = ("room", "check", str(moved), "--room", "B101", "--out", str(picture))
    assert invoke_json(tmp_path, *command)["change"] == "moved"
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_zones_of_the_room_are_not_looked_at_and_hours_of_the_day_are_kept(room_pictures: Path, tmp_path: Path) -> None:
    picture = str(room_pictures / "0.jpg")
    assert len(invoke_json(tmp_path, "room", "check", picture, "--room", "B101", "--at", "10")["rows"]) == 3
    assert invoke(tmp_path, "zone", "add", "B101", "0,0", "1,0", "1,1", "0,1").status == 0
    nobody = invoke_json(tmp_path, "room", "check", picture, "--room", "B101", "--at", "15")
    assert nobody["rows"] == []
    kept = invoke_json(tmp_path, "room", "check", picture, "--room", "B101", "--at", "10")
    assert [each["hour"] for each in kept["lights"]] == [10, 15]


def test_an_empty_room_and_a_wall_of_posters_say_nothing_about_rows(room_pictures: Path, tmp_path: Path) -> None:
    empty, posters = tmp_path / "empty.png", tmp_path / "posters"
    posters.mkdir()
    cv2.imwrite(str(empty), np.clip(room_wall(640, 360, np.random.default_rng(3)), 0, 255).astype(np.uint8))
    assert "No living face" in invoke_json(tmp_path, "room", "check", str(empty))["english"]
    still = cv2.imread(str(room_pictures / "0.jpg")).astype(np.float32)
    for number in range(3):
        noise = np.random.default_rng(number).normal(0, 3, still.shape)
        cv2.imwrite(str(posters / f"{number}.jpg"), np.clip(still + noise, 0, 255).astype(np.uint8))
    found = invoke_json(tmp_path, "room", "check", str(posters))
    assert found["rows"] == []
    assert any("on a wall" in english for _, english in found["advice"])


def test_a_frame_that_is_cut_or_repeated_is_counted_and_a_folder_without_pictures_refused(
    room_pictures: Path, tmp_path: Path
) -> None:
    folder, none = tmp_path / "frames", tmp_path / "none"
    folder.mkdir()
    none.mkdir()
    data = (room_pictures / "0.jpg").read_bytes()
    for name, content in (("0.jpg", data), ("1.jpg", data), ("2.jpg", data[: len(data) // 2])):
        (folder / name).write_bytes(content)
    found = invoke_json(tmp_path, "room", "check", str(folder))
    assert found["pictures"] == 1
    told = [english for _, english in found["advice"]]
    assert any("could not be read" in each for each in told)
    assert any("same as the one before" in each for each in told)
    assert "0 pictures" in invoke(tmp_path, "room", "check", str(none)).problem
