"""Messages about a session's board: who was seen, what is decided, what is left to decide."""

from typing import Final, Literal

from msgspec import Struct

from protocol.fields import BoardList, Hour, Message, Moment, Name, SessionId, Source, State, StudentId, Why
from protocol.pictures import Candidate
from protocol.sessions import SessionInfo


class Board(Message, tag="board", frozen=True, kw_only=True):
    """Ask for the board of a session, or of one hour of it."""

    session: SessionId
    hour: Hour | None = None


class Propose(Message, tag="propose", frozen=True, kw_only=True):
    """Keep what the camera proposes for a session as it is now."""

    session: SessionId


class BoardHour(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A student in one hour: what the camera proposes, and the mark that stands."""

    hour: Hour
    proposed: State | None = None
    sure: bool = False  # may be confirmed with all others, unseen
    seen: int = 0  # pictures with this student, of `pictures` that can say
    pictures: int = 0
    first_seen: Moment | None = None
    last_seen: Moment | None = None
    minutes_late: int | None = None
    mark: State | None = None
    source: Source | None = None
    by: Name | None = None
    at: Moment | None = None
    why: Why = ""
    look_at: tuple[str, ...] = ()  # why the face may be a photograph held up; docs/protocol.md lists the words
    not_seen_by_camera: bool = False  # marked as there by hand, and the camera would have seen them


class BoardStudent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    student: StudentId
    name: str
    list: BoardList
    reason: str = ""  # why to look; docs/protocol.md lists the words
    decided: bool = False
    hours: tuple[BoardHour, ...]
    candidates: tuple[Candidate, ...] = ()  # nearest first


class BoardCounts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Students of one hour by their marks."""

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
    faces_seen: int = 0  # the most in one picture of the hour
    pictures: int = 0
    faces_taken: int | None = None  # so many of the most were compared; None: all
    heads_at_most: int | None = None  # hidden ones too; None: cannot be said


class SharedFace(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Two students who are marked as there, whom the camera saw at one place, or as one face."""

    hour: Hour
    student: StudentId
    other: StudentId
    why: Literal["place", "face"]
    answered: bool = False  # somebody has said that both were there


class BoardShown(Message, tag="board", frozen=True, kw_only=True):
    session: SessionInfo
    as_of: Moment
    students: tuple[BoardStudent, ...]
    counts: tuple[BoardCounts, ...]
    to_decide: tuple[StudentId, ...] = ()  # who has an hour that nobody decided
    shared_faces: tuple[SharedFace, ...] = ()  # to be answered before the session is submitted


# Each request of this family, and the reply that answers it.
MESSAGES: Final[dict[type[Message], type[Message]]] = {Board: BoardShown, Propose: BoardShown}
