"""An RTSP camera, against a real server that wants a password."""

from pathlib import Path

import pytest

from cameras.opening import open_camera
from cameras.settings import CameraSettings
from tests.cameras.camera_servers import DEADLINE_S, PASSWORD, USER, rtsp_camera, write_video


def test_a_stream_is_read_with_the_password_of_the_settings(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    video = write_video(tmp_path / "live.ts", [60] * 50, "MPG2")
    capfd.readouterr()
    with (
        rtsp_camera(video) as server,
        open_camera(server.url, CameraSettings(user=USER, password=PASSWORD)) as camera,
    ):
        frame = camera.next_frame(5, DEADLINE_S)
        assert frame.image.shape == (240, 320, 3)
        assert frame.image.mean() == pytest.approx(60, abs=4)
        assert set(server.passwords) == {f"{USER}:{PASSWORD}"}
        assert PASSWORD not in camera.text + camera.name + "".join(capfd.readouterr())
