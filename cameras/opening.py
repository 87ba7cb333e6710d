"""Find the camera that a name means."""

from pathlib import Path
from typing import Final

from cameras.address import read_address
from cameras.errors import NoSuchCamera
from cameras.files import FolderSource, StillSource
from cameras.http import HttpSource
from cameras.opencv import rtsp_stream, video_file, webcam
from cameras.picture import SUFFIXES
from cameras.reading import Camera
from cameras.settings import CameraSettings
from cameras.source import PictureSource

# Of a webcam's number.
MAX_DIGITS: Final = 3


def open_camera(source: str, settings: CameraSettings | None = None) -> Camera:
    """The camera, being opened; its state tells how that goes. Raises NoSuchCamera.

    source: a webcam's number, an rtsp://, http:// or https:// URL, a video, a picture, or a folder of pictures.
    """
    return Camera(find_source(source.strip(), settings or CameraSettings()))


def find_source(source: str, settings: CameraSettings) -> PictureSource:
    """Not opened yet. Raises NoSuchCamera."""
    if source.isascii() and source.isdigit() and len(source) <= MAX_DIGITS:
        return webcam(int(source), settings)
    if "://" in source:
        return _find_by_url(source, settings)
    path = Path(source)
    if source and path.is_dir():
        return FolderSource(path, settings)
    if not source or not path.is_file():
        # What has an @ may be a URL that lacks its beginning, with a password in it.
        shown = "of that name" if "@" in source else repr(source)
        raise NoSuchCamera(
            f"There is no file or folder {shown}: name a camera by its number (0 is the first webcam), its URL "
            "(rtsp://, http://, https://), a video, a picture or a folder of pictures."
        )
    return StillSource(path, settings) if path.suffix.lower() in SUFFIXES else video_file(str(path), settings)


def _find_by_url(source: str, settings: CameraSettings) -> PictureSource:
    scheme = source.partition("://")[0].lower()
    if scheme not in ("rtsp", "rtsps", "http", "https"):
        raise NoSuchCamera(f"A camera's URL begins with rtsp://, rtsps://, http:// or https://, not {scheme[:20]}://.")
    address = read_address(source, settings)
    return HttpSource(address, settings) if scheme.startswith("http") else rtsp_stream(address, settings)
