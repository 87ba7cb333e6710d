"""Who is in this picture: image bytes in, faces with names out, sightings kept where asked. Knows no messages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from server.gallery import Gallery, Match, plausible
from server.services.class_day.galleries import Galleries
from server.services.class_day.work_queue import WorkQueue
from server.store import RecordedPicture as KeptPicture
from server.store import Sighting, Store

CANDIDATES_KEPT: Final = 3
"""Of each face: so many fit on a screen beside it."""


class Face(Protocol):
    """A face of a picture, as the recogniser gives it."""

    @property
    def box(self) -> tuple[int, int, int, int]: ...
    @property
    def score(self) -> float: ...
    @property
    def embedding(self) -> NDArray[np.float32]: ...


class Recogniser(Protocol):
    """What finds and embeds faces; images are uint8 (h, w, 3) RGB."""

    @property
    def model_id(self) -> str: ...
    def faces(self, image: NDArray[np.uint8]) -> Sequence[Face]: ...


Decode = Callable[[bytes], NDArray[np.uint8]]
"""The one door for images: bytes to uint8 (h, w, 3) RGB; raises BadImage and TooLarge."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One face and who it is. names: of the candidates. embedding: float32 (128,)."""

    box: tuple[int, int, int, int]
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
        students = None if course is None else self._store.rosters.students_of(course, day)
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
        recorded = self._store.pictures.add(kept, self._sightings(picture), now=now)
        return Picture(picture.width, picture.height, picture.seen, recorded)

    def largest_known(self, image: bytes, course: str | None, day: date) -> str | None:
        """The student of the largest face that is known for sure, or None: what the client of 2019 asks."""
        picture = self.identify(image, course, day)
        return next((each.match.student_id for each in picture.seen if each.match.verdict == "sure"), None)

    def _sightings(self, picture: Picture) -> list[Sighting]:
        return [
            _sighting(each, self._recogniser.model_id)
            for each in picture.seen
            if plausible(each.match) and each.match.candidates
        ]

    def _identify(self, data: bytes, students: frozenset[str] | None, course: str | None) -> Picture:
        image = self._decode(data)
        faces = self._recogniser.faces(image)
        probes = np.array([face.embedding for face in faces], np.float32).reshape(-1, 128)
        heights = np.array([_height(face.box) for face in faces], np.float64)
        matches = self._galleries.matcher(students, course).identify(probes, heights)
        names = self._store.rosters.names({each.student_id for match in matches for each in match.candidates})
        seen = tuple(
            Seen(face.box, face.score, match, names, face.embedding) for face, match in zip(faces, matches, strict=True)
        )
        return Picture(image.shape[1], image.shape[0], seen, 0)


def _sighting(seen: Seen, model_id: str) -> Sighting:
    match = seen.match
    candidates = tuple((each.student_id, each.distance) for each in match.candidates[:CANDIDATES_KEPT])
    student = match.student_id or match.candidates[0].student_id
    return Sighting(student, match.verdict, match.probability, candidates, seen.box, seen.embedding, model_id)


def _height(box: tuple[int, int, int, int]) -> int:
    """Of a face's box in pixels; its last row is inside."""
    return box[3] - box[1] + 1
