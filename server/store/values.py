"""The values that go into a store and come out of it. Plain data: knows no SQL and no rule.

Times are UTC-aware; days are the campus's calendar days.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from server.domain.attendance import Mark, Recorded, Source, State
from server.domain.sessions import SessionState
from server.domain.timetable import PlannedHour
from server.errors import RollcallError, RowProblem


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One line of a roster: this student, so named, takes this course, from `begins` until before `ends`.

    None: the line does not say, so that what is known stays; of a new enrolment: not known since when, and open.
    title: the course's, for one that has none.
    """

    student: str
    name: str
    course: str
    begins: date | None = None
    ends: date | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class RosterChange:
    """What an import did, counted. dates_changed: enrolments that begin or end on another day than before."""

    students_added: int
    students_renamed: int
    courses_added: int
    enrolments_added: int
    unchanged: int
    dates_changed: int = 0
    ended: int = 0


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """A student of a course and the states of the day's hours that have a mark: hour number -> state."""

    student: str
    name: str
    states: dict[int, State]


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A student on a course's list from the day `begins` (SINCE_EVER: not known) until before `ends` (None: open)."""

    student: str
    name: str
    begins: date
    ends: date | None


@dataclass(frozen=True, slots=True)
class Course:
    """A course. devices: names or addresses of the clients in its room. plan: JSON, opaque here; "": none."""

    code: str
    title: str = ""
    room: str = ""
    devices: tuple[str, ...] = ()
    plan: str = ""


@dataclass(frozen=True, slots=True)
class MarkRequest:
    """Marks that stand or fall together. key: None for the old wire, which has none.

    digest: of what the client sent, so that the same key with other content is found out. partial: marks that cannot
    be recorded are left out and told, and the others recorded. wrong: rows that were found wrong already, and why.
    freezes: by course and day, the freeze time of a session that these marks may open; without one it has none.
    """

    marks: tuple[Mark, ...]
    key: str | None = None
    digest: bytes = b""
    partial: bool = False
    wrong: Mapping[int, RollcallError] = field(default_factory=dict)
    freezes: Mapping[tuple[str, date], datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Once:
    """What shall be done once however often it is sent: its key, the digest of what was sent, when it arrived."""

    key: str
    digest: bytes
    arrived: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What stands for each mark that was recorded, in their order, and the rows that were left out (partial)."""

    recorded: tuple[Recorded, ...]
    refused: tuple[RowProblem, ...] = ()


MarkOutcome = Outcome | RollcallError
"""What became of a request, or why it was refused whole; its `problems` then name every wrong row."""


@dataclass(frozen=True, slots=True)
class Session:
    """A course on one campus day. state: as stored, before the freeze (`closes_at`) is looked at.

    opened_at: None of sessions from before this was kept. changed_at, changed_by: of the last change of state; None
    and "" where there was none.
    """

    id: int
    course: str
    day: date
    state: SessionState
    makeup: bool
    closes_at: datetime | None
    hours: tuple[PlannedHour, ...]
    opened_at: datetime | None
    opened_by: str
    changed_at: datetime | None
    changed_by: str


@dataclass(frozen=True, slots=True)
class SessionChange:
    """A change of a session's state."""

    old: SessionState
    new: SessionState
    at: datetime
    who: str
    why: str


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """A decision that came. old: what stood before (None: nothing). stood: whether it took over."""

    hour: int
    student: str
    old: State | None
    new: State
    stood: bool
    decided_at: datetime
    recorded_at: datetime
    who: str
    why: str
    source: Source


@dataclass(frozen=True, slots=True)
class Picture:
    """A recorded picture of a class hour. faces: how many it shows, strangers too.

    width, height: in pixels; 0: not known.
    """

    course: str
    day: date
    hour: int
    taken_at: datetime
    device: str
    faces: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Sighting:
    """A face of a picture that may be this student's. box: left, top, right, bottom in pixels of that picture.

    probability: None: the face is too small to say. candidates: nearest first, with distance (lower is more alike).
    embedding: float32 (128,) of the model `model_id`; None of sightings from before it was kept.
    """

    student: str
    verdict: Literal["sure", "check", "unknown"]
    probability: float | None
    candidates: tuple[tuple[str, float], ...]
    box: tuple[int, int, int, int]
    embedding: NDArray[np.float32] | None = field(repr=False)
    model_id: str


@dataclass(frozen=True, slots=True)
class CourseRecord:
    """All that stands of a course: its sessions by day, and (day, hour) -> student -> state."""

    sessions: tuple[Session, ...]
    marks: Mapping[tuple[date, int], Mapping[str, State]]


@dataclass(frozen=True, slots=True)
class Template:
    """One enrolled photograph of a student. embedding: float32 (128,) of the model `model_id`.

    photo_sha256: of the photograph's bytes. photo_name: file name relative to knowns/, for reports. reduced: face
    size in pixels -> embedding, float32 (128,), of the same photograph seen that small; empty: not known.
    """

    student: str
    photo_sha256: bytes
    photo_name: str
    model_id: str
    embedding: NDArray[np.float32] = field(repr=False)
    reduced: Mapping[int, NDArray[np.float32]] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class PhotoVerdict:
    """What was found about a photograph that was not taken, kept so that it need not be looked at again.

    student: whose it is by its file's name, so that it goes when they are erased; "" where the name says nobody.
    """

    photo_sha256: bytes
    model_id: str
    reason: str
    student: str = ""


@dataclass(frozen=True, slots=True)
class Erasure:
    """What `erase` removed from the store, counted."""

    student: str
    templates: int
    sightings: int
    proposals: int = 0


@dataclass(frozen=True, slots=True)
class Durability:
    """Whether what is acknowledged is on disk. problems: sentences that say what to set; empty when all is well."""

    database: str
    problems: tuple[str, ...]
