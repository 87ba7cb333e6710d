"""Who is in this picture: image bytes in, faces with names out, sightings kept where asked. Knows no messages."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.faces import Box, Decode, Recogniser, stacked
from server.gallery import Gallery, Match
from server.services.class_day.galleries import Galleries
from server.services.class_day.work_queue import WorkQueue
from server.store.base import Picture as KeptPicture
from server.store.base import Sighting, Store

CANDIDATES_KEPT: Final = 3
"""Of each face: so many fit on a screen beside it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One face and who it is. names: of the candidates. embedding: float32 (dimensions,)."""

    box: Box
    score: float
    match: Match
    names: dict[str, str]
    embedding: NDArray[np.float32] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Picture:
    """What was found in one picture. width, height: in pixels, as shown. seen: largest face first."""

    width: int
    height: int
    seen: tuple[Seen, ...]
    recorded: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when a picture was taken that is to be kept: its moment, and who may be in it."""

    course: str
    day: date
    hour: int
    taken_at: datetime
    device: str


class Recognition:
    """Recognises pictures behind a bounded queue; any thread may ask. Raises Busy when too many wait."""

    def __init__(
        self, recogniser: Recogniser, decode: Decode, store: Store, galleries: Galleries, queue: WorkQueue
    ) -> None:
        self._recogniser = recogniser
        self._decode = decode
        self._store = store
        self._galleries = galleries
        self._queue = queue

    @property
    def gallery(self) -> Gallery:
        """Everybody with a photograph, as it was last loaded: to be had while the database is away."""
        return self._galleries.loaded

    def identify(self, image: bytes, course: str | None, day: date) -> Picture:
        """Every face of the picture, looked for among the course's students of that day (None: among all).

        Raises BadImage, TooLarge, UnknownCourse, Busy, Unavailable.
        """
        students = None if course is None else self._store.students_of(course, day)
        return self._queue.run(lambda: self._identify(image, students, course))

    def identify_and_record(self, image: bytes, place: Place, *, now: datetime) -> Picture:
        """The same, and the picture is kept with every face that may be a student's; no stranger's. No face is fine.

        Raises as `identify`, and UnknownStudent where a student was removed meanwhile.
        """
        picture = self.identify(image, place.course, place.day)
        kept = KeptPicture(
            place.course,
            place.day,
            place.hour,
            place.taken_at,
            place.device,
            len(picture.seen),
            picture.width,
            picture.height,
        )
        recorded = self._store.add_picture(kept, self._sightings(picture), now=now)
        return Picture(picture.width, picture.height, picture.seen, recorded)

    def largest_known(self, image: bytes, course: str | None, day: date) -> str | None:
        """The student of the largest face that is known for sure, or None: what the client of 2019 asks."""
        picture = self.identify(image, course, day)
        return next((each.match.student_id for each in picture.seen if each.match.verdict == "sure"), None)

    def _sightings(self, picture: Picture) -> list[Sighting]:
        return [
            _sighting(each, self._recogniser.model_id)
            for each in picture.seen
            if each.match.plausible and each.match.candidates
        ]

    def _identify(self, data: bytes, students: frozenset[str] | None, course: str | None) -> Picture:
        image = self._decode(data)
        faces = self._recogniser.faces(image)
        probes = stacked([face.embedding for face in faces], self._recogniser.dimensions)
        widths = np.array([face.width for face in faces], np.float64)
        matches = self._galleries.matcher(students, course).identify(probes, widths)
        names = self._store.names({each.student_id for match in matches for each in match.candidates})
        seen = tuple(
            Seen(face.box, face.score, match, names, face.embedding) for face, match in zip(faces, matches, strict=True)
        )
        return Picture(image.shape[1], image.shape[0], seen, 0)


def _sighting(seen: Seen, model_id: str) -> Sighting:
    match = seen.match
    candidates = tuple((each.student_id, each.distance) for each in match.candidates[:CANDIDATES_KEPT])
    student = match.student_id or match.candidates[0].student_id
    return Sighting(student, match.verdict, match.probability, candidates, seen.box, seen.embedding, model_id)
