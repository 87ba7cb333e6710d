"""Say which of two decisions about a student in a class hour stands."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

# How far a connected client's clock may be from ours before the time it gives is held to this distance.
CLOCK_TOLERANCE = timedelta(minutes=5)


class State(StrEnum):
    """What a student was in a class hour (교시)."""

    PRESENT = "present"
    LATE = "late"
    LEFT_EARLY = "left_early"
    ABSENT = "absent"
    EXCUSED = "excused"  # 출석인정: counts as present everywhere
    EXCUSED_ABSENCE = "excused_absence"  # 공결: present for the score, absent for the rule that fails the course
    # Neither of these is ever shown as absent.
    NOT_TAKEN = "not_taken"
    NOT_VISIBLE = "not_visible"


class Source(StrEnum):
    """Where a decision came from."""

    CAMERA = "camera"  # a person confirmed what the camera proposed
    PROFESSOR = "professor"
    ROLL_CALL = "roll_call"
    IMPORT = "import"
    LEGACY = "legacy"
    COPIED = "copied"  # nobody decided: the hour follows the roll of the hour before (연강)


# Who was in the room, late or not to the end; who is excused may have been anywhere.
THERE = frozenset({State.PRESENT, State.LATE, State.LEFT_EARLY})
# What the roster of 2019 shows as attended.
ATTENDED = THERE | {State.EXCUSED}


@dataclass(frozen=True, slots=True)
class Mark:
    """A decision about a student in an hour of a day's session. Times are UTC-aware.

    origin: the machine that it came from, as the server saw it; "": the server's own.
    """

    student: str
    course: str
    day: date
    hour: int
    state: State
    at: datetime
    by: str
    source: Source
    why: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What stands after a mark."""

    student: str
    course: str
    day: date
    hour: int
    state: State
    changed: bool  # False: a later decision already stood, or it was so before


def decided_at(claimed: datetime | None, arrived: datetime, connected_since: datetime) -> datetime:
    """When a decision counts as made, by the client's word and our clock."""
    # A client that was connected when it decided is held to the tolerance. What is older than the connection was
    # brought by an outbox and keeps its time.
    if claimed is None:
        return arrived
    if claimed > arrived + CLOCK_TOLERANCE:
        return arrived + CLOCK_TOLERANCE
    if connected_since <= claimed < arrived - CLOCK_TOLERANCE:
        return arrived - CLOCK_TOLERANCE
    return claimed


def overtaking(at: datetime, old_at: datetime, now: datetime) -> datetime:
    """The time of a decision beside an older one, where our clock may have been set back since."""
    # What lies further ahead was written by a clock that was wrong, and must not keep out what is decided now.
    was_ahead = old_at > now + CLOCK_TOLERANCE
    return old_at if was_ahead and at >= now - CLOCK_TOLERANCE else at


def stands_over(new_source: Source, new_at: datetime, old_source: Source, old_at: datetime) -> bool:
    """Whether a new decision replaces an old one."""
    # A person's own decision outweighs a confirmed proposal of the camera, and that a copy; of equal weight the later
    # stands, and at a tie the newcomer. A copy always follows what it is copied from.
    new, old = _weight(new_source), _weight(old_source)
    if new != old:
        return new > old
    return new_source is Source.COPIED or new_at >= old_at


def _weight(source: Source) -> int:
    return {Source.COPIED: 0, Source.CAMERA: 1}.get(source, 2)
