"""Recognise who is in a picture, and keep pictures for their session.

Finding and embedding faces waits in a queue; comparing them does not.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.domain.zones import Point, Zone
from server.errors import NoFace, SetupProblem
from server.extraction import Extracted, FaceExtractor
from server.faces import Box, Face, found_in, stacked
from server.gallery import Gallery, Match, Matcher
from server.services.class_day.fair_order import Sender
from server.services.class_day.galleries import Galleries
from server.services.class_day.work_queue import NOBODY_IN_PARTICULAR, WorkQueue
from server.store import FacePoints, RecordedPicture, Sighting, Store

log = logging.getLogger(__name__)

CANDIDATES_KEPT: Final = 3  # of each face: so many fit on a screen beside it
# Of other people who may pass for a student where it is asked one to one.
VERIFY_FMR: Final = 1e-4
NO_FACE_TO_VERIFY: Final = "The picture shows no face of {least} pixels or more."


@dataclass(frozen=True, slots=True)
class RecognisedFace:
    """A face and who it is."""

    box: Box
    score: float
    match: Match
    names: dict[str, str]  # of the candidates
    embedding: NDArray[np.float32] = field(repr=False)  # float32 (dimensions,)
    landmarks: NDArray[np.float32] = field(repr=False)  # float32 (5, 2), as of the face
    framed: float | None = None  # as of the face


@dataclass(frozen=True, slots=True)
class Picture:
    """What was found in a picture."""

    width: int  # pixels, as shown
    height: int
    faces: tuple[RecognisedFace, ...]  # largest first
    recorded: int  # sightings that were kept
    turns: int = 0  # quarters to the left until faces stand upright, where the picture has none
    found: int = 0  # faces that it shows, where they are more than were taken
    image: bytes = field(default=b"", repr=False)  # as it was looked at: without the zones that never are

    @property
    def faces_found(self) -> int:
        """How many faces it shows, taken or not."""
        return max(self.found, len(self.faces))


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when a picture was taken that is to be kept."""

    course: str
    day: date
    hour: int
    taken_at: datetime
    device: str


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether somebody is who they are said to be. box: of the face that was compared, the largest."""

    same: bool
    faces: int
    box: Box


# A picture's bytes and polygons, in parts of its sides; the bytes of one in which these are painted over.
Paint = Callable[[bytes, Sequence[Sequence[Point]]], bytes]


def _cannot_paint(_image: bytes, _polygons: Sequence[Sequence[Point]]) -> bytes:
    raise SetupProblem("This room has zones that are never looked at, and this program cannot paint them over.")


class Recognition:
    """For any thread. paint: what zones are painted over by, before anything looks at a picture.

    keeps_points: a face's landmarks are kept with it, and what stands around it.
    """

    def __init__(
        self,
        extractor: FaceExtractor,
        store: Store,
        galleries: Galleries,
        queue: WorkQueue,
        paint: Paint = _cannot_paint,
        *,
        keeps_points: bool = False,
    ) -> None:
        self._extractor = extractor
        self._store = store
        self._galleries = galleries
        self._queue = queue
        self._paint = paint
        self._keeps_points = keeps_points

    @property
    def gallery(self) -> Gallery:
        """As it was loaded last: to be had while the database is away."""
        return self._galleries.loaded

    def identify(self, image: bytes, course: str | None, day: date, sender: Sender = NOBODY_IN_PARTICULAR) -> Picture:
        """Every face of the picture, compared with the course's students of that day, or with everybody (None).

        sender: whose share of the recogniser it takes, and who is to be there still when it is their turn.
        Raises BadImage, TooLarge, UnknownCourse, Busy, Unavailable.
        """
        students = None if course is None else self._store.rosters.students_of(course, day)
        image, seen = self._queue.run(self._looking(image, course, day, sender), sender)
        faces = seen.faces
        if (found := found_in(faces)) > len(faces):
            log.warning("a picture shows %d faces; %d of them, drawn from all of it, are compared", found, len(faces))
        matcher = self._galleries.matcher(students, course)
        matches = self._decided(matcher, faces)
        if self._extractor.looks_twice and (doubtful := np.flatnonzero(matcher.in_doubt(matches)).tolist()):
            faces = self._embedded_again(image, faces, doubtful, sender)
            matches = self._decided(matcher, faces)
        names = self._store.rosters.names({each.student_id for match in matches for each in match.candidates})
        recognised = tuple(
            RecognisedFace(face.box, face.score, match, names, face.embedding, face.landmarks, face.framed)
            for face, match in zip(faces, matches, strict=True)
        )
        return Picture(seen.width, seen.height, recognised, 0, seen.turns, found, image)

    def zones_of(self, course: str | None, day: date, sender: Sender) -> list[Zone]:
        """What is never looked at of a picture that this sender takes of the course. Raises UnknownCourse."""
        cameras = {each for each in (sender.device, sender.address) if each}
        return self._store.zones.of_picture(course=course, day=day, cameras=cameras)

    def without_zones(self, image: bytes, course: str | None, day: date, sender: Sender) -> bytes:
        """The picture, with the zones that are never looked at painted over. Raises as `identify`."""
        zones = self.zones_of(course, day, sender)
        return self._paint(image, [each.points for each in zones]) if zones else image

    def _looking(
        self, image: bytes, course: str | None, day: date, sender: Sender
    ) -> Callable[[], tuple[bytes, Extracted]]:
        """What gives the picture as it may be looked at, and what it shows."""

        def look() -> tuple[bytes, Extracted]:
            shown = self.without_zones(image, course, day, sender)
            return shown, self._extractor.look(shown)

        return look

    def keep(self, picture: Picture, place: Place, *, now: datetime) -> Picture:
        """Keep a picture with every face that may be a student's, and no stranger's; it may have none.

        Raises UnknownStudent where a student was removed meanwhile, and Unavailable.
        """
        kept = RecordedPicture(
            place.course,
            place.day,
            place.hour,
            place.taken_at,
            place.device,
            picture.faces_found,
            picture.width,
            picture.height,
            len(picture.faces) if picture.faces_found > len(picture.faces) else None,
        )
        return replace(picture, recorded=self._store.pictures.add(kept, self._sightings(picture), now=now))

    def largest_known(
        self, image: bytes, course: str | None, day: date, sender: Sender = NOBODY_IN_PARTICULAR
    ) -> str | None:
        """The student of the largest face that is known for sure, which the client of 2019 asks for."""
        faces = self.identify(image, course, day, sender).faces
        return next((each.match.student_id for each in faces if each.match.verdict == "sure"), None)

    def verify(
        self,
        student: str,
        image: bytes,
        *,
        course: str | None = None,
        day: date = date.max,
        sender: Sender = NOBODY_IN_PARTICULAR,
    ) -> Verification:
        """Whether the picture's largest face is that student's; other people pass at most at the rate VERIFY_FMR.

        Raises NoFace, UnknownStudent for one without a photograph, and as `identify`.
        """
        matcher = self._galleries.matcher(None)
        faces = self._queue.run(lambda: self._extractor.faces(self.without_zones(image, course, day, sender)))
        if not faces:
            raise NoFace(NO_FACE_TO_VERIFY, least=self._extractor.min_face_px)
        same = matcher.verify(student, faces[0].embedding, VERIFY_FMR)
        return Verification(same, found_in(faces), faces[0].box)

    def surely(self, embedding: NDArray[np.float32]) -> str | None:
        """Whose face of an enrolment photograph, (n,), this surely is; None: nobody's, or it is in doubt."""
        matcher = self._galleries.matcher(None)
        if not matcher.students:
            return None
        match = matcher.identify_each(embedding[None])[0]
        return match.student_id if match.verdict == "sure" else None

    def _sightings(self, picture: Picture) -> list[Sighting]:
        return [
            _sighting(each, self._extractor.model_id, keeps_points=self._keeps_points)
            for each in picture.faces
            if each.match.plausible and each.match.candidates
        ]

    def _decided(self, matcher: Matcher, faces: Sequence[Face]) -> list[Match]:
        probes = stacked([face.embedding for face in faces], self._extractor.dimensions)
        return matcher.identify(probes, np.array([face.width for face in faces], np.float64))

    def _embedded_again(self, data: bytes, faces: Sequence[Face], rows: Sequence[int], sender: Sender) -> list[Face]:
        """The faces, those in these rows with the embeddings of a second look."""
        boxes = [faces[row].box for row in rows]
        again = self._queue.run(lambda: self._extractor.at_boxes(data, boxes), sender, urgent=True)
        embeddings = {row: face.embedding for row, face in zip(rows, again, strict=True)}
        return [replace(face, embedding=embeddings.get(row, face.embedding)) for row, face in enumerate(faces)]


def _sighting(face: RecognisedFace, model_id: str, *, keeps_points: bool) -> Sighting:
    match = face.match
    candidates = tuple((each.student_id, each.distance) for each in match.candidates[:CANDIDATES_KEPT])
    student = match.student_id or match.candidates[0].student_id
    points = FacePoints(face.landmarks, face.framed) if keeps_points else None
    return Sighting(student, match.verdict, match.probability, candidates, face.box, face.embedding, model_id, points)
