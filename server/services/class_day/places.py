"""Gather where the pictures of an hour show each student, and whose doubtful face may be another's."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

import numpy as np

from server.domain.shared_faces import Box, Place, SeenFaces
from server.gallery import Matcher, Presence
from server.store import Sighting


class PlacesSoFar:
    """Of one hour; not to be shared by threads."""

    def __init__(self) -> None:
        self._boxes: dict[tuple[str, str], list[Box]] = defaultdict(list)
        self._times: dict[tuple[str, str], set[datetime]] = defaultdict(set)

    def add(self, camera: str, taken_at: datetime, sightings: Iterable[Sighting]) -> None:
        """A picture's; those that name nobody say nothing."""
        for each in sightings:
            if each.verdict != "unknown":
                self._boxes[each.student, camera].append(each.box)
                self._times[each.student, camera].add(taken_at)

    def faces(self, presences: Sequence[Presence], matcher: Matcher) -> SeenFaces:
        """With who is who by all pictures of the hour."""
        places: dict[str, dict[str, Place]] = defaultdict(dict)
        for (student, camera), boxes in self._boxes.items():
            left, top, right, bottom = (int(each) for each in np.median(np.array(boxes), axis=0))
            place = Place((left, top, right, bottom), frozenset(self._times[student, camera]))
            places[student][camera] = place
        clear_lead = matcher.constants.resemblance.clear_lead
        alike = {each.student_id: _alike(each, clear_lead) for each in presences if each.verdict == "check"}
        return SeenFaces(places, alike, frozenset(each.student_id for each in presences))


def _alike(presence: Presence, clear_lead: float) -> frozenset[str]:
    own = [each.distance for each in presence.candidates if each.student_id == presence.student_id]
    near = min(own, default=float("inf")) + clear_lead
    others = (each for each in presence.candidates if each.student_id != presence.student_id)
    return frozenset(each.student_id for each in others if own and each.distance < near)
