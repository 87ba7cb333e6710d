"""What the camera has of a session's hours, and what it proposes for a student. Values alone: no rule, no clock."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from server.domain.attendance import State


class Reason(StrEnum):
    """Why a proposal is to be looked at; NONE where there is nothing to ask, or nothing to say."""

    NONE = ""
    LEFT = "left"
    """Was seen, and then not any more while others were: left early, or gone in this hour after an earlier one."""
    DOUBTFUL_FACE = "doubtful_face"
    """The face that was seen may be another's."""
    VERY_LATE = "very_late"
    """Was first seen so late that the rules count the hour as absent."""
    LATE_UNCLEAR = "late_unclear"
    """Was first seen after the limit, or about then, and may have been there before."""
    LEFT_UNCLEAR = "left_unclear"
    """Was not seen at the end, and may have been there."""
    FEW_PICTURES = "few_pictures"
    """Was not seen, in so few pictures that it says little; or seen just before the hour only."""
    NO_PHOTOGRAPH = "no_photograph"
    """Has no photograph enrolled, so that the camera cannot know him."""


@dataclass(frozen=True, slots=True)
class Look:
    """A recorded picture of an hour: when (zone-aware), and how many faces it shows, of students or not."""

    taken_at: datetime
    faces: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A student who was in pictures of an hour, or may have been. at: `taken_at` of these pictures.

    sure: without a question; else a person should look. probability: that it was he, of one picture, 0 to 1.
    """

    student: str
    sure: bool
    probability: float
    at: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class HourEvidence:
    """What the camera has of an hour. starts, ends: zone-aware; None without a timetable. seen: each student once."""

    number: int
    starts: datetime | None
    ends: datetime | None
    looks: tuple[Look, ...]
    seen: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the camera says of a student in an hour; never a mark by itself.

    state: PRESENT, LATE, LEFT_EARLY, ABSENT, NOT_VISIBLE; NOT_TAKEN where the hour has no picture.
    sure: a professor may confirm it with others, unseen; only ever of PRESENT and LATE.
    first_seen, last_seen: within the hour. seen, looks: in how many of how many pictures that tell something.
    minutes_late: whole minutes from the start of the hour to first_seen, where they reach the limit for late.
    probability: that the face is his, all pictures of the hour together; None where he was not seen.
    """

    student: str
    hour: int
    state: State
    sure: bool
    reason: Reason
    first_seen: datetime | None
    last_seen: datetime | None
    seen: int
    looks: int
    minutes_late: int | None
    probability: float | None
