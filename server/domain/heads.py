"""Count the heads of an hour by its pictures, whoever they are."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from server.domain.evidence import Look, Seen

# From fewer pictures it does not follow how many are hidden in each.
FEWEST_PICTURES: Final = 10
# Pictures with fewer faces than this share of the fullest are of a class that is coming or leaving.
FULL: Final = 0.8
# Standard errors of the upper limit: 97.5 %.
ERRORS: Final = 2.0
# A class of whom more than this is hidden at a time cannot be counted.
MOST_HIDDEN: Final = 0.5


@dataclass(frozen=True, slots=True)
class HeadCount:
    """at_least: heads that one picture shows. at_most: with those who are hidden at times; None: cannot be said."""

    at_least: int
    at_most: int | None = None


def count_heads(looks: Sequence[Look], seen: Sequence[Seen], invisible: Mapping[str, int] | None = None) -> HeadCount:
    """invisible: by camera how many sit where its map says that faces are too small, "" being every other camera.

    None: no map is known.
    """
    cameras: dict[str, list[Look]] = defaultdict(list)
    for look in looks:
        cameras[look.device].append(look)
    counted = [_of_camera(each, seen) for each in cameras.values()]
    at_least = max((each.at_least for each in counted), default=0)
    limits = [each.at_most for each in counted]
    too_far = [(invisible or {}).get(device, (invisible or {}).get("")) for device in cameras]
    if not limits or None in limits or None in too_far:
        return HeadCount(at_least)
    # Two cameras may show the same people or others: at most all of both, less the students whom both know, who are
    # counted in each; and who is too far from one is near another.
    heads = sum(filter(None, limits)) - _counted_again(looks, seen) + min(each or 0 for each in too_far)
    return HeadCount(at_least, max(at_least, heads))


def _counted_again(looks: Sequence[Look], seen: Sequence[Seen]) -> int:
    # A moment at which two cameras took a picture does not say which of them showed a student.
    taken = Counter(look.taken_at for look in looks)
    device = {look.taken_at: look.device for look in looks if taken[look.taken_at] == 1}
    known = ({device[at] for at in each.at if at in device} for each in seen if each.sure)
    return sum(len(cameras) - 1 for cameras in known if cameras)


def _of_camera(looks: Sequence[Look], seen: Sequence[Seen]) -> HeadCount:
    most = max(look.faces for look in looks)
    full = sorted(look.faces for look in looks if look.faces >= FULL * most)
    hidden = _hidden([look.taken_at for look in looks], seen)
    if len(looks) < FEWEST_PICTURES or not most or hidden is None or hidden > MOST_HIDDEN:
        return HeadCount(most)
    middle = full[len(full) // 2]
    heads = middle / (1 - hidden)
    return HeadCount(most, max(most, math.floor(heads + ERRORS * math.sqrt(heads * hidden / len(full)))))


def _hidden(pictures: Sequence[datetime], seen: Sequence[Seen]) -> float | None:
    # The share of pictures between a student's first and last in which they were not seen. Who was seen and not
    # recognised counts as hidden, so the limit is rather too high than too low.
    own = frozenset(pictures)
    shown = missed = 0
    for times in ([at for at in student.at if at in own] for student in seen):
        if len(times) >= 2:
            between = sum(times[0] < at < times[-1] for at in pictures)
            shown += between
            missed += between - (len(times) - 2)
    return missed / shown if shown else None
