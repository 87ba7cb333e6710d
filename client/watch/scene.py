"""Notice that the camera was moved, covered or dirtied since the room was checked, and since the watch began."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cameras.frame import Image
from cameras.scene import Change, Scene, read_scene
from client.api import Api
from client.errors import ClientError
from client.watch.events import EventReporter

# What stands still is what most of the first pictures show.
FIRST: Final = 5
# Somebody may stand before the camera for a picture or two.
LASTING: Final = 3
KIND: Final = "camera_changed"
SENTENCES: Final[dict[Change, str]] = {
    "moved": "The camera was moved, or shows another room: set it as it was, or run `room check` again.",
    "covered": "The camera is covered: free its view.",
    "dirty": "The camera's lens is dirty or out of focus: wipe it, and focus it.",
}


SINCE_CHECK: Final = "Since this room was checked on {day}: {text} Other light may look like it."


@dataclass(frozen=True, slots=True)
class KeptScene:
    """What the camera saw when the room was checked."""

    scene: Scene
    checked_at: datetime


def kept_scene(api: Api, course: str) -> KeptScene | None:
    """None: nothing is kept of the course's room, or the server is away or does not know it."""
    try:
        kept = api.check_room(course)
        scene = read_scene(base64.b64decode(kept.scene))
    except (ClientError, binascii.Error):
        return None
    return None if scene is None or kept.checked_at is None else KeptScene(scene, kept.checked_at)


class SceneWatch:
    """Not to be shared by threads. kept: what the room's check saw, asked once."""

    def __init__(self, reporter: EventReporter, kept: Callable[[], KeptScene | None] = lambda: None) -> None:
        self._reporter = reporter
        self._kept = kept
        self._first: list[Scene] = []
        self._reference: Scene | None = None
        self._last: Change = ""
        self._lasting = 0

    def look(self, image: Image) -> None:
        """Compare a picture that is due with the first ones; a change that lasts is reported once."""
        scene = Scene.of(image)
        if self._reference is None:
            self._first.append(scene)
            if len(self._first) == FIRST:
                self._reference = Scene.middle(self._first)
                self._compare_with_check(self._reference)
            return
        change = self._reference.changed(scene)
        self._lasting = self._lasting + 1 if change == self._last else 1
        self._last = change
        if self._lasting < LASTING:
            return
        if change:
            self._reporter.report_change(KIND, SENTENCES[change])
        else:
            self._reporter.forget(KIND)

    def _compare_with_check(self, now: Scene) -> None:
        kept = self._kept()
        if kept is not None and (change := kept.scene.changed(now)):
            day = f"{kept.checked_at.astimezone():%Y-%m-%d}"
            self._reporter.report(KIND, SINCE_CHECK.format(day=day, text=SENTENCES[change]))
