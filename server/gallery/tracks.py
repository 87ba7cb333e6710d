"""Decide who was there in an hour by linking the faces of its pictures to tracks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from server.gallery.assignment import NOBODY, assign
from server.gallery.constants import Tracking
from server.gallery.match import Candidate
from server.gallery.matcher import Judged, Matcher, nearest
from server.gallery.scores import Matrix, distances

# Intersection over union from which a face is where another was: people keep their seats.
SEAT_OVERLAP: Final = 0.3
# The seat of a track that a camera has not seen yet: it overlaps with nothing.
NOWHERE: Final = (-2, -2, -2, -2)

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class SeenFace:
    """A face of a picture."""

    # float32 (d,).
    embedding: NDArray[np.float32]
    # Left, top, right, bottom in pixels.
    box: Box
    # Whose picture it is in: places of two cameras say nothing of each other.
    camera: str = ""

    @property
    def face_px(self) -> int:
        """Width of the box, what sizes of faces are given by."""
        return self.box[2] - self.box[0] + 1


@dataclass(frozen=True, slots=True)
class Presence:
    """A student who was there in that hour, or may have been (`check`)."""

    student_id: str
    verdict: Literal["sure", "check"]
    probability: float
    # The pictures they were seen in, as places in what was given, ascending.
    seen_in: tuple[int, ...]
    # Nearest first, by the mean of the embeddings there.
    candidates: tuple[Candidate, ...]
    # That mean, float32 (d,).
    face: NDArray[np.float32] = field(repr=False, compare=False)


@dataclass(slots=True)
class _Track:
    # Faces of one person so far. Sixty pictures of a stranger in the same seat are one trial, not sixty: a look-alike
    # gains nothing by staying.

    # The sum of their embeddings.
    total: NDArray[np.float64]
    # (n,), the students whom its faces are vetoed for: faces with other vetoes are other people's.
    refused: NDArray[np.bool_]
    # Where they were last, by camera.
    seats: dict[str, Box] = field(default_factory=dict)
    sizes: list[int] = field(default_factory=list)
    seen_in: list[int] = field(default_factory=list)

    def add(self, face: SeenFace, picture: int) -> None:
        self.seats[face.camera] = face.box
        self.sizes.append(face.face_px)
        self.seen_in.append(picture)
        self.total += face.embedding

    @property
    def centre(self) -> NDArray[np.float32]:
        result: NDArray[np.float32] = (self.total / len(self.sizes)).astype(np.float32)
        return result

    @property
    def averaged(self) -> float:
        # How much of a mean it is: 0 for one face, nearly 1 for very many.
        return 1.0 - 1.0 / len(self.sizes)


class HourFaces:
    """The faces of an hour's pictures so far, those of one person linked; not to be shared by threads."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self._pictures = 0
        self._tracks: list[_Track] = []

    def add(self, picture: Sequence[SeenFace]) -> None:
        """Take the next picture in the order of time; all its faces are of one camera.

        Raises BadRequest for embeddings of another shape or with numbers that are not finite.
        """
        faces = [face for face in picture if face.face_px >= self._matcher.smallest_face_px and face.embedding.any()]
        if faces:
            _link(faces, self._pictures, self._tracks, self._matcher)
        self._pictures += 1

    def presences(self) -> list[Presence]:
        """Who was there, by student number; students who are not in the list were not seen."""
        if not self._tracks or not self._matcher.students:
            return []
        evidence = _evidence(self._matcher, self._tracks)
        found = [
            _presence(self._matcher, evidence, row, column, self._tracks[row])
            for row, column in enumerate(assign(-evidence.leads, self._matcher.constants.tracks.check_band))
            if column != NOBODY
        ]
        return sorted(found, key=lambda each: each.student_id)


def decide_hour(matcher: Matcher, pictures: Sequence[Sequence[SeenFace]]) -> list[Presence]:
    """Who was there in these pictures of an hour, in the order of time. Raises BadRequest as HourFaces does."""
    hour = HourFaces(matcher)
    for picture in pictures:
        hour.add(picture)
    return hour.presences()


def _evidence(matcher: Matcher, tracks: Sequence[_Track]) -> Judged:
    # What counts is the mean embedding of a track, and its middle size: a student who turns away in half of the
    # pictures is not missed, three doubtful pictures say more than one, and no single lucky one decides.
    return matcher.judge(
        np.stack([track.centre for track in tracks]),
        np.array([np.median(track.sizes) for track in tracks]),
        matcher.constants.tracks.mean_handicap * np.array([track.averaged for track in tracks]),
        np.stack([track.refused for track in tracks]),
    )


def _presence(matcher: Matcher, evidence: Judged, row: int, column: int, track: _Track) -> Presence:
    plain = evidence.plain[row]
    others = np.delete(plain, column)
    sure_lead, clear_lead = matcher.constants.tracks.sure_lead, matcher.constants.resemblance.clear_lead
    clear = evidence.leads[row, column] >= sure_lead and (not others.size or plain[column] + clear_lead <= others.min())
    return Presence(
        matcher.students[column],
        "sure" if clear else "check",
        float(evidence.chances[row, column]),
        tuple(track.seen_in),
        matcher.candidates(evidence, row, nearest(plain[None])[0]),
        track.centre,
    )


def _link(faces: Sequence[SeenFace], picture: int, tracks: list[_Track], matcher: Matcher) -> None:
    # Faces that belong to no track begin one.
    embeddings, fitted = matcher.checked(np.stack([face.embedding for face in faces])), matcher.constants.tracks
    refused = matcher.refused(embeddings)
    apart = _apart(embeddings, refused, faces, tracks, fitted) if tracks else None
    links = [NOBODY] * len(faces) if apart is None else assign(apart, fitted.link_distance)
    for face, vetoed, link in zip(faces, refused, links, strict=True):
        track = _Track(np.zeros(embeddings.shape[1]), vetoed) if link == NOBODY else tracks[link]
        track.add(face, picture)
        if link == NOBODY:
            tracks.append(track)


def _apart(
    embeddings: NDArray[np.float32],
    refused: NDArray[np.bool_],
    faces: Sequence[SeenFace],
    tracks: Sequence[_Track],
    fitted: Tracking,
) -> Matrix:
    # (k, tracks): distance to the track's mean embedding, less the bonus where the face is where the track was; of
    # faces that are not one person's, as their vetoes say, infinite.
    seats = np.array([track.seats.get(faces[0].camera, NOWHERE) for track in tracks])
    overlaps = _overlaps(np.array([face.box for face in faces]), seats)
    apart = distances(embeddings, np.stack([track.centre for track in tracks]))
    apart[(refused[:, None] != np.stack([track.refused for track in tracks])[None]).any(axis=2)] = np.inf
    return apart - fitted.seat_bonus * (overlaps >= SEAT_OVERLAP)


def _overlaps(boxes: NDArray[np.int_], others: NDArray[np.int_]) -> Matrix:
    # Intersection over union of boxes (k, 4) with others (t, 4): (k, t).
    first, last = boxes[:, None, :2], boxes[:, None, 2:]
    sides = np.maximum(np.minimum(last, others[:, 2:]) - np.maximum(first, others[:, :2]) + 1, 0)
    shared = sides.prod(axis=2)
    result: Matrix = shared / np.maximum(_areas(boxes)[:, None] + _areas(others) - shared, 1)
    return result


def _areas(boxes: NDArray[np.int_]) -> NDArray[np.int_]:
    areas: NDArray[np.int_] = (boxes[:, 2:] - boxes[:, :2] + 1).prod(axis=1)
    return areas
