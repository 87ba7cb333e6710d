"""Videos, folders, still pictures and animations as cameras, and what is called a camera but is none."""

import io
import logging
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

from cameras.errors import BadPicture, NoSuchCamera
from cameras.files import FolderSource, StillSource
from cameras.frame import Image
from cameras.opencv import OpenCvSource
from cameras.opening import find_source, open_camera
from cameras.picture import decode_picture
from cameras.settings import CameraSettings
from tests.cameras.camera_servers import DEADLINE_S, jpeg, write_video
from tests.cameras.waits import Watched
from tests.server.recognition.photographs import shared

FAST = CameraSettings(interval_s=0.001)


class Pauses:
    """Pauses that are over at once; the n-th ends the pictures."""

    def __init__(self, last: int = -1) -> None:
        self.seconds: list[float] = []
        self._last = last

    def __call__(self, seconds: float) -> bool:
        self.seconds.append(seconds)
        return len(self.seconds) == self._last


def greys(pictures: Iterator[Image]) -> list[int]:
    return [round(float(picture.mean()) / 10) * 10 for picture in pictures]


def test_the_pictures_of_a_folder_come_by_name_with_the_interval_behind_each(tmp_path: Path) -> None:
    for name, grey in {"b.jpg": 60, "a.JPG": 30, "c.png": 90}.items():
        tmp_path.joinpath(name).write_bytes(jpeg(grey))
    tmp_path.joinpath("notes.txt").write_text("no picture")
    pauses = Pauses()
    assert greys(FolderSource(tmp_path, CameraSettings(interval_s=7)).pictures(pauses)) == [30, 60, 90]
    assert pauses.seconds == [7, 7, 7]


def test_a_damaged_picture_of_a_folder_is_passed_over_and_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    tmp_path.joinpath("a.jpg").write_bytes(b"")
    tmp_path.joinpath("b.jpg").write_bytes(jpeg(50))
    with caplog.at_level(logging.WARNING):
        assert greys(FolderSource(tmp_path, FAST).pictures(Pauses())) == [50]
    assert "a.jpg is passed over: it is empty." in caplog.text


def test_a_folder_without_a_picture_is_tried_again_until_there_is_one(tmp_path: Path) -> None:
    with Watched(find_source(str(tmp_path), FAST)) as seen:
        seen.waits.next_pause()
        assert "holds no picture that can be read. It is tried again in 1 s." in seen.camera.text
        tmp_path.joinpath("a.jpg").write_bytes(jpeg(50))
        seen.waits.end()
        assert seen.camera.next_frame(0, DEADLINE_S).image.shape == (48, 64, 3)


def test_a_still_picture_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "still.jpg"
    path.write_bytes(jpeg(120))
    pauses = Pauses(3)
    assert greys(StillSource(path, CameraSettings(interval_s=2)).pictures(pauses)) == [120, 120, 120]
    assert pauses.seconds == [2, 2, 2]


def test_an_animation_begins_again_and_keeps_its_own_times(tmp_path: Path) -> None:
    path = tmp_path / "two.gif"
    first, second = (Pillow.new("RGB", (8, 8), (grey, grey, grey)) for grey in (20, 200))
    first.save(path, save_all=True, append_images=[second], duration=[70, 300], loop=0)
    pauses = Pauses(4)
    assert greys(StillSource(path, FAST).pictures(pauses)) == [20, 200, 20, 200]
    assert pauses.seconds == pytest.approx([0.07, 0.3, 0.07, 0.3])


def test_the_animation_of_a_classroom_is_a_camera() -> None:
    with open_camera(str(shared("intel/classroom.gif"))) as camera:
        frame = camera.next_frame(1, DEADLINE_S)
        assert frame.image.shape == (270, 480, 3)
        assert 40 < frame.image.mean() < 220
        assert camera.state == "live"


@pytest.mark.parametrize(("name", "code"), [("class.avi", "MJPG"), ("class.mp4", "mp4v")])
def test_a_video_is_played_once_at_its_own_rate(tmp_path: Path, name: str, code: str) -> None:
    video = write_video(tmp_path / name, [40, 120, 200], code, rate=1.0)
    pauses = Pauses()
    source = find_source(str(video), CameraSettings(frames_per_second=1e9))
    assert isinstance(source, OpenCvSource)
    assert greys(source.pictures(pauses)) == [40, 120, 200]
    # Pauses that take no time add up: the third picture would be due three seconds behind the start.
    assert [round(seconds) for seconds in pauses.seconds] == [1, 2, 3]


def test_a_video_ends_as_a_recording_does(tmp_path: Path) -> None:
    with Watched(find_source(str(write_video(tmp_path / "class.avi", [80])), FAST)) as seen:
        seen.waits.next_pause()
        seen.waits.end()
        assert seen.camera.next_frame(1, DEADLINE_S) is None
        assert seen.camera.state == "ended"
        assert seen.camera.latest().image.mean() == pytest.approx(80, abs=3)


def test_a_file_that_is_no_video_is_told(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "class.mp4"
    path.write_bytes(b"no video" * 1000)
    with Watched(find_source(str(path), FAST)) as seen:
        seen.waits.next_pause()
        assert "class.mp4 cannot be opened: is it a video?" in seen.camera.text
    assert capfd.readouterr().err == ""


def test_a_webcam_that_is_not_there_is_tried_again(capfd: pytest.CaptureFixture[str]) -> None:
    with Watched(find_source("97", FAST)) as seen:
        assert seen.waits.next_pause() == 1
        assert "webcam 97 cannot be opened: is it connected" in seen.camera.text
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("source", ["", "nowhere.jpg", "-1", "camera 0", "1234"])
def test_what_is_no_camera_is_refused_with_what_may_be_one(source: str) -> None:
    with pytest.raises(NoSuchCamera, match="by its number"):
        open_camera(source)


def test_a_url_without_its_beginning_does_not_show_its_password() -> None:
    with pytest.raises(NoSuchCamera, match="no file or folder of that name") as told:
        open_camera("me:secret@192.0.2.1/stream1")
    assert "secret" not in told.value.text


def test_a_url_of_another_kind_is_refused_without_showing_it() -> None:
    with pytest.raises(NoSuchCamera, match="begins with rtsp://") as told:
        open_camera("ftp://me:secret@host/x.jpg")
    assert "secret" not in told.value.text


def test_a_picture_comes_as_blue_green_red_and_upright() -> None:
    blue_above_red = Pillow.new("RGB", (4, 8), (0, 0, 255))
    blue_above_red.paste((255, 0, 0), (0, 4, 4, 8))
    exif = Pillow.Exif()
    exif[0x0112] = 3  # stored upside down
    upside_down = io.BytesIO()
    blue_above_red.rotate(180).save(upside_down, "PNG", exif=exif)
    picture = decode_picture(upside_down.getvalue())
    assert picture.shape == (8, 4, 3)
    assert picture.dtype == np.uint8
    assert picture[0, 0].tolist() == [255, 0, 0]
    assert picture[7, 3].tolist() == [0, 0, 255]


@pytest.mark.parametrize("kind", [".jpg", ".png", ".bmp", ".webp"])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9])
def test_a_picture_that_is_cut_off_is_refused(kind: str, share: float) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (40, 40, 3), np.uint8)
    whole = cv2.imencode(kind, noise)[1].tobytes()
    with pytest.raises(BadPicture):
        decode_picture(whole[: int(len(whole) * share)])
