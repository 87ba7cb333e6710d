"""Notice that the camera was moved, covered or dirtied since the watch began."""

from typing import Final

from cameras.frame import Image
from cameras.scene import Change, Scene
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


class SceneWatch:
    """Not to be shared by threads."""

    def __init__(self, reporter: EventReporter) -> None:
        self._reporter = reporter
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
