"""A class that is played by chance: shares in, sessions' evidence and the truth out. Knows no proposal.

Who comes, who is late, who leaves, whom each picture misses, which pictures are blind: by the shares of `Class`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from server.domain.attendance import State
from server.domain.evidence import HourEvidence, Look, Seen
from server.domain.rules import Rules

MINUTE: Final = timedelta(minutes=1)
HOUR_MINUTES: Final = 50
BREAK_MINUTES: Final = 10


@dataclass(frozen=True)
class Class:
    """What is played. Shares are of 0 to 1, of hours, of students' sessions or of pictures, as their comments say."""

    students: int = 40
    sessions: int = 16
    hours: int = 3
    minutes_between: float = 1.0  # pictures, on average: as the client sends them
    stays_away: float = 0.06  # of a student's sessions
    comes_late: float = 0.05
    leaves: float = 0.06  # half of them in a break
    back_row: float = 0.15  # of the students: seen in about half of the pictures, the others in nine of ten
    looks_down_again: float = 0.8  # of the pictures behind one that missed him: for five minutes on average
    doubtful: float = 0.09  # of the hours in which somebody is there: docs/accuracy.md, one photograph enrolled
    not_known: float = 0.006  # … in which his face is not found at all
    taken_for: float = 0.01  # of the hours in which he is not there: another's face may be his
    blind: float = 0.05  # of the pictures
    starts_late: float = 0.05  # of the hours: the camera is switched on in the twelfth minute
    no_pictures: float = 0.02  # of the hours
    no_photograph: float = 0.03  # of the students


@dataclass(frozen=True)
class Played:
    """A session: its evidence, and the true state of each student (number) in each hour."""

    evidence: tuple[HourEvidence, ...]
    truth: dict[tuple[str, int], State]


@dataclass(frozen=True)
class Student:
    """Somebody of the class. visible: in which share of the pictures, while there."""

    number: str
    visible: float
    has_photograph: bool


def a_student(room: Class, number: int, random: Random) -> Student:
    """Somebody of the class, by his place in it."""
    visible = random.uniform(0.4, 0.65) if random.random() < room.back_row else random.uniform(0.8, 0.99)
    return Student(f"{202600000 + number}", visible, random.random() >= room.no_photograph)


def a_session(room: Class, students: Sequence[Student], day: datetime, rules: Rules, random: Random) -> Played:
    """The hours of a class that begins at `day` (zone-aware), whom the camera saw in them, and who was there."""
    begins = [day + number * (HOUR_MINUTES + BREAK_MINUTES) * MINUTE for number in range(room.hours)]
    stays = {each.number: _stay(room, begins, random) for each in students}
    pictures = [_pictures(room, start, random) for start in begins]
    evidence = tuple(
        _hour(room, number + 1, start, pictures[number], students, stays, random) for number, start in enumerate(begins)
    )
    truth = {
        (student, number + 1): _truth(stay, start, rules)
        for student, stay in stays.items()
        for number, start in enumerate(begins)
    }
    return Played(evidence, truth)


Stay = tuple[datetime, datetime]
"""From when until when somebody is in the room; nobody is where both are the same."""


def _stay(room: Class, begins: Sequence[datetime], random: Random) -> Stay:
    first, last = begins[0], begins[-1] + HOUR_MINUTES * MINUTE
    if random.random() < room.stays_away:
        return first, first
    late = random.random() < room.comes_late
    comes = first + (random.uniform(11, 35) if late else random.uniform(-8, 6)) * MINUTE
    if random.random() >= room.leaves:
        return comes, last
    hour = random.choice(begins)
    in_break = random.random() < 0.5
    goes = hour + (HOUR_MINUTES if in_break else random.uniform(8, 34)) * MINUTE
    return comes, max(goes, comes + 5 * MINUTE)


def _truth(stay: Stay, start: datetime, rules: Rules) -> State:
    comes, goes = stay
    ends = start + HOUR_MINUTES * MINUTE
    if min(goes, ends) - max(comes, start) < 2 * MINUTE:
        return State.ABSENT
    if goes < ends - 2 * MINUTE:
        return State.LEFT_EARLY
    return State.LATE if comes >= start + rules.late_minutes * MINUTE else State.PRESENT


# ---- the camera


Taken = tuple[datetime, bool]
"""When a picture was taken, and whether it is blind."""


def _pictures(room: Class, start: datetime, random: Random) -> list[Taken]:
    """The hour's pictures, from some minutes before it on."""
    if random.random() < room.no_pictures:
        return []
    at = start + (12 if random.random() < room.starts_late else -5) * MINUTE
    taken = []
    while at < start + HOUR_MINUTES * MINUTE:
        taken.append((at, random.random() < room.blind))
        at += room.minutes_between * random.uniform(0.6, 1.4) * MINUTE
    return taken


def _hour(
    room: Class,
    number: int,
    start: datetime,
    pictures: Sequence[Taken],
    students: Sequence[Student],
    stays: dict[str, Stay],
    random: Random,
) -> HourEvidence:
    faces = {at: 0 for at, _ in pictures}
    seen = []
    for student in students:
        shown = list(_shown(room, student, stays[student.number], pictures, random))
        for at in shown:
            faces[at] += 1
        if student.has_photograph and (found := _recognised(room, student, shown, pictures, random)):
            seen.append(found)
    looks = tuple(Look(at, faces[at]) for at, _ in pictures)
    return HourEvidence(number, start, start + HOUR_MINUTES * MINUTE, looks, tuple(seen))


def _shown(room: Class, student: Student, stay: Stay, pictures: Sequence[Taken], random: Random) -> Iterator[datetime]:
    """The pictures that show the student's face."""
    looks_down = (1 - student.visible) * (1 - room.looks_down_again) / student.visible
    down = random.random() >= student.visible
    for at, blind in pictures:
        down = random.random() < (room.looks_down_again if down else looks_down)
        if stay[0] <= at < stay[1] and not down and (not blind or random.random() < 0.1):
            yield at


def _recognised(
    room: Class, student: Student, shown: Sequence[datetime], pictures: Sequence[Taken], random: Random
) -> Seen | None:
    """What the recogniser makes of it, once an hour: sure, doubtful, or somebody else's face."""
    if shown and random.random() >= room.not_known:
        sure = random.random() >= room.doubtful
        return Seen(student.number, sure, random.uniform(0.9, 1) if sure else random.uniform(0.35, 0.9), tuple(shown))
    if not shown and pictures and random.random() < room.taken_for:
        other = tuple(at for at, _ in pictures if random.random() < 0.5)
        return Seen(student.number, False, random.uniform(0.1, 0.6), other) if other else None
    return None
