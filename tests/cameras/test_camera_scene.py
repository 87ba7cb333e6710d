"""A camera that was moved, covered or dirtied is told from people who come, go and change."""

import cv2
import numpy as np
import pytest

from bench.classroom import room_wall
from cameras.quality import measure
from cameras.scene import Scene, read_scene

WIDTH, HIGH = 960, 540


def wall(seed: int) -> np.ndarray:
    return np.clip(room_wall(WIDTH, HIGH, np.random.default_rng(seed)), 0, 255).astype(np.uint8)


def with_people(image: np.ndarray, seed: int) -> np.ndarray:
    """Discs of other grey values before half of it."""
    chance, shown = np.random.default_rng(seed), image.copy()
    for _ in range(25):
        x, y = int(chance.integers(0, WIDTH)), int(chance.integers(HIGH // 3, HIGH))
        cv2.circle(shown, (x, y), 30, tuple(int(each) for each in chance.integers(30, 200, 3)), -1)
    noisy = shown + chance.normal(0, 3, shown.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def changed(shown: np.ndarray, seed: int = 1) -> str:
    return Scene.of(with_people(wall(seed), 1)).changed(Scene.of(shown))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("light", [0.6, 1.0, 1.2])
def test_other_people_in_other_light_are_no_change(seed: int, light: float) -> None:
    others = with_people(wall(seed), 2 + seed)
    assert changed(np.clip(others * light, 0, 255).astype(np.uint8), seed) == ""


@pytest.mark.parametrize("pixels", [25, 80, 300])
def test_a_camera_that_was_pushed_aside_is_moved(pixels: int) -> None:
    assert changed(np.roll(with_people(wall(1), 3), pixels, axis=1)) == "moved"


def test_another_room_and_a_mirrored_one_are_told_as_moved() -> None:
    assert changed(with_people(wall(9), 3)) == "moved"
    assert changed(np.ascontiguousarray(with_people(wall(1), 3)[:, ::-1])) == "moved"


def test_a_cap_and_a_hand_cover_it() -> None:
    shown = with_people(wall(1), 3)
    assert changed(np.full_like(shown, 15)) == "covered"
    assert changed((cv2.GaussianBlur(shown, (0, 0), 90) * 0.3).astype(np.uint8)) == "covered"


def test_a_lens_that_is_smeared_in_half_is_dirty() -> None:
    shown = with_people(wall(1), 3)
    shown[:, : WIDTH // 2] = cv2.GaussianBlur(shown, (0, 0), 6)[:, : WIDTH // 2]
    assert changed(shown) == "dirty"


def test_what_is_kept_of_a_scene_is_read_again_and_other_bytes_are_not() -> None:
    scene = Scene.of(wall(1))
    again = read_scene(scene.data)
    assert again is not None
    assert again.data == scene.data
    assert read_scene(scene.data[:-1]) is None


def test_compression_shows_in_the_steps_between_blocks() -> None:
    shown = with_people(wall(1), 1)
    blocks = []
    for quality in (90, 25):
        _, data = cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, quality])
        blocks.append(measure(np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8), []).blocks)
    assert blocks[0] < 1.3
    assert blocks[1] > 1.5


def test_faces_before_a_window_are_lit_from_behind() -> None:
    shown = np.full((HIGH, WIDTH, 3), 245, np.uint8)
    shown[200:260, 200:260] = 50
    quality = measure(shown, [(200, 200, 259, 259)])
    assert quality.beside > 100
    assert quality.bright > 0.9
    assert quality.face_light == pytest.approx(50, abs=1)
