"""Say who is in a picture, and keep pictures for their session.

Finding and embedding faces waits in a queue; comparing them does not. Knows no messages.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.faces import Box, Decode, Face, Recogniser, stacked
from server.gallery import Gallery, Match, Matcher
from server.services.class_day.galleries import Galleries
from server.services.class_day.work_queue import WorkQueue
from server.store import RecordedPicture as KeptPicture
from server.store import Sighting, Store

CANDIDATES_KEPT: Final = 3
"""Of each face: so many fit on a screen beside it."""
TURNED_EVERY: Final = 10
"""Of the pictures without a face every so manyth, the first among them, is asked whether it lies: four searches."""


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
    """What was found in one picture. width, height: in pixels, as shown. seen: largest face first.

    turns: quarters to the left that would turn a picture without a face so that faces stand upright in it.
    """

    width: int
    height: int
    seen: tuple[Seen, ...]
    recorded: int
    turns: int = 0


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
        self._empty = itertools.count()

    @property
    def gallery(self) -> Gallery:
        """Everybody with a photograph, as it was last loaded: to be had while the database is away."""
        return self._galleries.loaded

    def identify(self, image: bytes, course: str | None, day: date) -> Picture:
        """Every face of the picture, looked for among the course's students of that day (None: among all).

        In the queue pictures are decoded, faces found and embedded; everything else is done here. Raises BadImage,
        TooLarge, UnknownCourse, Busy, Unavailable.
        """
        students = None if course is None else self._store.rosters.students_of(course, day)
        (height, width), faces, turns = self._queue.run(lambda: self._look(image))
        matcher = self._galleries.matcher(students, course)
        matches = self._decided(matcher, faces)
        if self._recogniser.looks_twice and (doubtful := np.flatnonzero(matcher.in_doubt(matches)).tolist()):
            faces = self._embedded_again(image, faces, doubtful)
            matches = self._decided(matcher, faces)
        names = self._store.rosters.names({each.student_id for match in matches for each in match.candidates})
        seen = tuple(
            Seen(face.box, face.score, match, names, face.embedding) for face, match in zip(faces, matches, strict=True)
        )
        return Picture(width, height, seen, 0, turns)

    def keep(self, picture: Picture, place: Place, *, now: datetime) -> Picture:
        """Keep a picture with every face that may be a student's; no stranger's. No face is fine.

        Raises UnknownStudent where a student was removed meanwhile, and Unavailable.
        """
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
        return replace(picture, recorded=self._store.pictures.add(kept, self._sightings(picture), now=now))

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

    def _look(self, data: bytes) -> tuple[tuple[int, int], Sequence[Face], int]:
        """Height and width of the picture, its faces, its turns: what waits for a processor, and for no database."""
        image = self._decode(data)
        faces = self._recogniser.look(image)
        asked = not faces and next(self._empty) % TURNED_EVERY == 0
        turns = self._recogniser.quarter_turns(image, self._recogniser.min_face_px) if asked else 0
        return (image.shape[0], image.shape[1]), faces, turns

    def _decided(self, matcher: Matcher, faces: Sequence[Face]) -> list[Match]:
        probes = stacked([face.embedding for face in faces], self._recogniser.dimensions)
        return matcher.identify(probes, np.array([face.width for face in faces], np.float64))

    def _embedded_again(self, data: bytes, faces: Sequence[Face], rows: Sequence[int]) -> list[Face]:
        """The faces, those in the rows with the embeddings of a second look, ahead of pictures that wait."""
        boxes = [faces[row].box for row in rows]
        again = self._queue.run(lambda: self._recogniser.at_boxes(self._decode(data), boxes), urgent=True)
        embeddings = {row: face.embedding for row, face in zip(rows, again, strict=True)}
        return [replace(face, embedding=embeddings.get(row, face.embedding)) for row, face in enumerate(faces)]


def _sighting(seen: Seen, model_id: str) -> Sighting:
    match = seen.match
    candidates = tuple((each.student_id, each.distance) for each in match.candidates[:CANDIDATES_KEPT])
    student = match.student_id or match.candidates[0].student_id
    return Sighting(student, match.verdict, match.probability, candidates, seen.box, seen.embedding, model_id)
