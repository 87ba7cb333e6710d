"""Marks: the state of a student in a class hour, and which of two decisions stands. Values in, values out."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far a connected client's clock may be from ours before the time it gives is held to this distance."""


class State(StrEnum):
    """State of a student in one class hour (교시).

    EXCUSED counts as present everywhere (출석인정); EXCUSED_ABSENCE (공결) is present for the score and absent for
    the rule that fails the course. NOT_TAKEN and NOT_VISIBLE are never shown as absent.
    """

    PRESENT = "present"
    LATE = "late"
    LEFT_EARLY = "left_early"
    ABSENT = "absent"
    EXCUSED = "excused"
    EXCUSED_ABSENCE = "excused_absence"
    NOT_TAKEN = "not_taken"
    NOT_VISIBLE = "not_visible"


class Source(StrEnum):
    """Where a decision came from. CAMERA: a person confirmed what the camera proposed.

    COPIED: nobody decided about that hour; it has the roll of the hour before (연강), and follows it.
    """

    CAMERA = "camera"
    PROFESSOR = "professor"
    ROLL_CALL = "roll_call"
    IMPORT = "import"
    LEGACY = "legacy"
    COPIED = "copied"


ATTENDED = frozenset({State.PRESENT, State.LATE, State.LEFT_EARLY, State.EXCUSED})
"""States in which the old client's roster shows the student as attended."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A decision: this student, in this hour of this day's session, was in this state. Times are UTC-aware."""

    student: str
    course: str
    day: date
    hour: int
    state: State
    at: datetime
    by: str
    source: Source
    why: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What stands after a mark: `changed` is False where a later decision already stood or it was so before."""

    student: str
    course: str
    day: date
    hour: int
    state: State
    changed: bool


def decided_at(claimed: datetime | None, arrived: datetime, connected_since: datetime) -> datetime:
    """When a decision counts as made, from the client's word and our clock. All times are zone-aware.

    A client that was connected when it decided is held to within CLOCK_TOLERANCE of the arrival; a decision older
    than its connection was brought later by an outbox and keeps its time; no decision is later than the tolerance.
    """
    if claimed is None:
        return arrived
    if claimed > arrived + CLOCK_TOLERANCE:
        return arrived + CLOCK_TOLERANCE
    if connected_since <= claimed < arrived - CLOCK_TOLERANCE:
        return arrived - CLOCK_TOLERANCE
    return claimed


def overtaking(at: datetime, old_at: datetime, now: datetime) -> datetime:
    """The time of a decision beside an older one: its own, or, where our clock was set back in between, the older's.

    Nobody decides later than CLOCK_TOLERANCE from now: what is further ahead was written by a clock that was wrong, and
    must not keep out what is decided now.
    """
    was_ahead = old_at > now + CLOCK_TOLERANCE
    return old_at if was_ahead and at >= now - CLOCK_TOLERANCE else at


def stands_over(new_source: Source, new_at: datetime, old_source: Source, old_at: datetime) -> bool:
    """Whether a new decision replaces an old one, made at `new_at` and `old_at`, zone-aware.

    Whatever the times: what was confirmed of the camera's proposals never stands over what a person decided otherwise,
    and a copy over neither; a copy stands over a copy, for it follows what it is copied from. Otherwise the later one
    stands, and at a tie the newcomer.
    """
    new, old = _weight(new_source), _weight(old_source)
    if new != old:
        return new > old
    return new_source is Source.COPIED or new_at >= old_at


def _weight(source: Source) -> int:
    return {Source.COPIED: 0, Source.CAMERA: 1}.get(source, 2)
