"""Read a folder of pictures, a still picture or an animation as if it were a camera."""

import logging
from collections.abc import Generator
from pathlib import Path
from typing import Final

from cameras.error_texts import CameraText
from cameras.errors import BadPicture, CameraLost
from cameras.frame import Image
from cameras.picture import MAX_PICTURE_BYTES, SUFFIXES, decode_picture, opened_picture, pixels
from cameras.settings import CameraSettings
from cameras.source import PATIENCE_S, Pause

# A picture of an animation that says nothing, or no time, stays so long, as in browsers.
USUAL_DURATION_S: Final = 0.1

_log = logging.getLogger(__name__)


class FolderSource:
    """The pictures of a folder, each once, an interval behind each."""

    def __init__(self, folder: Path, settings: CameraSettings) -> None:
        self.name = str(folder)
        self.patience_s = PATIENCE_S + settings.interval_s
        self._folder = folder
        self._interval_s = settings.interval_s

    def pictures(self, pause: Pause) -> Generator[Image, None, None]:
        """What is no picture is passed over and told in the log."""
        given = 0
        for path in picture_files(self._folder):
            try:
                picture = decode_picture(read_picture(path))
            except CameraLost as error:
                _log.warning("%s is passed over: %s", path, error.of("it").text)
                continue
            given += 1
            yield picture
            if pause(self._interval_s):
                return
        if not given:
            raise CameraLost(CameraText.NO_PICTURES)


class StillSource:
    """A picture that stays as it is, or an animation that begins again and again."""

    def __init__(self, path: Path, settings: CameraSettings) -> None:
        self.name = str(path)
        self.patience_s = PATIENCE_S + settings.interval_s
        self._path = path
        self._interval_s = settings.interval_s

    def pictures(self, pause: Pause) -> Generator[Image, None, None]:
        with opened_picture(read_picture(self._path)) as picture:
            count = getattr(picture, "n_frames", 1)
            place = 0
            while True:
                picture.seek(place)
                yield pixels(picture)
                if pause(_duration_s(picture.info) if count > 1 else self._interval_s):
                    return
                place = (place + 1) % count


def _duration_s(info: dict[str | tuple[int, int], object]) -> float:
    duration_ms = info.get("duration")
    return duration_ms / 1000 if isinstance(duration_ms, int | float) and duration_ms >= 10 else USUAL_DURATION_S


def picture_files(folder: Path) -> list[Path]:
    """By name. Raises CameraLost."""
    try:
        return sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.is_file())
    except OSError as error:
        raise CameraLost(CameraText.NOT_READ, reason=error.strerror or str(error)) from error


def read_picture(path: Path) -> bytes:
    """Raises CameraLost."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_PICTURE_BYTES + 1)
    except OSError as error:
        raise CameraLost(CameraText.NOT_READ, reason=error.strerror or str(error)) from error
    if not content:
        raise BadPicture(CameraText.EMPTY)
    return content
