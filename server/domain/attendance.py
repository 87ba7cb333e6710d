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
    """Where a decision came from; all are people's. CAMERA: a person confirmed what the camera proposed."""

    CAMERA = "camera"
    PROFESSOR = "professor"
    ROLL_CALL = "roll_call"
    IMPORT = "import"
    LEGACY = "legacy"


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


def stands_over(new_source: Source, new_at: datetime, old_source: Source, old_at: datetime) -> bool:
    """Whether a new decision replaces an old one, made at `new_at` and `old_at`, zone-aware.

    What was confirmed of the camera's proposals never stands over a decision of another source, whatever the times.
    Otherwise the later one stands, and at a tie the newcomer.
    """
    by_camera = (new_source is Source.CAMERA, old_source is Source.CAMERA)
    if by_camera[0] != by_camera[1]:
        return by_camera[1]
    return new_at >= old_at
