"""When each student was seen in, how easily the camera sees him out: what it says that it does not. No clock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

WEIGHT: Final = 2
"""What is known of the class counts as much for a student as so many pictures of himself. Nothing known of the class
either: one half, as in Laplace's rule of succession."""


@dataclass(frozen=True, slots=True)
class Visibility:
    """How often a student who is there is not seen: in any picture, and in one that follows such a picture.

    Two numbers, because a student who bends over his notes does so for several pictures.
    """

    missed: float
    missed_again: float

    def chance_of_missing(self, pictures: int) -> float:
        """The probability not to be seen in so many pictures, one after the other, while being there; of none 1."""
        return self.missed * self.missed_again ** (pictures - 1) if pictures else 1.0


@dataclass(slots=True)
class _Count:
    """Pictures between a first and a last sighting: how many there were, and in how many he was not seen."""

    pictures: int = 0
    missed: int = 0

    def add(self, missed: bool) -> None:
        self.pictures += 1
        self.missed += missed

    def share(self, expected: float) -> float:
        return (self.missed + WEIGHT * expected) / (self.pictures + WEIGHT)


def visibilities(
    usable: Sequence[Sequence[datetime]], times: Mapping[str, Sequence[Sequence[datetime]]]
) -> dict[str, Visibility]:
    """How visible each student is in this session, from the pictures between his first and his last sighting in it.

    usable: of each hour, the pictures that could show him; times: of each student and hour, when he was seen. The
    class's own shares stand in where a student has been seen too little to tell.
    """
    counts = {student: _count(usable, seen) for student, seen in times.items()}
    any_picture = _pooled(each[0] for each in counts.values()).share(0.5)
    next_picture = _pooled(each[1] for each in counts.values()).share(0.5)
    return {student: Visibility(one.share(any_picture), other.share(next_picture))
            for student, (one, other) in counts.items()}


def _count(usable: Sequence[Sequence[datetime]], times: Sequence[Sequence[datetime]]) -> tuple[_Count, _Count]:
    """Over all pictures, and over those that follow one of the same hour in which he was missed."""
    every, following = _Count(), _Count()
    seen = {at for hour in times for at in hour}
    if not seen:
        return every, following
    first, last = min(seen), max(seen)
    for pictures in usable:
        missed_before = False
        for at in (each for each in pictures if first < each < last):
            missed = at not in seen
            every.add(missed)
            if missed_before:
                following.add(missed)
            missed_before = missed
    return every, following


def _pooled(counts: Iterable[_Count]) -> _Count:
    total = _Count()
    for each in counts:
        total.pictures += each.pictures
        total.missed += each.missed
    return total
