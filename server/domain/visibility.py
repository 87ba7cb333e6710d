"""When each student was seen in, how easily the camera sees him out: what it says that it does not. No clock."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final

WEIGHT: Final = 2
"""What is known of the class counts as much for a student as so many pictures of himself, and one half as much for the
class: with two, that is Laplace's rule of succession."""


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


UNKNOWN: Final = Visibility(0.5, 0.5)


@dataclass(frozen=True, slots=True)
class _Count:
    """Pictures that could show a student: all, and those behind one that missed him; of both, how many missed him."""

    pictures: int = 0
    missed: int = 0
    behind: int = 0
    missed_again: int = 0

    def visibility(self, expected: Visibility) -> Visibility:
        return Visibility(
            (self.missed + WEIGHT * expected.missed) / (self.pictures + WEIGHT),
            (self.missed_again + WEIGHT * expected.missed_again) / (self.behind + WEIGHT),
        )


def visibilities(
    usable: Sequence[Sequence[datetime]], times: Mapping[str, Sequence[Collection[datetime]]], *, by_hour: bool
) -> dict[str, Visibility]:
    """How visible each student is in a session, by its pictures between his first and his last sighting.

    usable: of each hour, the pictures that could show him, by time; times: of each student and hour, when he was seen.
    Hours in which he was never seen are left out: he may have been away. by_hour: the first and last sighting of each
    hour, not of the session; then the end of an hour that he may have missed is not held for him. The class's shares
    stand in where a student has been seen too little to tell.
    """
    counts = {student: _sum(_hours(usable, seen, by_hour)) for student, seen in times.items()}
    of_class = _sum(counts.values()).visibility(UNKNOWN)
    return {student: count.visibility(of_class) for student, count in counts.items()}


def _hours(
    usable: Sequence[Sequence[datetime]], times: Sequence[Collection[datetime]], by_hour: bool
) -> Iterator[_Count]:
    seen = frozenset(at for hour in times for at in hour)
    return (_count(pictures, own if by_hour else seen) for pictures, own in zip(usable, times, strict=True) if own)


def _count(pictures: Iterable[datetime], seen: Collection[datetime]) -> _Count:
    """Over the pictures between the first and the last time that he was seen."""
    if not seen:
        return _Count()
    first, last = min(seen), max(seen)
    missed = [at not in seen for at in pictures if first < at < last]
    again = [now for before, now in pairwise(missed) if before]
    return _Count(len(missed), sum(missed), len(again), sum(again))


def _sum(counts: Iterable[_Count]) -> _Count:
    columns = zip(*((each.pictures, each.missed, each.behind, each.missed_again) for each in counts), strict=True)
    return _Count(*map(sum, columns))
