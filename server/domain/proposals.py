"""Propose a state for each student and hour from what the camera saw."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from server.domain.attendance import State
from server.domain.evidence import HourEvidence, Proposal, Reason, Seen
from server.domain.rounds import joined_cameras
from server.domain.rules import Rules
from server.domain.visibility import Visibility, visibilities

# Not to be seen is no accident where it would be one less often than this: about as many students leave a class.
CHANCE: Final = 0.05
# The same where less speaks for it: having come late, or having left and come back for a later hour.
RARE: Final = 0.01
# A picture with fewer faces than one in so many of the session's fullest picture proves nobody absent: somebody
# stands before the camera, the light is off, or the class is not in the room.
BLIND: Final = 4
# In so many pictures that tell something a student must be missing to be proposed as absent.
FEWEST_PICTURES: Final = 2
# Pictures of one seat resemble each other: of a doubtful face so many count as looks of their own, and no more.
ALIKE: Final = 3
# A doubtful face that is theirs with less than this, all pictures together, is not taken for them.
LIKELY: Final = 0.5
# Who was seen longer before an hour than this may have come for something else: the class before, or lunch.
EARLY: Final = timedelta(minutes=15)


def propose(
    hours: Sequence[HourEvidence], students: Collection[str], rules: Rules, *, enrolled_faces: Collection[str]
) -> list[Proposal]:
    """A proposal for each student and hour, by student; absent only for those in `enrolled_faces`."""
    # It takes all that the session has so far: what a student did in one hour tells something of the others.
    hours = [joined_cameras(each) for each in hours]
    session = [_Hour(each, usable) for each, usable in zip(hours, _usable(hours), strict=True)]
    session.sort(key=lambda each: each.evidence.number)
    times = {student: [hour.times(student) for hour in session] for student in sorted(students)}
    usable = [hour.usable for hour in session]
    visible, in_hours = (visibilities(usable, times, by_hour=each) for each in (False, True))
    return [
        _Case(
            student,
            hour,
            times[student][place],
            any(times[student][:place]),
            any(times[student][place + 1 :]),
            visible[student],
            in_hours[student],
            rules,
            student in enrolled_faces,
        ).proposal()
        for student in times
        for place, hour in enumerate(session)
    ]


def _usable(hours: Sequence[HourEvidence]) -> list[tuple[datetime, ...]]:
    """For each hour, the pictures that tell who is missing."""
    fullest = max((look.faces for hour in hours for look in hour.looks), default=0)
    return [
        tuple(
            sorted(
                {
                    look.taken_at
                    for look in hour.looks
                    if look.complete and look.faces and look.faces * BLIND >= fullest and _lasts(hour, look.taken_at)
                }
            )
        )
        for hour in hours
    ]


def _lasts(hour: HourEvidence, moment: datetime) -> bool:
    return (hour.starts is None or hour.starts <= moment) and (hour.ends is None or moment < hour.ends)


class _Hour:
    def __init__(self, evidence: HourEvidence, usable: tuple[datetime, ...]) -> None:
        self.evidence, self.usable = evidence, usable
        self.seen = {each.student: each for each in evidence.seen}

    def times(self, student: str) -> tuple[datetime, ...]:
        """When the hour's pictures show them, likely."""
        seen = self.seen.get(student)
        return self.shown(student) if seen and (seen.sure or _together(seen) >= LIKELY) else ()

    def shown(self, student: str) -> tuple[datetime, ...]:
        """When they show them or somebody like them."""
        # A face from shortly before the hour counts, one after it never.
        seen = self.seen.get(student)
        return tuple(sorted(filter(self._tells, seen.at))) if seen else ()

    def _tells(self, moment: datetime) -> bool:
        starts, ends = self.evidence.starts, self.evidence.ends
        return (starts is None or starts - EARLY <= moment) and (ends is None or moment < ends)


def _together(seen: Seen) -> float:
    """The probability that the face is theirs in one picture at least."""
    return 1 - (1 - seen.probability) ** min(len(seen.at), ALIKE)


@dataclass(frozen=True, slots=True)
class _Verdict:
    state: State
    reason: Reason = Reason.NONE
    minutes_late: int | None = None


@dataclass(frozen=True, slots=True)
class _Case:
    """A student in an hour of a session."""

    student: str
    hour: _Hour
    times: tuple[datetime, ...]  # when they were seen in it
    earlier: bool  # seen in an earlier hour too
    later: bool
    visible: Visibility  # between their first and last sighting of the session
    in_hours: Visibility  # the same within each hour
    rules: Rules
    known: bool  # has a photograph enrolled

    def proposal(self) -> Proposal:
        shown, seen = self.hour.shown(self.student), self.hour.seen.get(self.student)
        verdict = self._verdict()
        doubtful = bool(shown) and seen is not None and not seen.sure
        sure = verdict.reason is Reason.NONE and verdict.state in (State.PRESENT, State.LATE) and not doubtful
        return Proposal(
            self.student,
            self.hour.evidence.number,
            verdict.state,
            sure,
            Reason.DOUBTFUL_FACE if doubtful else verdict.reason,
            min(shown, default=None),
            max(shown, default=None),
            len(shown),
            len({*self.hour.usable, *shown}),
            verdict.minutes_late,
            _together(seen) if shown and seen else None,
        )

    def _verdict(self) -> _Verdict:
        if not self.hour.evidence.looks:
            return _Verdict(State.NOT_TAKEN)
        if not self.times:
            return self._unseen()
        return self._gone() or self._arrived()

    def _unseen(self) -> _Verdict:
        if not self.known:
            return _Verdict(State.NOT_VISIBLE, Reason.NO_PHOTOGRAPH)
        pictures = len(self.hour.usable)
        by_chance = self._by_chance(pictures)
        if pictures < FEWEST_PICTURES or (by_chance and (self.earlier or self.later)):
            return _Verdict(State.NOT_VISIBLE, Reason.FEW_PICTURES)
        if self.earlier:
            return _Verdict(State.ABSENT, Reason.LEFT)
        return _Verdict(State.ABSENT, Reason.FEW_PICTURES if by_chance else Reason.NONE)

    def _gone(self) -> _Verdict | None:
        starts = self.hour.evidence.starts
        if self.later or not self._missing_at_end() or self._by_chance(self._missed_at_end()):
            return None
        came = starts is None or self.times[-1] >= starts
        return _Verdict(State.LEFT_EARLY if came else State.ABSENT, Reason.LEFT, self._minutes_late())

    def _arrived(self) -> _Verdict:
        minutes, limit = self._minutes_late(), self.rules.absent_minutes
        if minutes is None or (self.earlier and self._by_chance(self._missed_since(0))):
            return _Verdict(State.PRESENT, self._doubt_of_the_end())
        if self._by_chance(self._missed_since(0), RARE):
            return _Verdict(State.PRESENT, Reason.LATE_UNCLEAR, minutes)
        if limit is not None and minutes >= limit and not self._by_chance(self._missed_since(limit)):
            return _Verdict(State.ABSENT, Reason.VERY_LATE, minutes)
        if self._by_chance(self._missed_since(self.rules.late_minutes), RARE):
            return _Verdict(State.LATE, Reason.LATE_UNCLEAR, minutes)
        return _Verdict(State.LATE, self._doubt_of_the_end(), minutes)

    def _minutes_late(self) -> int | None:
        """Whole minutes; None: in time, no timetable, or no picture from before that could have shown them."""
        starts = self.hour.evidence.starts
        if starts is None or not self._missed_since(0):
            return None
        minutes = (self.times[0] - starts) // timedelta(minutes=1)
        return minutes if minutes >= self.rules.late_minutes else None

    def _missed_since(self, minutes: int) -> int:
        """Usable pictures from then on that do not show them yet."""
        starts, first = self.hour.evidence.starts, self.times[0]
        return sum(starts is None or starts + timedelta(minutes=minutes) <= at for at in self.hour.usable if at < first)

    def _missed_at_end(self) -> int:
        return sum(at > self.times[-1] for at in self.hour.usable)

    def _missing_at_end(self) -> bool:
        enough = self._missed_at_end() >= self.rules.leave_pictures
        return enough and self.hour.usable[-1] - self.times[-1] >= timedelta(minutes=self.rules.leave_minutes)

    def _doubt_of_the_end(self) -> Reason:
        """Why their being there at the end is not certain."""
        # Who was seen before the hour only may go in the break. Of who was seen in a later hour it is asked only
        # where an accident would be rare.
        starts = self.hour.evidence.starts
        if starts is not None and self.times[-1] < starts:
            return Reason.FEW_PICTURES
        accident = self.later and self.in_hours.chance_of_missing(self._missed_at_end()) > RARE
        return Reason.LEFT_UNCLEAR if self._missing_at_end() and not accident else Reason.NONE

    def _by_chance(self, missed: int, chance: float = CHANCE) -> bool:
        """Whether a student who is there may well be missing so often in a row."""
        return self.visible.chance_of_missing(missed) > chance
