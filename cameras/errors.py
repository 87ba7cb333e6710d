"""What can go wrong with a camera; no text holds a password."""

from datetime import date
from typing import ClassVar

from protocol.sentences import Sentence, SentenceError, Value, sentence


class CameraError(SentenceError):
    """code: the kind in one word, for programs that read the client's JSON."""

    exit_status: ClassVar[int] = 1
    code = "camera_lost"


class NoSuchCamera(CameraError):
    """The name or URL can be no camera's."""

    exit_status = 2
    code = "usage"


class CameraLost(CameraError):
    """The camera gives no picture; it is tried again. The sentence has a blank for the camera's name."""

    def __init__(self, template: str, /, **values: Value | date) -> None:
        super().__init__(template, **{"camera": "The camera", **values})

    def of(self, camera: str) -> Sentence:
        return sentence(self.sentence.template, **{**self.sentence.values, "camera": camera})


class BadPicture(CameraLost):
    """What came is no picture, is damaged, or is too large."""
