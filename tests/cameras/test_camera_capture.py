"""Which picture is sent: on schedule, bright, sharp, changed, with somebody in it; and why another is not."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from cameras.capture import Capture, CaptureDecision
from cameras.inspection import Measures
from cameras.settings import CaptureThresholds, Schedule

BEGINS = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
ENDS = BEGINS + timedelta(minutes=50)
HOUR = ((BEGINS, ENDS),)
MIDDLE = BEGINS + timedelta(minutes=20)


@dataclass
class Frame:
    number: int
    image: Any = None


@dataclass
class Look:
    """What a test says is to be seen; each picture differs from the one before."""

    brightness: float = 100
    sharpness: float = 100
    somebody: bool = True
    step: float = 10
    _grey: float = field(default=0, init=False)

    def measure(self, image: Any) -> Measures:
        self._grey += self.step
        return Measures(self.brightness, self.sharpness, np.full((18, 32), self._grey, np.int16))

    def sees_somebody(self, image: Any) -> bool:
        return self.somebody

    def encode(self, image: Any) -> bytes:
        return b"jpeg"


class Camera:
    """A capture, and frames that are new each time."""

    def __init__(self, look: Look | None = None, schedule: Schedule | None = None) -> None:
        self.look = look or Look()
        self._capture = Capture(self.look, schedule or Schedule(), CaptureThresholds())
        self._number = 0

    def at(self, moment: datetime, hours: Any = HOUR) -> CaptureDecision:
        self._number += 1
        return self._capture.consider(Frame(self._number), moment, hours)

    def sent_minutes(self, begins: datetime, minutes: int, hours: Any = HOUR) -> list[float]:
        """When pictures went, in minutes from the begin, looked at each second."""
        moments = (begins + timedelta(seconds=second) for second in range(minutes * 60))
        return [(moment - begins).total_seconds() / 60 for moment in moments if self.at(moment, hours).jpeg]


def test_pictures_go_once_a_minute_and_twice_in_the_first_and_last_ten_minutes() -> None:
    sent = Camera().sent_minutes(BEGINS, 55)
    first, middle, last = ([at for at in sent if low <= at < high] for low, high in ((0, 10), (10, 40), (40, 55)))
    assert first == [step / 2 for step in range(20)]
    assert middle == [minute + 0.5 for minute in range(10, 40)]
    assert last == [40 + step / 2 for step in range(20)]


def test_the_schedule_is_a_setting() -> None:
    schedule = Schedule(every_s=300, edge_every_s=60, edge_minutes=2)
    assert Camera(schedule=schedule).sent_minutes(BEGINS, 50) == [0, 1, 6, 11, 16, 21, 26, 31, 36, 41, 46, 48, 49]


@pytest.mark.parametrize(
    ("moment", "is_on"),
    [
        (BEGINS - timedelta(minutes=5, seconds=1), False),
        (BEGINS - timedelta(minutes=5), True),
        (ENDS - timedelta(seconds=1), True),
        (ENDS, False),
    ],
)
def test_pictures_go_from_five_minutes_before_an_hour_until_its_end(moment: datetime, is_on: bool) -> None:
    decision = Camera().at(moment)
    assert (decision.jpeg is not None) is is_on
    assert decision.why_not == ("" if is_on else "No class hour is on.")


def test_without_a_timetable_pictures_go_once_a_minute_at_any_time() -> None:
    assert Camera().sent_minutes(BEGINS, 5, ()) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("look", "why_not"),
    [
        (Look(brightness=12), "The picture is too dark (12, wanted 25)."),
        (Look(sharpness=4), "The picture is not sharp (4, wanted 15)."),
        (Look(somebody=False), "Nobody is in view."),
    ],
)
def test_a_picture_not_worth_sending_is_told_and_looked_for_again_soon(look: Look, why_not: str) -> None:
    camera = Camera(look)
    assert camera.at(MIDDLE) == CaptureDecision(None, why_not, was_due=True)
    assert camera.at(MIDDLE + timedelta(seconds=4)) == CaptureDecision(
        None, "The next picture is due in 1 s.", was_due=False
    )
    look.brightness, look.sharpness, look.somebody = 100, 100, True
    assert camera.at(MIDDLE + timedelta(seconds=5)).jpeg == b"jpeg"


def test_a_dark_picture_in_which_faces_are_seen_is_sent() -> None:
    class Dim(Look):
        def measure(self, image: Any) -> Measures:
            return replace(super().measure(image), faces_seen=True)

    assert Camera(Dim(brightness=12)).at(MIDDLE).jpeg == b"jpeg"
    assert Camera(Dim(brightness=12, sharpness=4)).at(MIDDLE).why_not.startswith("The picture is not sharp")


def test_a_camera_without_a_picture_is_told() -> None:
    capture = Capture(Look(), Schedule(), CaptureThresholds())
    assert capture.consider(None, MIDDLE, HOUR).why_not == "The camera gives no picture."


def test_the_same_picture_is_not_sent_again() -> None:
    look = Look(step=2)
    camera = Camera(look)
    assert camera.at(MIDDLE).jpeg
    decision = camera.at(MIDDLE + timedelta(minutes=1))
    assert decision.why_not == "The picture is the same as the one sent before."
    assert camera.at(MIDDLE + timedelta(minutes=2)).jpeg, "two small steps make one large one"


def test_a_frame_that_was_sent_is_not_sent_again_however_it_is_measured() -> None:
    capture = Capture(Look(), Schedule(), CaptureThresholds())
    assert capture.consider(Frame(1), MIDDLE, HOUR).jpeg
    assert capture.consider(Frame(1), MIDDLE + timedelta(minutes=2), HOUR).jpeg is None
    assert capture.consider(Frame(2), MIDDLE + timedelta(minutes=3), HOUR).jpeg


def test_one_cell_that_differs_makes_another_picture() -> None:
    class OneMoves(Look):
        def measure(self, image: Any) -> Measures:
            cells = np.full((18, 32), 90, np.int16)
            cells[3, 4] += image
            return Measures(100, 100, cells)

    capture = Capture(OneMoves(), Schedule(), CaptureThresholds())
    assert capture.consider(Frame(1, 0), MIDDLE, HOUR).jpeg
    assert capture.consider(Frame(2, -2), MIDDLE + timedelta(minutes=2), HOUR).jpeg is None
    assert capture.consider(Frame(3, -3), MIDDLE + timedelta(minutes=3), HOUR).jpeg


def test_a_clock_that_is_set_back_stops_no_pictures() -> None:
    camera = Camera()
    assert camera.at(MIDDLE).jpeg
    assert camera.at(MIDDLE - timedelta(minutes=15)).jpeg
    camera.look.somebody = False
    assert not camera.at(MIDDLE).jpeg
    camera.look.somebody = True
    assert camera.at(MIDDLE - timedelta(minutes=10)).jpeg
