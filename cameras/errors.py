"""What can go wrong with a camera; no text holds a password.

CameraError
├── NoSuchCamera   the name or URL can be no camera's
└── CameraLost     the camera gives no picture: it is tried again
    └── BadPicture what came is no picture, is damaged, or is too large
"""

from datetime import date
from typing import ClassVar

from protocol.sentences import Sentence, SentenceError, Value, sentence


class CameraError(SentenceError):
    """Base of the cameras' errors. code: the kind in one word, for programs that read the client's JSON."""

    exit_status: ClassVar[int] = 1
    code = "camera_lost"


class NoSuchCamera(CameraError):
    """It is said what a camera may be called; the exit status is that of a wrong command line."""

    exit_status = 2
    code = "usage"


class CameraLost(CameraError):
    """The sentence has a blank for the camera's name."""

    def __init__(self, template: str, /, **values: Value | date) -> None:
        super().__init__(template, **{"camera": "The camera", **values})

    def of(self, camera: str) -> Sentence:
        """The sentence about the camera of this name."""
        return sentence(self.sentence.template, **{**self.sentence.values, "camera": camera})


class BadPicture(CameraLost):
    """Another picture of the same camera may be good."""
