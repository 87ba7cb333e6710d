"""What the camera saw of a session's hours, and what it proposes for a student."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from server.domain.attendance import State


class Reason(StrEnum):
    """Why a person should look at a proposal."""

    NONE = ""  # nothing to ask, or nothing to say
    LEFT = "left"  # was seen, then not any more while others were: left early, or gone after an earlier hour
    DOUBTFUL_FACE = "doubtful_face"  # the face that was seen may be another's
    VERY_LATE = "very_late"  # first seen so late that the rules count the hour as absent
    LATE_UNCLEAR = "late_unclear"  # first seen about the limit or after, and may have been there before
    LEFT_UNCLEAR = "left_unclear"  # not seen at the end, and may have been there
    FEW_PICTURES = "few_pictures"  # not seen in so few pictures that it says little, or only just before the hour
    NO_PHOTOGRAPH = "no_photograph"  # has no photograph enrolled, so that the camera cannot know them


class Sign(StrEnum):
    """Why a face may be a photograph that is held up. Advice to look: no proposal is changed by it."""

    RIGID = "rigid"  # its features keep to one flat pattern: it never turned
    FRAMED = "framed"  # there is a straight frame around it
    WRONG_SIZE = "wrong_size"  # it is too small or too large for its place
    ENROLMENT = "enrolment_photograph"  # beside one of these: it is the photograph that is enrolled, or all but


@dataclass(frozen=True, slots=True)
class Look:
    """A recorded picture of an hour."""

    taken_at: datetime
    faces: int  # of students or not
    taken: int | None = None  # so many of them were compared; None: all
    device: str = ""  # whose camera took it
    complete: bool = True  # False: another camera of the room took none then, so it tells of nobody that they are away


@dataclass(frozen=True, slots=True)
class Seen:
    """A student who was in pictures of an hour, or may have been."""

    student: str
    sure: bool  # False: a person should look
    probability: float  # that it was they, of one picture, 0 to 1
    at: tuple[datetime, ...]  # when these pictures were taken


@dataclass(frozen=True, slots=True)
class HourEvidence:
    """What the camera has of an hour, each student once."""

    number: int
    starts: datetime | None
    ends: datetime | None
    looks: tuple[Look, ...]
    seen: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the camera says of a student in an hour; never a mark by itself."""

    student: str
    hour: int
    state: State  # NOT_TAKEN where the hour has no picture; never EXCUSED
    sure: bool  # a professor may confirm it with others, unseen: only ever PRESENT and LATE
    reason: Reason
    first_seen: datetime | None  # within the hour
    last_seen: datetime | None
    seen: int  # in so many …
    looks: int  # … of so many pictures that tell something
    minutes_late: int | None  # whole minutes from the hour's start to first_seen, where they reach the limit for late
    probability: float | None  # that the face is theirs, all pictures of the hour together; None: not seen
