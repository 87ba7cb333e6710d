"""What the server answers: one frozen struct a message. Values only; how they came about is not known here."""

from msgspec import Struct, field

from protocol.fields import CourseCode, Day, Hour, Message, Moment, Name, SessionId, State, StudentId, Verdict
from protocol.sentences import Template, Values
from protocol.sessions import BoardShown, Candidate, CourseReport, SessionList, SessionShown


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


class Problem(Struct, frozen=True, kw_only=True):
    """A wrong row of a batch. row: from 0, in the batch's order. code and others: as of the error it would be alone."""

    row: int
    student: StudentId
    code: str
    text: str
    template: Template = ""
    values: Values = {}


class Marked(Message, tag="marked", frozen=True, kw_only=True):
    """Answer to Mark (one item), Marks and Confirm (in the batch's order). It is on disk when this is sent.

    refused: the rows of a partial batch that were left out.
    """

    marks: tuple[MarkedItem, ...]
    refused: tuple[Problem, ...] = ()


class RosterEntry(Struct, frozen=True, kw_only=True):
    """A student of the course; `states` are today's: hour number -> state, of the hours that have a mark."""

    student: StudentId
    name: str
    states: dict[str, State] = {}


class RosterList(Message, tag="roster", frozen=True, kw_only=True):
    """Answer to Roster, ordered by student number. `date` is the campus's today, YYYY-MM-DD.

    session: today's, None: there is none yet. hour: the one that is on now, None: no class today.
    """

    course: CourseCode
    date: Day
    students: tuple[RosterEntry, ...]
    session: SessionId | None = None
    hour: Hour | None = None


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
    """Answer to Snapshot: every face, largest first. width, height: the image as shown.

    recorded: sightings kept. session, hour: where they were kept; None: they were not.
    """

    width: int
    height: int
    faces: tuple[Face, ...]
    recorded: int = 0
    session: SessionId | None = None
    hour: Hour | None = None


class Error(Message, tag="error", frozen=True, kw_only=True):
    """Answer to anything that could not be done. retry: the same again later may succeed.

    template, values: what `text` was made of, as in protocol.sentences; an older server sends neither.
    problems: of a batch that was refused whole, every row that is wrong.
    """

    code: str
    text: str
    template: Template = ""
    values: Values = field(default_factory=dict)
    retry: bool = False
    problems: tuple[Problem, ...] = ()


Reply = (
    Welcome | ServerInfo | Marked | RosterList | Faces | SessionShown | SessionList | BoardShown | CourseReport | Error
)
