"""Messages about a picture of the class, and who may be in it."""

from typing import Annotated, Final

from msgspec import Meta, Struct

from protocol.fields import CourseCode, Hour, Likeness, Message, Moment, SessionId, StudentId, Verdict


class Snapshot(Message, tag="snapshot", frozen=True, kw_only=True):
    """The payload is one image."""

    course: CourseCode | None = None  # among whose students is looked; None: the session's, without one all
    session: SessionId | None = None
    taken_at: Moment | None = None
    record: bool = False  # keep the picture and who may be in it; then `course` or `session` is needed


class Candidate(Struct, frozen=True, kw_only=True):
    """A student whose face it may be."""

    student: StudentId
    name: str
    distance: float  # Euclidean, between embeddings: lower is more alike
    alike: Likeness | None = None  # how much, by what is usual for these embeddings; None: the server does not say


class Face(Struct, frozen=True, kw_only=True):
    box: tuple[int, int, int, int]  # left, top, right, bottom in pixels of the image as shown (turned by EXIF)
    score: float
    verdict: Verdict
    student: StudentId | None = None
    name: str | None = None
    probability: float | None = None
    candidates: tuple[Candidate, ...] = ()


class Faces(Message, tag="faces", frozen=True, kw_only=True):
    """Every face that was taken, largest first."""

    width: int
    height: int
    faces: tuple[Face, ...]
    recorded: int = 0  # sightings kept
    session: SessionId | None = None  # where
    hour: Hour | None = None
    # By how much the image must be turned to the left until faces stand upright; told now and then.
    turn_deg: Annotated[int, Meta(ge=0, le=270)] = 0
    # Where a picture shows more faces than are taken, these are drawn from the whole of it.
    faces_found: int | None = None
    faces_taken: int | None = None


class Zones(Message, tag="zones", frozen=True, kw_only=True):
    """Ask which parts of this camera's pictures of a course are never looked at."""

    course: CourseCode


# From the left and from the top, in parts of the picture's sides.
Point = tuple[float, float]


class NeverLookedAt(Struct, frozen=True, kw_only=True):
    points: tuple[Point, ...]


class ZoneList(Message, tag="zones", frozen=True, kw_only=True):
    zones: tuple[NeverLookedAt, ...]


# Each request of this family, and the reply that answers it.
MESSAGES: Final[dict[type[Message], type[Message]]] = {Snapshot: Faces, Zones: ZoneList}
