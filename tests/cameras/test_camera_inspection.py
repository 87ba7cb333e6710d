"""What a cheap look sees in real pictures, and the JPEG that is made of one."""

import cv2
import numpy as np
import pytest

from cameras.errors import BadPicture
from cameras.files import StillSource
from cameras.frame import Image
from cameras.inspection import PictureInspector
from cameras.picture import decode_picture
from cameras.settings import CameraSettings, CaptureThresholds, PictureLimits
from tests.server.recognition.photographs import shared

WANTED = CaptureThresholds()


def classroom() -> Image:
    return next(StillSource(shared("intel/classroom.gif"), CameraSettings()).pictures(lambda seconds: True))


def photograph(name: str) -> Image:
    return decode_picture(shared(name).read_bytes())


def test_a_classroom_is_bright_and_sharp_enough_and_somebody_is_in_view() -> None:
    measures = PictureInspector().measure(classroom())
    assert measures.brightness > WANTED.brightness
    assert measures.sharpness > WANTED.sharpness
    assert PictureInspector().sees_somebody(classroom())


@pytest.mark.parametrize("name", ["010_2.jpg", "011_3.jpg", "012_4.jpg", "013_4.jpg", "015_6.jpg", "016_8.jpg"])
def test_groups_are_seen_and_their_blurred_and_dark_pictures_refused(name: str) -> None:
    picture = photograph(f"compreface/{name}")
    look = PictureInspector()
    assert look.sees_somebody(picture)
    assert look.measure(picture).sharpness > WANTED.sharpness
    assert look.measure(cv2.GaussianBlur(picture, (0, 0), 3)).sharpness < WANTED.sharpness
    assert look.measure((picture * 0.08).astype(np.uint8)).brightness < WANTED.brightness


def test_nobody_is_seen_where_nobody_is() -> None:
    assert not PictureInspector().sees_somebody(photograph("compreface/017_0.jpg"))


def test_noise_is_no_change_and_somebody_who_moves_is() -> None:
    look = PictureInspector()
    room = cv2.resize(photograph("compreface/015_6.jpg"), (1280, 720))
    random = np.random.default_rng(1)
    cells = [
        look.measure(np.clip(room + random.normal(0, 8, room.shape), 0, 255).astype(np.uint8)).cells for _ in range(2)
    ]
    assert abs(cells[0] - cells[1]).max() < WANTED.change
    moved = room.copy()
    moved[300:400, 600:660] = room[300:400, 630:690]
    assert abs(look.measure(moved).cells - look.measure(room).cells).max() >= WANTED.change


def test_a_picture_is_sent_at_full_resolution() -> None:
    sent = decode_picture(PictureInspector().encode(classroom()))
    assert sent.shape == classroom().shape
    assert abs(sent.astype(int) - classroom()).mean() < 3


def test_quality_and_size_give_way_to_the_limits_of_the_server() -> None:
    picture = cv2.resize(classroom(), (1920, 1080))
    full = PictureInspector(95).encode(picture)
    assert len(full) > len(PictureInspector(80).encode(picture))
    assert len(PictureInspector(95, PictureLimits(payload_bytes=len(full) // 2)).encode(picture)) <= len(full) // 2
    smaller = decode_picture(PictureInspector(limits=PictureLimits(pixels=500_000)).encode(picture))
    assert smaller.shape[0] * smaller.shape[1] <= 500_000
    assert smaller.shape[1] / smaller.shape[0] == pytest.approx(16 / 9, abs=0.01)
    with pytest.raises(BadPicture, match="the server takes at most 10"):
        PictureInspector(limits=PictureLimits(payload_bytes=10)).encode(picture)


@pytest.mark.parametrize("name", ["010_2.jpg", "013_4.jpg", "015_6.jpg"])
def test_a_dark_picture_is_judged_by_the_faces_in_it(name: str) -> None:
    dark = (photograph(f"compreface/{name}") * 0.12).astype(np.uint8)
    measures = PictureInspector().measure(dark)
    assert measures.brightness < WANTED.brightness
    assert measures.faces_seen
    assert measures.sharpness > WANTED.sharpness


def test_in_a_dark_picture_without_faces_none_are_seen() -> None:
    nobody = photograph("compreface/017_0.jpg")
    assert not PictureInspector().measure((nobody * 0.12).astype(np.uint8)).faces_seen
    night = np.random.default_rng(1).integers(0, 4, (720, 1280, 3), np.uint8)
    assert not PictureInspector().measure(night).faces_seen


@pytest.mark.parametrize("name", ["015_6.jpg", "016_8.jpg"])
def test_a_dim_picture_out_of_focus_is_not_sharp(name: str) -> None:
    blurred = cv2.GaussianBlur(photograph(f"compreface/{name}"), (0, 0), 3)
    assert PictureInspector().measure((blurred * 0.4).astype(np.uint8)).sharpness < WANTED.sharpness
