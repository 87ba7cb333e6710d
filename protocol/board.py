"""How a session stands: who was seen, what is decided, what is left to decide."""

from typing import Final

from msgspec import Struct

from protocol.fields import BoardList, Hour, Message, Moment, Name, SessionId, Source, State, StudentId, Why
from protocol.pictures import Candidate
from protocol.sessions import SessionInfo


class Board(Message, tag="board", frozen=True, kw_only=True):
    """How does a session stand? Answered by BoardShown. hour: only this one."""

    session: SessionId
    hour: Hour | None = None


class Propose(Message, tag="propose", frozen=True, kw_only=True):
    """Keep what the camera proposes for a session as it is now. Answered by BoardShown."""

    session: SessionId


class BoardHour(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A student in one hour: what the camera proposes, and what stands.

    proposed: None: nothing (shadow mode, or somebody without a proposal). sure: may be confirmed with all others,
    unseen. seen: pictures with this student, of `pictures` that can say. mark, source, by, at: None: no mark yet.
    why: the reason that was given.
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
    why: Why = ""


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


MESSAGES: Final[dict[type[Message], type[Message]]] = {Board: BoardShown, Propose: BoardShown}
"""Each request of this family, and the reply that answers it."""
