"""A camera that is open only while it is needed, and whose state is told when it changes. Knows no kind of camera."""

from collections.abc import Callable
from typing import Protocol

from client.capture import Picture
from client.watch.teller import Teller


class Camera(Protocol):
    """A camera as far as it is watched."""

    @property
    def state(self) -> str:
        """opening, live, lost or ended."""

    @property
    def text(self) -> str:
        """The state in a sentence."""

    def latest(self) -> Picture | None:
        """Its newest frame."""

    def close(self) -> None:
        """Let the camera go."""


class Lens:
    """Not to be shared by threads."""

    def __init__(self, open_camera: Callable[[], Camera], teller: Teller) -> None:
        self._open_camera = open_camera
        self._teller = teller
        self._camera: Camera | None = None

    @property
    def is_opening(self) -> bool:
        """Whether it is too early to say that the camera gives no picture."""
        return self._camera is not None and self._camera.state == "opening"

    @property
    def is_over(self) -> bool:
        """Whether the camera was a recording that has come to its end."""
        return self._camera is not None and self._camera.state == "ended"

    def frame(self) -> Picture | None:
        """The newest frame, of a camera that is opened if it is not; None: there is none now."""
        if self._camera is None:
            self._camera = self._open_camera()
        if self._camera.state != "opening":
            self._teller.tell_once("camera", self._camera.text)
        return self._camera.latest()

    def close(self) -> None:
        """Let the camera go, if it is open."""
        if self._camera is not None:
            self._camera.close()
            self._camera = None
            self._teller.forget("camera")
