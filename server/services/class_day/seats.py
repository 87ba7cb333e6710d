"""Say where in the last picture of an hour each student was seen; of the picture itself nothing is kept."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from server.store import RecordedPicture, Sighting, Store

# Pictures before the last one that are read at once: a camera takes one every few seconds at the most.
RECENT: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a student's face was. box: left, top, right, bottom, as shares of the picture's width and height."""

    student: str
    verdict: Literal["sure", "check", "unknown"]
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class SeatSketch:
    """One camera's last picture of an hour."""

    device: str
    taken_at: datetime
    faces: int  # strangers too
    ratio: float  # of the picture's width to its height
    seats: tuple[Seat, ...]


def seat_sketches(store: Store, course: str, day: date, hour: int, now: datetime) -> list[SeatSketch]:
    """The last picture of each camera in the hour, whose size is known; by the camera's name."""
    recent = store.pictures.of_day(course, day, hour=hour, after=now - RECENT)
    last = {
        picture.device: (picture, seen) for picture, seen in recent or store.pictures.of_day(course, day, hour=hour)
    }
    return [_sketch(*last[device]) for device in sorted(last) if last[device][0].width > 0]


def _sketch(picture: RecordedPicture, seen: tuple[Sighting, ...]) -> SeatSketch:
    width, height = picture.width, picture.height
    seats = tuple(
        Seat(each.student, each.verdict, (left / width, top / height, right / width, bottom / height))
        for each in seen
        for left, top, right, bottom in [each.box]
    )
    return SeatSketch(picture.device, picture.taken_at, picture.faces, width / height, seats)
