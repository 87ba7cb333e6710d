"""How a session stands: who was seen, what is decided, what is left to decide."""

from typing import Final

from msgspec import Struct

from protocol.fields import BoardList, Hour, Message, Moment, Name, SessionId, Source, State, StudentId, Why
from protocol.pictures import Candidate
from protocol.sessions import SessionInfo


class Board(Message, tag="board", frozen=True, kw_only=True):
    """How does a session, or one hour of it, stand?"""

    session: SessionId
    hour: Hour | None = None


class Propose(Message, tag="propose", frozen=True, kw_only=True):
    """Keep what the camera proposes for a session as it is now."""

    session: SessionId


class BoardHour(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A student in one hour: what the camera proposes, and what stands.

    seen: pictures with this student, of `pictures` that can say. sure: may be confirmed with all others, unseen.
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
    """A student on the board. reason: why to look; docs/protocol.md lists the words. candidates: nearest first."""

    student: StudentId
    name: str
    list: BoardList
    reason: str = ""
    decided: bool = False
    hours: tuple[BoardHour, ...]
    candidates: tuple[Candidate, ...] = ()


class BoardCounts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Students of one hour by their marks. faces_seen: the most in one picture of the hour."""

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
    """Who is sure, who is to be looked at, who was not seen; and who has an hour that nobody decided."""

    session: SessionInfo
    as_of: Moment
    students: tuple[BoardStudent, ...]
    counts: tuple[BoardCounts, ...]
    to_decide: tuple[StudentId, ...] = ()


MESSAGES: Final[dict[type[Message], type[Message]]] = {Board: BoardShown, Propose: BoardShown}
"""Each request of this family, and the reply that answers it."""
