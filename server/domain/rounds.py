"""Join the pictures that several cameras take of one room at about the same time."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from server.domain.evidence import HourEvidence, Look

# What different cameras show within this is one look at the class.
ROUND: Final = timedelta(minutes=1)
# A camera with fewer pictures than this share of the busiest one's is no camera of the room: a telephone held up once.
OF_THE_ROOM: Final = 0.25


def joined_cameras(hour: HourEvidence) -> HourEvidence:
    """The hour with one look for each round of its cameras; of one camera as it is.

    A student whom one camera shows was there in the round, and nobody is missed in it whom no camera can show.
    """
    views = _views(hour.looks)
    if len(set(views.values())) < 2:
        return hour
    rounds, expected = list(_rounds(hour.looks, views)), _of_the_room(hour.looks, views)
    began = {look.taken_at: each[0].taken_at for each in rounds for look in each}
    seen = tuple(replace(each, at=_unique(began.get(at, at) for at in each.at)) for each in hour.seen)
    return replace(hour, looks=tuple(_joined(each, views, expected) for each in rounds), seen=seen)


def _views(looks: Iterable[Look]) -> dict[str, int]:
    """By device a number: one that began when another had ended took its place, and has the same."""
    spans: dict[str, tuple[datetime, datetime]] = {}
    for look in looks:
        first, last = spans.get(look.device, (look.taken_at, look.taken_at))
        spans[look.device] = min(first, look.taken_at), max(last, look.taken_at)
    views: dict[str, int] = {}
    ends: list[datetime] = []
    for device, (first, last) in sorted(spans.items(), key=lambda each: each[1]):
        free = [number for number, end in enumerate(ends) if end < first]
        views[device] = free[0] if free else len(ends)
        ends[views[device] : views[device] + 1] = [last]
    return views


def _rounds(looks: Iterable[Look], views: Mapping[str, int]) -> Iterable[list[Look]]:
    """A round ends where a camera takes its next picture, or its time is over."""
    current: list[Look] = []
    for look in sorted(looks, key=lambda each: each.taken_at):
        again = views[look.device] in {views[each.device] for each in current}
        if current and (again or look.taken_at - current[0].taken_at >= ROUND):
            yield current
            current = []
        current.append(look)
    if current:
        yield current


def _of_the_room(looks: Sequence[Look], views: Mapping[str, int]) -> frozenset[int]:
    counts = Counter(views[look.device] for look in looks)
    most = max(counts.values())
    return frozenset(view for view, count in counts.items() if count >= OF_THE_ROOM * most)


def _joined(looks: Sequence[Look], views: Mapping[str, int], expected: frozenset[int]) -> Look:
    complete = expected.issubset(views[look.device] for look in looks)
    return Look(looks[0].taken_at, sum(look.faces for look in looks), complete=complete)


def _unique(moments: Iterable[datetime]) -> tuple[datetime, ...]:
    return tuple(dict.fromkeys(moments))
