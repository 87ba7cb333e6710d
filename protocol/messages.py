"""One frozen struct a message: a frame's header and payload in, a checked value out, and back.

Everything is checked when it is decoded, so that a message that exists is well-formed: types, lengths, ranges,
time zones. What a field means for the world (is there such a student?) is not known here.
"""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

StudentId = Annotated[str, Meta(min_length=1, max_length=32)]
CourseCode = Annotated[str, Meta(min_length=1, max_length=32)]
Key = Annotated[str, Meta(min_length=1, max_length=64)]
Name = Annotated[str, Meta(max_length=100)]
Hour = Annotated[int, Meta(ge=1, le=24)]
Moment = Annotated[datetime, Meta(tz=True)]
State = Literal["present", "late", "left_early", "absent", "excused", "excused_absence", "not_taken", "not_visible"]
Verdict = Literal["sure", "check", "unknown"]


class Message(Struct, frozen=True, kw_only=True, tag_field="type", omit_defaults=True):
    """Base of every message; `type` on the wire says which."""


# ---- requests


class Hello(Message, tag="hello"):
    """First message of a connection, if it says who it is. Answered by Welcome."""

    device: Name = ""
    token: Annotated[str, Meta(max_length=512)] | None = None


class Info(Message, tag="info"):
    """What is the server, and what are its limits? Answered by ServerInfo."""


class MarkItem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One student's state in one class hour.

    hour: number of the class hour of today's session; None: the one on now.
    at: when it was decided, zone-aware; None: when it arrived. by: who decided; None: the connection's device.
    """

    student: StudentId
    course: CourseCode
    state: State = "present"
    hour: Hour | None = None
    at: Moment | None = None
    by: Name | None = None


class Mark(Message, tag="mark"):
    """One MarkItem with a key: the same key again gives the first answer and changes nothing. Answered by Marked."""

    student: StudentId
    course: CourseCode
    key: Key
    state: State = "present"
    hour: Hour | None = None
    at: Moment | None = None
    by: Name | None = None


class Marks(Message, tag="marks"):
    """A batch, recorded whole or not at all, under one key. Answered by Marked, in the order of the batch."""

    marks: Annotated[tuple[MarkItem, ...], Meta(min_length=1, max_length=2000)]
    key: Key


class Roster(Message, tag="roster"):
    """Who is on the course, and what is recorded today? Answered by RosterList."""

    course: CourseCode


class Snapshot(Message, tag="snapshot"):
    """The payload is one image. Answered by Faces.

    course: look among its students only; None: among all. record: keep the recognised faces as sightings
    (then `course` is needed). taken_at: when the picture was taken; None: when it arrived.
    """

    course: CourseCode | None = None
    session: Annotated[int, Meta(ge=1)] | None = None
    taken_at: Moment | None = None
    record: bool = False


# ---- replies


class Welcome(Message, tag="welcome"):
    """Answer to Hello: the server's version and the device's name as understood."""

    version: str
    device: Name = ""


class Limits(Struct, frozen=True, kw_only=True):
    """What the server accepts; beyond it the answer is an error."""

    header_bytes: int
    payload_bytes: int
    image_pixels: int
    connections: int
    message_timeout_s: float
    idle_timeout_s: float


class ServerInfo(Message, tag="info"):
    """Answer to Info. `now` is the server's clock, `timezone` the campus's; `students` have a template each."""

    version: str
    engine: str
    detector: str
    model_id: str
    min_face_px: int
    students: int
    now: Moment
    timezone: str
    limits: Limits


class MarkedItem(Struct, frozen=True, kw_only=True):
    """What stands now for one student and hour.

    changed: whether this message changed it; False where a later decision already stood, or it was so before.
    date: the campus's calendar day, YYYY-MM-DD.
    """

    student: StudentId
    course: CourseCode
    date: str
    hour: Hour
    state: State
    changed: bool


class Marked(Message, tag="marked"):
    """Answer to Mark (one item) and Marks (in the batch's order). It is on disk when this is sent."""

    marks: tuple[MarkedItem, ...]


class RosterEntry(Struct, frozen=True, kw_only=True):
    """A student of the course; `states` are today's: hour number -> state, of the hours that have a mark."""

    student: StudentId
    name: str
    states: dict[str, State] = {}


class RosterList(Message, tag="roster"):
    """Answer to Roster, ordered by student number. `date` is the campus's today, YYYY-MM-DD."""

    course: CourseCode
    date: str
    students: tuple[RosterEntry, ...]


class Candidate(Struct, frozen=True, kw_only=True):
    """A student who may be this face; distance is Euclidean between embeddings: lower is more alike."""

    student: StudentId
    name: str
    distance: float


class Face(Struct, frozen=True, kw_only=True):
    """A face of the picture.

    box: left, top, right, bottom in pixels of the image as shown (turned by EXIF). verdict: `sure` and `check` name
    a student, `unknown` does not. candidates: nearest first.
    """

    box: tuple[int, int, int, int]
    score: float
    verdict: Verdict
    student: StudentId | None = None
    name: str | None = None
    probability: float | None = None
    candidates: tuple[Candidate, ...] = ()


class Faces(Message, tag="faces"):
    """Answer to Snapshot: every face, largest first. width, height: the image as shown. recorded: sightings kept."""

    width: int
    height: int
    faces: tuple[Face, ...]
    recorded: int = 0


class Error(Message, tag="error"):
    """Answer to anything that could not be done. retry: the same again later may succeed."""

    code: str
    text: str
    retry: bool = False
