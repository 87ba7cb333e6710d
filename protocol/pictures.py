"""A picture of the class, and who may be in it."""

from typing import Final

from msgspec import Struct

from protocol.fields import CourseCode, Hour, Message, Moment, SessionId, StudentId, Verdict


class Snapshot(Message, tag="snapshot", frozen=True, kw_only=True):
    """The payload is one image. course: among whose students is looked; None: the session's, without one all.

    record: keep the picture and who may be in it; then `course` or `session` is needed.
    """

    course: CourseCode | None = None
    session: SessionId | None = None
    taken_at: Moment | None = None
    record: bool = False


class Candidate(Struct, frozen=True, kw_only=True):
    """A student who may be this face; distance is Euclidean between embeddings: lower is more alike."""

    student: StudentId
    name: str
    distance: float


class Face(Struct, frozen=True, kw_only=True):
    """A face of the picture. box: left, top, right, bottom in pixels of the image as shown (turned by EXIF)."""

    box: tuple[int, int, int, int]
    score: float
    verdict: Verdict
    student: StudentId | None = None
    name: str | None = None
    probability: float | None = None
    candidates: tuple[Candidate, ...] = ()


class Faces(Message, tag="faces", frozen=True, kw_only=True):
    """Every face, largest first. recorded: sightings kept; session, hour: where."""

    width: int
    height: int
    faces: tuple[Face, ...]
    recorded: int = 0
    session: SessionId | None = None
    hour: Hour | None = None


MESSAGES: Final[dict[type[Message], type[Message]]] = {Snapshot: Faces}
"""Each request of this family, and the reply that answers it."""
