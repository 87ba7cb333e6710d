"""Read webcams, RTSP streams and video files by OpenCV."""

import os
import sys
import time
from collections.abc import Callable, Generator, Iterator
from typing import Final

import cv2

from cameras.address import Address
from cameras.error_texts import CameraText
from cameras.errors import CameraLost
from cameras.frame import Image
from cameras.picture import check_size
from cameras.settings import CameraSettings
from cameras.source import PATIENCE_S, Pace, Pause

# How long a stream may take to open, and to give its next picture.
TIMEOUT_MS: Final = 5000

# Pictures a second of a video file that does not say.
USUAL_RATE: Final = 25.0

# OpenCV and FFmpeg write to standard error what they think of a stream, its URL with the password among it.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


class OpenCvSource:
    """is_recording: it is over at its end and is played at its own rate."""

    patience_s = PATIENCE_S

    def __init__(
        self,
        name: str,
        open_capture: Callable[[], cv2.VideoCapture],
        settings: CameraSettings,
        *,
        not_opened: CameraText,
        is_recording: bool = False,
    ) -> None:
        self.name = name
        self._open = open_capture
        self._frames_per_second = settings.frames_per_second
        self._not_opened = not_opened
        self._is_recording = is_recording

    def pictures(self, pause: Pause) -> Generator[Image, None, None]:
        capture = self._open()
        try:
            if not capture.isOpened():
                raise CameraLost(self._not_opened)
            check_size(int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)), int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT)))
            yield from self._play(capture, pause) if self._is_recording else self._watch(capture)
        finally:
            capture.release()

    def _watch(self, capture: cv2.VideoCapture) -> Iterator[Image]:
        pace = Pace(self._frames_per_second)
        while capture.grab():
            if pace.is_due():
                yield _retrieved(capture)
        raise CameraLost(CameraText.ENDED)

    def _play(self, capture: cv2.VideoCapture, pause: Pause) -> Iterator[Image]:
        rate = capture.get(cv2.CAP_PROP_FPS)
        step_s = 1 / (rate if 0 < rate <= 240 else USUAL_RATE)
        pace = Pace(self._frames_per_second)
        due = time.monotonic()
        while capture.grab():
            if pace.is_due():
                yield _retrieved(capture)
            due = max(due + step_s, time.monotonic())
            if pause(due - time.monotonic()):
                return


def _retrieved(capture: cv2.VideoCapture) -> Image:
    taken, picture = capture.retrieve()
    if not taken or picture is None or picture.ndim != 3:
        raise CameraLost(CameraText.UNREADABLE_PICTURES)
    return picture.astype("uint8", copy=False)


def webcam(number: int, settings: CameraSettings) -> OpenCvSource:
    """The webcam with this number, from 0."""

    def open_capture() -> cv2.VideoCapture:
        # Media Foundation, OpenCV's first choice on Windows, takes half a minute to open many webcams.
        capture = cv2.VideoCapture(number, cv2.CAP_DSHOW if sys.platform == "win32" else cv2.CAP_ANY)
        # Uncompressed pictures of this size do not fit through USB 2 at more than a few a second.
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, settings.width)
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, settings.height)
        return capture

    return OpenCvSource(f"webcam {number}", open_capture, settings, not_opened=CameraText.WEBCAM_NOT_OPENED)


def rtsp_stream(address: Address, settings: CameraSettings) -> OpenCvSource:
    """Over TCP, which OpenCV chooses."""
    return OpenCvSource(
        address.name,
        lambda: _open_by_ffmpeg(address.with_password()),
        settings,
        not_opened=CameraText.STREAM_NOT_OPENED,
    )


def video_file(path: str, settings: CameraSettings) -> OpenCvSource:
    """Played once at its own rate."""
    return OpenCvSource(
        path,
        lambda: _open_by_ffmpeg(path),
        settings,
        not_opened=CameraText.VIDEO_NOT_OPENED,
        is_recording=True,
    )


def _open_by_ffmpeg(source: str) -> cv2.VideoCapture:
    timeouts = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, TIMEOUT_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, TIMEOUT_MS]
    return cv2.VideoCapture(source, cv2.CAP_FFMPEG, timeouts)
