"""Find students who were confirmed by one face: two at one place in an hour, or one doubtful face for two."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

Box = tuple[int, int, int, int]
Shared = Literal["place", "face"]

# A place is where a student was seen in so many pictures of one camera: whoever passes the door is at none.
FEWEST_PICTURES: Final = 3
# Intersection over union from which two places are one.
SAME_PLACE: Final = 0.3
# Seen together in this share of the pictures of whoever has fewer, they are two.
TOGETHER: Final = 0.25


@dataclass(frozen=True, slots=True)
class Place:
    """Where one camera saw a student in an hour. box: the middle one, left, top, right, bottom. times: the pictures."""

    box: Box
    times: frozenset[datetime]


@dataclass(frozen=True, slots=True)
class SeenFaces:
    """What an hour's pictures say of who is who.

    places: by student and camera. alike: by student whose face is in doubt, the others that it may as well be. seen:
    students who have a face of their own.
    """

    places: Mapping[str, Mapping[str, Place]] = field(default_factory=dict)
    alike: Mapping[str, frozenset[str]] = field(default_factory=dict)
    seen: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, order=True)
class SharedFace:
    """One face, and two students who are marked as there by it. student: the smaller number of the two."""

    hour: int
    student: str
    other: str
    why: Shared = "place"
    answered: bool = False  # somebody has said that both were there

    @property
    def key(self) -> tuple[int, str, str]:
        return self.hour, self.student, self.other


def shared_faces(hour: int, faces: SeenFaces, there: Collection[str]) -> list[SharedFace]:
    """Pairs of `there`, the students marked as there in the hour, who were confirmed by one face; by number."""
    found: dict[tuple[str, str], Shared] = dict.fromkeys(_of_one_face(faces, there), "face")
    found.update(dict.fromkeys(_at_one_place(faces, there), "place"))
    return sorted(SharedFace(hour, *pair, why) for pair, why in found.items())


def _of_one_face(faces: SeenFaces, there: Collection[str]) -> Iterator[tuple[str, str]]:
    for student, others in faces.alike.items():
        if student in there:
            yield from (_pair(student, other) for other in others if other in there and other not in faces.seen)


def _at_one_place(faces: SeenFaces, there: Collection[str]) -> Iterator[tuple[str, str]]:
    cameras = {camera for student in there for camera in faces.places.get(student, {})}
    for camera in cameras:
        known = [(student, faces.places[student].get(camera)) for student in there if student in faces.places]
        places = [
            (student, place) for student, place in known if place is not None and len(place.times) >= FEWEST_PICTURES
        ]
        for one, other in _overlapping(places):
            if not _apart_elsewhere(faces.places[one], faces.places[other]):
                yield _pair(one, other)


def _overlapping(places: Sequence[tuple[str, Place]]) -> Iterator[tuple[str, str]]:
    # From the left: behind the first that begins where a place ends, none overlaps with it.
    ordered = sorted(places, key=lambda each: each[1].box)
    for at, (student, place) in enumerate(ordered):
        for other, others in ordered[at + 1 :]:
            if others.box[0] > place.box[2]:
                break
            if overlap(place.box, others.box) >= SAME_PLACE:
                yield student, other


def _apart_elsewhere(one: Mapping[str, Place], other: Mapping[str, Place]) -> bool:
    """Whether a camera shows them to be two: at other places, or both in one picture."""
    for camera in one.keys() & other.keys():
        first, second = one[camera], other[camera]
        fewer = min(len(first.times), len(second.times))
        together = len(first.times & second.times)
        if fewer >= FEWEST_PICTURES and overlap(first.box, second.box) < SAME_PLACE:
            return True
        if together and together >= TOGETHER * fewer:
            return True
    return False


def overlap(one: Box, other: Box) -> float:
    """Intersection over union."""
    width = min(one[2], other[2]) - max(one[0], other[0]) + 1
    height = min(one[3], other[3]) - max(one[1], other[1]) + 1
    shared = max(width, 0) * max(height, 0)
    return shared / (_area(one) + _area(other) - shared)


def _area(box: Box) -> int:
    return max(box[2] - box[0] + 1, 1) * max(box[3] - box[1] + 1, 1)


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)
