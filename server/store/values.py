"""Say what goes into the store and what comes out. Plain data: knows no SQL and no rule."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from server.domain.attendance import State
from server.domain.enrolments import Span
from server.domain.sessions import SessionState
from server.domain.timetable import PlannedHour


@dataclass(frozen=True, slots=True)
class RosterLine:
    """One line of a roster: this student takes this course, from `begins` until before `ends`."""

    student: str
    name: str
    course: str
    # None: the line does not say, so that what is known stays; of a new enrolment: not known since when, and open.
    begins: date | None = None
    ends: date | None = None
    title: str = ""  # the course's, for one that has none


@dataclass(frozen=True, slots=True)
class NamedCamera:
    """A camera that clients may name by URL."""

    name: str
    url: str
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class KeptRoomCheck:
    """What a camera of a room was found to be able to do."""

    room: str
    camera: str
    checked_at: datetime
    result: str  # JSON, opaque here
    scene: bytes = field(repr=False)  # what it saw, in few grey points
    who: str = ""


@dataclass(frozen=True, slots=True)
class BoardRevision:
    """Equal while a board shows the same of each: marks, the session's own state and hours, what the camera saw."""

    marks: int
    state: str
    pictures: str

    def __str__(self) -> str:
        return f"{self.marks}-{self.state}-{self.pictures}"


@dataclass(frozen=True, slots=True)
class RosterChange:
    """What an import did, counted."""

    students_added: int
    students_renamed: int
    courses_added: int
    enrolments_added: int
    unchanged: int
    dates_changed: int = 0  # enrolments that begin or end on another day than before
    ended: int = 0


@dataclass(frozen=True, slots=True)
class ListedStudent:
    """A student of a course on one day."""

    student: str
    name: str
    states: dict[int, State]  # of the hours that have a mark, by number


@dataclass(frozen=True, slots=True)
class CourseEnrolment:
    """A student on a course's list, from the day `begins` until before `ends`."""

    student: str
    name: str
    begins: date  # SINCE_EVER: not known
    ends: date | None  # None: open, until its term is over
    term_over: date | None = field(default=None, compare=False)  # the day after that term; None: not known
    moved_from: str | None = None  # the course whose hours before `begins` came along

    @property
    def span(self) -> Span:
        return Span(self.begins, self.ends, self.term_over)


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """A course's plan from a day on, until the next one begins."""

    begins: date
    title: str = ""
    room: str = ""
    devices: tuple[str, ...] = ()  # names or addresses of the clients in the room
    plan: str = ""  # JSON, opaque here; "": none
    set_at: datetime | None = None  # None: from before this was kept
    set_by: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    """A course with its plans."""

    code: str
    title: str = ""  # as its roster says it
    plans: tuple[KeptPlan, ...] = ()  # by first day


@dataclass(frozen=True, slots=True)
class Once:
    """What shall be done once, however often it is sent."""

    key: str
    digest: bytes
    arrived: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """A course on one campus day."""

    id: int
    course: str
    day: date
    state: SessionState  # as stored, before the freeze is looked at
    makeup: bool
    closes_at: datetime | None  # when it freezes; None: never
    hours: tuple[PlannedHour, ...]
    opened_at: datetime | None  # None: from before this was kept
    opened_by: str
    changed_at: datetime | None  # when the state was last changed; None: never
    changed_by: str


@dataclass(frozen=True, slots=True)
class SessionChange:
    """A change of a session's state."""

    old: SessionState
    new: SessionState
    at: datetime
    who: str
    why: str
    origin: str  # the machine that it came from; "": the server's own, or not known


@dataclass(frozen=True, slots=True)
class RecordedPicture:
    """A recorded picture of a class hour."""

    course: str
    day: date
    hour: int
    taken_at: datetime
    device: str
    faces: int  # strangers too
    width: int  # in pixels, as the height; 0: not known
    height: int
    faces_taken: int | None = None  # so many of them were compared; None: all


@dataclass(frozen=True, slots=True, eq=False)
class FacePoints:
    """landmarks: float32 (5, 2) in pixels of the picture. framed: how much of a frame is around the face, 0 to 1."""

    landmarks: NDArray[np.float32]
    framed: float | None = None  # None: not looked for


@dataclass(frozen=True, slots=True)
class Sighting:
    """A face of a picture that may be this student's."""

    student: str
    verdict: Literal["sure", "check", "unknown"]
    probability: float | None  # None: the face is too small to say
    candidates: tuple[tuple[str, float], ...]  # nearest first, with distance: lower is more alike
    box: tuple[int, int, int, int]  # left, top, right, bottom in pixels of the picture
    embedding: NDArray[np.float32] | None = field(repr=False)  # (n,) of `model_id`; None: from before it was kept
    model_id: str
    points: FacePoints | None = field(default=None, repr=False)  # None: they were not to be kept


@dataclass(frozen=True, slots=True)
class CourseRecord:
    """All that stands of a course."""

    sessions: tuple[Session, ...]  # by day
    marks: Mapping[tuple[date, int], Mapping[str, State]]  # (day, hour) -> student -> state


@dataclass(frozen=True, slots=True)
class Template:
    """One enrolled photograph of a student."""

    student: str
    photo_sha256: bytes
    photo_name: str  # of the file, relative to knowns/, for reports
    model_id: str
    embedding: NDArray[np.float32] = field(repr=False)  # (n,)
    # Face size in pixels -> embedding of the same photograph seen that small; empty: not known.
    reduced: Mapping[int, NDArray[np.float32]] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class EnrolledModel:
    """A model whose templates are kept."""

    model_id: str
    students: int  # with at least one of its templates
    since: datetime  # when the first was enrolled


@dataclass(frozen=True, slots=True)
class PhotoVerdict:
    """Why a photograph was not taken, kept so that it need not be looked at again."""

    photo_sha256: bytes
    model_id: str
    reason: str
    student: str = ""  # whose it is by its file's name, so that it goes when they are erased; "": it names nobody


@dataclass(frozen=True, slots=True)
class Erasure:
    """What `erase` removed from the store, counted."""

    student: str
    templates: int
    sightings: int
    proposals: int = 0


@dataclass(frozen=True, slots=True)
class Durability:
    """Whether what is acknowledged is on disk."""

    database: str
    problems: tuple[str, ...]  # sentences that say what to set; empty when all is well
