"""What the server answers: one frozen struct a message. Values only; how they came about is not known here."""

from msgspec import Struct

from protocol.fields import CourseCode, Day, Hour, Message, Moment, Name, State, StudentId, Verdict


class Welcome(Message, tag="welcome", frozen=True, kw_only=True):
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


class ServerInfo(Message, tag="info", frozen=True, kw_only=True):
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
    date: Day
    hour: Hour
    state: State
    changed: bool


class Marked(Message, tag="marked", frozen=True, kw_only=True):
    """Answer to Mark (one item) and Marks (in the batch's order). It is on disk when this is sent."""

    marks: tuple[MarkedItem, ...]


class RosterEntry(Struct, frozen=True, kw_only=True):
    """A student of the course; `states` are today's: hour number -> state, of the hours that have a mark."""

    student: StudentId
    name: str
    states: dict[str, State] = {}


class RosterList(Message, tag="roster", frozen=True, kw_only=True):
    """Answer to Roster, ordered by student number. `date` is the campus's today, YYYY-MM-DD."""

    course: CourseCode
    date: Day
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


class Faces(Message, tag="faces", frozen=True, kw_only=True):
    """Answer to Snapshot: every face, largest first. width, height: the image as shown. recorded: sightings kept."""

    width: int
    height: int
    faces: tuple[Face, ...]
    recorded: int = 0


class Error(Message, tag="error", frozen=True, kw_only=True):
    """Answer to anything that could not be done. retry: the same again later may succeed."""

    code: str
    text: str
    retry: bool = False


Reply = Welcome | ServerInfo | Marked | RosterList | Faces | Error
