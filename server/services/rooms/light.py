"""Tell the light of a room by place and hour of the day: from when on a window or a lamp is in the way."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

import msgspec
import numpy as np

from cameras.advice import BACK_LIGHT, DARK_FACES, Sentence
from server.services.rooms.face_map import COLUMNS, MappedFace, in_columns

# Mean grey value of a third of the picture from which a window or a screen fills it.
BRIGHT_SIDE: Final = 190.0
PLACES: Final = (("왼쪽", "left"), ("가운데", "middle"), ("오른쪽", "right"))


class SideLight(msgspec.Struct, frozen=True):
    """A third of the picture, in grey values. face, beside: of the faces there, and how much brighter it is around."""

    picture: float
    face: float | None = None
    beside: float | None = None


class HourLight(msgspec.Struct, frozen=True):
    """The light of an hour of the day, by third from the left."""

    hour: int
    sides: tuple[SideLight, ...]


def hour_light(hour: int, faces: Sequence[MappedFace], cells: Sequence[float], width: int) -> HourLight:
    """cells: of PictureQuality, by row of the picture, COLUMNS in each."""
    columns = [float(np.mean(cells[place::COLUMNS])) for place in range(COLUMNS)]
    sides = [_side(mean, of_side) for mean, of_side in zip(columns, in_columns(faces, width), strict=True)]
    return HourLight(hour, tuple(sides))


def _side(mean: float, faces: Sequence[MappedFace]) -> SideLight:
    if not faces:
        return SideLight(round(mean, 1))
    light = float(np.median([each.light for each in faces]))
    beside = float(np.median([each.beside for each in faces]))
    return SideLight(round(mean, 1), round(light, 1), round(beside, 1))


def with_hours_before(now: HourLight, before: Sequence[HourLight]) -> tuple[HourLight, ...]:
    """By hour; what was known of this hour is replaced."""
    known = {each.hour: each for each in before} | {now.hour: now}
    return tuple(known[hour] for hour in sorted(known))


_PROBLEMS: Final[Mapping[tuple[str, str], Callable[[SideLight], bool]]] = {
    ("역광입니다", "is lit from behind"): lambda side: (side.beside or 0) > BACK_LIGHT,
    ("너무 밝습니다", "is too bright"): lambda side: side.picture > BRIGHT_SIDE,
    ("어둡습니다", "is dark"): lambda side: side.face is not None and side.face < DARK_FACES,
}


def light_by_hour(hours: Sequence[HourLight]) -> Iterator[Sentence]:
    """What is so at some of the hours that are known, and not at others: `from 15 h on the left is too bright`."""
    for (korean, english), is_so in _PROBLEMS.items():
        for place, (where, side) in enumerate(PLACES):
            told = [each.hour for each in hours if is_so(each.sides[place])]
            if told and len(told) < len(hours):
                since, from_when = _when(told, hours)
                yield Sentence(
                    f"{since} {where}이 {korean}.".replace("가운데이", "가운데가"), f"{from_when} the {side} {english}."
                )


def _when(told: Sequence[int], hours: Sequence[HourLight]) -> tuple[str, str]:
    known = [each.hour for each in hours]
    if told == known[-len(told) :]:
        return f"{told[0]}시부터", f"From {told[0]} h on"
    if told == known[: len(told)]:
        return f"{told[-1]}시까지", f"Until {told[-1]} h"
    listed = ", ".join(map(str, told))
    return f"{listed}시에", f"At {listed} h"
