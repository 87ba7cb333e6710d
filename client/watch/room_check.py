"""Check by a room's own camera whether it is good enough, with the server's help, or roughly without it."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np

from cameras.advice import Sentence, camera_advice, light_advice
from cameras.frame import Image
from cameras.inspection import PictureInspector
from cameras.quality import PictureQuality, measure
from cameras.reading import Camera
from client.api import Api, new_key
from client.errors import ClientError, Refused, Unreachable
from client.zones import RoomZones
from protocol.messages import RoomChecked

EVERY_S: Final = 5.0
# A check takes a hundred pictures; of a longer one they are farther apart.
MOST_PICTURES: Final = 90
# A server that is busy is asked again with the next picture.
BUSY: Final = frozenset({"busy", "unavailable"})


@dataclass(slots=True)
class RoughCheck:
    """What this machine sees by itself. widths: of the faces of the fullest picture, in pixels."""

    size: tuple[int, int] = (0, 0)
    widths: tuple[int, ...] = ()
    qualities: list[PictureQuality] = field(default_factory=list)

    def sentences(self) -> Iterator[Sentence]:
        """Nothing where no picture came."""
        if not self.qualities:
            return
        quality = PictureQuality.middle(self.qualities)
        yield Sentence(
            f"화면 크기 {self.size[0]} x {self.size[1]}", f"The picture has {self.size[0]} x {self.size[1]}."
        )
        if self.widths:
            count, least, most = len(self.widths), min(self.widths), max(self.widths)
            yield Sentence(
                f"대략 얼굴 {count}개, {least}~{most}픽셀. 24픽셀보다 작은 얼굴은 서버가 있어야 셀 수 있습니다.",
                f"About {count} faces of {least} to {most} px; smaller ones than 24 px only the server counts.",
            )
        yield from light_advice(quality)
        yield from camera_advice(quality)


@dataclass(frozen=True, slots=True)
class RoomCheckOutcome:
    """server: None: it was away, and `rough` is all. looks: at the camera; lost: without a new picture."""

    server: RoomChecked | None
    rough: RoughCheck
    looks: int
    lost: int
    why_not: str = ""  # why the server did not help


class RoomCheckRun:
    """Not to be shared by threads. say: is told of the pictures so far."""

    def __init__(
        self,
        api: Api,
        course: str,
        inspector: PictureInspector,
        *,
        say: Callable[[int, RoomChecked | None], None],
        report: Literal["", "html", "png"] = "",
        monotonic: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._api = api
        self._course = course
        self._inspector = inspector
        self._say = say
        self._report: Literal["", "html", "png"] = report
        self._monotonic = monotonic
        self._wait = wait
        self._zones = RoomZones(api, monotonic)
        self._check = new_key()
        self._rough = RoughCheck()
        self._why_not = ""
        self._looks = self._lost = 0

    def run(self, camera: Camera, minutes: float) -> RoomCheckOutcome:
        """Raises Refused for a final no."""
        # One picture is held back: the last one keeps the check and brings the report.
        ends, number, held = self._monotonic() + 60 * minutes, 0, b""
        every_s = max(EVERY_S, 60 * minutes / MOST_PICTURES)
        while self._monotonic() < ends and camera.state != "lost":
            frame = camera.latest()
            if frame is not None or camera.state != "opening":
                self._looks += 1
            if frame is not None and frame.number != number:
                number = frame.number
                if held:
                    self._say(self._looks - self._lost - 1, self._send(held, last=False))
                shown, may_leave = self._hidden(frame.image)
                held = self._inspector.encode(shown) if may_leave else b""
                self._look(np.asarray(shown))
            elif frame is not None or camera.state != "opening":
                self._lost += 1
            if camera.state == "ended":
                break
            self._wait(every_s)
        answer = self._send(held, last=True) if held else None
        return RoomCheckOutcome(answer, self._rough, self._looks, self._lost, self._why_not)

    def _hidden(self, image: Image) -> tuple[Image, bool]:
        """The picture without what is never looked at, and whether the server has said what that is."""
        try:
            self._zones.ask(self._course)
        except ClientError as error:
            self._why_not = error.text
        return self._zones.painted(image), self._zones.knows(self._course)

    def _send(self, picture: bytes, *, last: bool) -> RoomChecked | None:
        """None: the server is away, or has no time."""
        try:
            return self._api.check_room(
                self._course, picture, check=self._check, keep=last, report=self._report if last else ""
            )
        except Unreachable as error:
            self._why_not = error.text
        except Refused as error:
            if error.code not in BUSY:
                raise
            self._why_not = error.text
        return None

    def _look(self, image: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]") -> None:
        boxes = self._inspector.faces(image)
        widths = tuple(sorted((right - left + 1 for left, _, right, _ in boxes), reverse=True))
        self._rough.size = image.shape[1], image.shape[0]
        self._rough.widths = max(self._rough.widths, widths, key=len)
        self._rough.qualities.append(measure(np.ascontiguousarray(image[:, :, ::-1]), boxes))
