"""What the server says of sessions: their hours, the board, a course's report. Values only; every screen shows them."""

from msgspec import Struct

from protocol.fields import (
    BoardList,
    CourseCode,
    Day,
    Hour,
    Message,
    Moment,
    Name,
    SessionId,
    SessionState,
    Source,
    State,
    StudentId,
)


class Candidate(Struct, frozen=True, kw_only=True):
    """A student who may be this face; distance is Euclidean between embeddings: lower is more alike."""

    student: StudentId
    name: str
    distance: float


class SessionHour(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A class hour (교시) of a session. starts, ends: None: the course has no timetable for it."""

    hour: Hour
    starts: Moment | None = None
    ends: Moment | None = None


class SessionInfo(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A course on one day of the campus.

    makeup: it stands in for another day's (보강). overdue: its freeze time has passed and it was never submitted.
    shadow: the camera's proposals are kept and not shown. closes_at: when it freezes; None: never by itself.
    hour_now: the hour that is on now, None: not today.
    """

    session: SessionId
    course: CourseCode
    title: str
    date: Day
    state: SessionState
    makeup: bool = False
    overdue: bool = False
    shadow: bool = False
    closes_at: Moment | None = None
    hour_now: Hour | None = None
    hours: tuple[SessionHour, ...]


class SessionShown(Message, tag="session", frozen=True, kw_only=True):
    """Answer to OpenSession and SetSession: how the session stands now."""

    session: SessionInfo


class SessionList(Message, tag="sessions", frozen=True, kw_only=True):
    """Answer to Sessions, newest first. room_course: on now in the client's room by the timetables; None: not known."""

    sessions: tuple[SessionInfo, ...]
    room_course: CourseCode | None = None


class BoardHour(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A student in one hour: what the camera proposes, and what stands.

    proposed: None: nothing (shadow mode, or somebody without a proposal). sure: may be confirmed with all others,
    unseen. seen: pictures with this student, of `pictures` that can say. mark, source, by, at: None: no mark yet.
    """

    hour: Hour
    proposed: State | None = None
    sure: bool = False
    seen: int = 0
    pictures: int = 0
    first_seen: Moment | None = None
    last_seen: Moment | None = None
    minutes_late: int | None = None
    mark: State | None = None
    source: Source | None = None
    by: Name | None = None
    at: Moment | None = None


class BoardStudent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A student on the board.

    list: which of the three. reason: why to look, by the server's words for it; docs/protocol.md lists them.
    decided: every hour shown has a mark. candidates: who else the faces may be, nearest first.
    """

    student: StudentId
    name: str
    list: BoardList
    reason: str = ""
    decided: bool = False
    hours: tuple[BoardHour, ...]
    candidates: tuple[Candidate, ...] = ()


class BoardCounts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Students of one hour by their marks; undecided have none. faces_seen: most faces in one picture of the hour."""

    hour: Hour
    enrolled: int = 0
    present: int = 0
    late: int = 0
    left_early: int = 0
    absent: int = 0
    excused: int = 0
    excused_absence: int = 0
    not_taken: int = 0
    not_visible: int = 0
    undecided: int = 0
    faces_seen: int = 0
    pictures: int = 0


class BoardShown(Message, tag="board", frozen=True, kw_only=True):
    """Answer to Board and Propose: who is sure, who is to be looked at, who was not seen; and what is left to decide.

    students: by number. to_decide: those with an hour that has no mark.
    """

    session: SessionInfo
    as_of: Moment
    students: tuple[BoardStudent, ...]
    counts: tuple[BoardCounts, ...]
    to_decide: tuple[StudentId, ...] = ()


class ReportStudent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a student stands in a course, in class hours.

    attended: what the score counts. absences: what the failing rule counts, conversions included. left: absences that
    may still come before F; None: the course does not fail by absence. near: few are left.
    """

    student: StudentId
    name: str
    attended: float = 0.0
    absences: int = 0
    present: int = 0
    late: int = 0
    left_early: int = 0
    absent: int = 0
    excused: int = 0
    excused_absence: int = 0
    not_taken: int = 0
    not_visible: int = 0
    left: int | None = None
    failed: bool = False
    near: bool = False


class CourseReport(Message, tag="report", frozen=True, kw_only=True):
    """Answer to Report, by student number.

    term: None: outside every term. planned_hours: class hours of the term by the timetable, held_hours: those that were
    taken. limit: absences from which on the course is failed; None: it does not fail by absence.
    """

    course: CourseCode
    title: str
    term: str | None = None
    planned_hours: int
    held_hours: int
    limit: int | None = None
    students: tuple[ReportStudent, ...]
