"""Does this camera give a picture? A source's name in, the picture's size out. Keeps nothing."""

from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import cv2

TIMEOUT_MS: Final = 5000
"""How long a stream may take to open, and to give its first picture."""


class NoPicture(Exception):
    """The camera gives no picture; the text says what to do."""


def probe_camera(source: str) -> tuple[int, int]:
    """Width and height in pixels of one picture. source: a webcam's number, a stream's or picture's URL, or a file.

    Raises NoPicture with what to do. A password in a URL is never part of the text.
    """
    shown = without_password(source)
    if not source.isdigit() and "://" not in source and not Path(source).is_file():
        raise NoPicture(f"There is no file {shown}: name a camera by its number, its URL or a file.")
    level = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        return _first_picture(source, shown)
    finally:
        cv2.utils.logging.setLogLevel(level)


def _first_picture(source: str, shown: str) -> tuple[int, int]:
    timeouts = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, TIMEOUT_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, TIMEOUT_MS]
    capture = cv2.VideoCapture(int(source)) if source.isdigit() else cv2.VideoCapture(source, cv2.CAP_FFMPEG, timeouts)
    try:
        if not capture.isOpened():
            raise NoPicture(f"The camera {shown} cannot be opened: is it connected, and used by no other program?")
        taken, picture = capture.read()
    finally:
        capture.release()
    if not taken or picture is None:
        raise NoPicture(f"The camera {shown} opens but gives no picture: try it in another program.")
    return picture.shape[1], picture.shape[0]


def without_password(source: str) -> str:
    """The source as it may be shown: a URL without user and password."""
    parts = urlsplit(source)
    if "@" not in parts.netloc:
        return source
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
