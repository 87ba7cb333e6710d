"""Estimate how often the camera misses each student who is there."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final

# What is known of the class counts for a student as so many pictures of their own, and one half for the class: with
# two, that is Laplace's rule of succession.
WEIGHT: Final = 2


@dataclass(frozen=True, slots=True)
class Visibility:
    """How often a student who is there is not seen: in any picture, and in the next one after that."""

    # Two numbers, because a student who bends over their notes does so for several pictures.

    missed: float
    missed_again: float

    def chance_of_missing(self, pictures: int) -> float:
        """The probability not to be seen in so many pictures in a row."""
        return self.missed * self.missed_again ** (pictures - 1) if pictures else 1.0


UNKNOWN: Final = Visibility(0.5, 0.5)


@dataclass(frozen=True, slots=True)
class _Count:
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
    """How visible each student is, by the pictures between their first and last sighting of session or hour."""
    # Hours in which they were never seen are left out: they may have been away. Where a student has been seen too
    # little to tell, the class stands in.
    counts = {student: _sum(_hours(usable, seen, by_hour)) for student, seen in times.items()}
    of_class = _sum(counts.values()).visibility(UNKNOWN)
    return {student: count.visibility(of_class) for student, count in counts.items()}


def _hours(
    usable: Sequence[Sequence[datetime]], times: Sequence[Collection[datetime]], by_hour: bool
) -> Iterator[_Count]:
    seen = frozenset(at for hour in times for at in hour)
    return (_count(pictures, own if by_hour else seen) for pictures, own in zip(usable, times, strict=True) if own)


def _count(pictures: Iterable[datetime], seen: Collection[datetime]) -> _Count:
    if not seen:
        return _Count()
    first, last = min(seen), max(seen)
    missed = [at not in seen for at in pictures if first < at < last]
    again = [now for before, now in pairwise(missed) if before]
    return _Count(len(missed), sum(missed), len(again), sum(again))


def _sum(counts: Iterable[_Count]) -> _Count:
    columns = zip(*((each.pictures, each.missed, each.behind, each.missed_again) for each in counts), strict=True)
    return _Count(*map(sum, columns))
