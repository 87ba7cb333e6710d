"""What the camera has of a session: its pictures in, a proposal for each student and hour out. Knows no messages.

The pictures are read and decided again only when one has come, the class or the gallery has changed.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from server.domain.evidence import HourEvidence, Look, Proposal, Seen
from server.domain.proposals import propose
from server.domain.rules import Rules
from server.domain.timetable import PlannedHour
from server.gallery import Candidate, Matcher, Presence, SeenFace, decide_hour
from server.services.galleries import Galleries
from server.store.base import Picture, Sighting, Store

MOST_SESSIONS: Final = 64
"""Sessions whose decided hours are kept: as many as connections may ask for a board; the least recently asked goes."""
Shown = tuple[Picture, tuple[Sighting, ...]]


@dataclass(frozen=True, slots=True)
class DecidedHour:
    """What the pictures of an hour show. candidates: of the students who are to be looked at, nearest first."""

    looks: tuple[Look, ...] = ()
    seen: tuple[Seen, ...] = ()
    candidates: Mapping[str, tuple[Candidate, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Decided:
    """The hours of a session, and of what they were decided: pictures by their revision, class and gallery.

    shown: by hour, the moments of its pictures: an hour that has no new one is not decided again.
    """

    revision: tuple[int, datetime | None]
    matcher: Matcher
    shown: Mapping[int, tuple[datetime, ...]]
    hours: Mapping[int, DecidedHour]


@dataclass(frozen=True, slots=True)
class SessionEvidence:
    """hours: decided, by number, of those with pictures. proposals: of every student and hour, by student and hour."""

    hours: Mapping[int, DecidedHour]
    proposals: tuple[Proposal, ...]

    def candidates(self, student: str) -> tuple[Candidate, ...]:
        """Who else the faces that were taken for this student may be, by the latest hour that asks."""
        asked = [hour.candidates[student] for _, hour in sorted(self.hours.items()) if student in hour.candidates]
        return asked[-1] if asked else ()


class Evidence:
    """Proposals of sessions; any thread may ask. One decides at a time, so that two who ask the same wait for one."""

    def __init__(self, store: Store, galleries: Galleries) -> None:
        self._store = store
        self._galleries = galleries
        self._deciding = threading.Lock()
        self._decided: OrderedDict[tuple[str, date], _Decided] = OrderedDict()

    def of_session(
        self, course: str, day: date, hours: Sequence[PlannedHour], students: frozenset[str], rules: Rules
    ) -> SessionEvidence:
        """What the pictures of that day say of these students in these hours. Raises SetupProblem, Unavailable."""
        matcher = self._galleries.matcher(students, course)
        decided = self._hours(course, day, matcher)
        evidence = [_of_hour(hour, decided.get(hour.number, DecidedHour()), students) for hour in hours]
        proposals = propose(evidence, students, rules, enrolled_faces=frozenset(matcher.students))
        return SessionEvidence(decided, tuple(proposals))

    def _hours(self, course: str, day: date, matcher: Matcher) -> Mapping[int, DecidedHour]:
        with self._deciding:
            revision = self._store.picture_revision(course, day)
            known = self._decided.get((course, day))
            if known is None or known.revision != revision or known.matcher is not matcher:
                known = self._decide(course, day, revision, matcher, known)
            self._decided[course, day] = known
            self._decided.move_to_end((course, day))
            while len(self._decided) > MOST_SESSIONS:
                self._decided.popitem(last=False)
            return known.hours

    def _decide(
        self, course: str, day: date, revision: tuple[int, datetime | None], matcher: Matcher, before: _Decided | None
    ) -> _Decided:
        by_hour: dict[int, list[Shown]] = {}
        for picture, sightings in self._store.pictures(course, day):
            by_hour.setdefault(picture.hour, []).append((picture, sightings))
        moments = {hour: tuple(picture.taken_at for picture, _ in shown) for hour, shown in by_hour.items()}
        hours = _unchanged(before, matcher, moments)
        for hour in by_hour.keys() - hours.keys():
            hours[hour] = _decide_hour(matcher, by_hour[hour], self._galleries.model_id)
        return _Decided(revision, matcher, moments, hours)


def _unchanged(
    before: _Decided | None, matcher: Matcher, moments: Mapping[int, tuple[datetime, ...]]
) -> dict[int, DecidedHour]:
    """The hours that were decided of the same pictures by the same matcher."""
    if before is None or before.matcher is not matcher:
        return {}
    return {hour: decided for hour, decided in before.hours.items() if before.shown[hour] == moments.get(hour)}


def _decide_hour(matcher: Matcher, shown: Sequence[Shown], model_id: str) -> DecidedHour:
    looks = tuple(Look(picture.taken_at, picture.faces) for picture, _ in shown)
    presences = decide_hour(matcher, [_faces(sightings, model_id) for _, sightings in shown])
    seen = {each.student_id: _seen(each, looks) for each in presences}
    for student, remembered in _remembered(shown, model_id).items():
        seen.setdefault(student, remembered)
    asked = {each.student_id: each.candidates for each in presences if each.verdict == "check"}
    return DecidedHour(looks, tuple(seen[student] for student in sorted(seen)), asked)


def _faces(sightings: Sequence[Sighting], model_id: str) -> list[SeenFace]:
    return [
        SeenFace(each.embedding, each.box) for each in sightings
        if each.embedding is not None and each.model_id == model_id
    ]


def _seen(presence: Presence, looks: Sequence[Look]) -> Seen:
    at = tuple(dict.fromkeys(looks[place].taken_at for place in presence.seen_in))
    return Seen(presence.student_id, presence.verdict == "sure", presence.probability, at)


def _remembered(shown: Sequence[Shown], model_id: str) -> dict[str, Seen]:
    """Of faces that cannot be compared any more (another model's, or forgotten): what each picture said by itself."""
    found: dict[str, list[tuple[datetime, Sighting]]] = {}
    for picture, sightings in shown:
        for each in sightings:
            if each.embedding is None or each.model_id != model_id:
                found.setdefault(each.student, []).append((picture.taken_at, each))
    return {student: _seen_singly(student, pictures) for student, pictures in found.items()}


def _seen_singly(student: str, pictures: Sequence[tuple[datetime, Sighting]]) -> Seen:
    sure = any(sighting.verdict == "sure" for _, sighting in pictures)
    probability = max(sighting.probability or 0.0 for _, sighting in pictures)
    return Seen(student, sure, probability, tuple(dict.fromkeys(at for at, _ in pictures)))


def _of_hour(hour: PlannedHour, decided: DecidedHour, students: frozenset[str]) -> HourEvidence:
    seen = tuple(each for each in decided.seen if each.student in students)
    return HourEvidence(hour.number, hour.starts, hour.ends, decided.looks, seen)
