"""Propose each student's state from the pictures of a session.

A new picture is added to those before it; all are read again only when the class or the gallery has changed.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.domain.evidence import HourEvidence, Look, Proposal, Seen, Sign
from server.domain.heads import HeadCount, count_heads
from server.domain.proposals import propose
from server.domain.rules import Rules
from server.domain.shared_faces import SeenFaces
from server.domain.timetable import PlannedHour
from server.gallery import Candidate, HourFaces, Matcher, Presence, SeenFace
from server.services.class_day.galleries import Galleries
from server.services.class_day.places import PlacesSoFar
from server.services.held_up.signs import HourSigns
from server.store import RecordedPicture, Sighting, Store

# Sessions whose hours are cached: as many as connections may ask for a board; the least recently asked goes.
MOST_SESSIONS: Final = 64
Shown = tuple[RecordedPicture, tuple[Sighting, ...]]


@dataclass(frozen=True, slots=True)
class DecidedHour:
    """What the pictures of an hour show."""

    looks: tuple[Look, ...] = ()
    seen: tuple[Seen, ...] = ()
    # Of students to be checked, nearest first.
    candidates: Mapping[str, tuple[Candidate, ...]] = field(default_factory=dict)
    faces: SeenFaces = field(default_factory=SeenFaces)
    # Of students whose face may be a photograph, why.
    signs: Mapping[str, tuple[Sign, ...]] = field(default_factory=dict)
    # By student the face that is taken for theirs, float32 (d,): the mean of what the pictures show of it.
    taken: Mapping[str, NDArray[np.float32]] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class SessionEvidence:
    """What the pictures of a session show, and what follows from them."""

    hours: Mapping[int, DecidedHour]  # those with pictures, by number
    proposals: tuple[Proposal, ...]  # of every student and hour, in this order

    def candidates(self, student: str) -> tuple[Candidate, ...]:
        """Who else the faces taken for this student may be, by the latest hour with a question."""
        asked = [hour.candidates[student] for _, hour in sorted(self.hours.items()) if student in hour.candidates]
        return asked[-1] if asked else ()

    def face(self, student: str, hour: int) -> NDArray[np.float32] | None:
        """What is taken for this student's face in that hour's pictures, (d,); None: nothing that can be compared."""
        decided = self.hours.get(hour)
        return decided.taken.get(student) if decided else None


def heads_of(evidence: SessionEvidence, invisible: Mapping[str, int] | None) -> dict[int, HeadCount]:
    """Heads by hour. invisible: by camera how many sit too far away; None: not known."""
    return {number: count_heads(each.looks, each.seen, invisible) for number, each in evidence.hours.items()}


class _HourSoFar:
    """The pictures of an hour so far, and what they show by one matcher."""

    def __init__(self, matcher: Matcher, model_id: str, signs: HourSigns | None) -> None:
        self.matcher: Final = matcher
        self.counts = (0, 0)  # of pictures and of sightings
        self.decided = DecidedHour()
        self._model_id = model_id
        self._looks: list[Look] = []
        self._faces = HourFaces(matcher)
        self._signs = signs
        self._places = PlacesSoFar()
        self._remembered: dict[str, list[tuple[datetime, Sighting]]] = {}

    @property
    def latest(self) -> datetime | None:
        return self._looks[-1].taken_at if self._looks else None

    def add(self, shown: Sequence[Shown]) -> None:
        """shown: pictures taken later than those so far, by time."""
        for picture, sightings in shown:
            self._looks.append(Look(picture.taken_at, picture.faces, picture.faces_taken, picture.device))
            self._faces.add(list(self._comparable(picture, sightings)))
            if self._signs is not None:
                self._signs.add(picture, sightings)
            self._places.add(picture.device, picture.taken_at, sightings)
        self.counts = self.counts[0] + len(shown), self.counts[1] + sum(len(sightings) for _, sightings in shown)
        self.decided = self._decide()

    def _comparable(self, picture: RecordedPicture, sightings: Sequence[Sighting]) -> Iterator[SeenFace]:
        # Of faces of another model, or without embedding by now, what their picture alone said counts.
        for each in sightings:
            if each.embedding is not None and each.model_id == self._model_id:
                yield SeenFace(each.embedding, each.box, picture.device)
            else:
                self._remembered.setdefault(each.student, []).append((picture.taken_at, each))

    def _decide(self) -> DecidedHour:
        presences = self._faces.presences()
        seen = {student: _seen_singly(student, pictures) for student, pictures in self._remembered.items()}
        for each in presences:
            seen[each.student_id] = _together(_seen(each, self._looks), seen.get(each.student_id))
        asked = {each.student_id: each.candidates for each in presences if each.verdict == "check"}
        faces = self._places.faces(presences, self.matcher)
        signs = self._signs.signs() if self._signs is not None else {}
        each_once = tuple(seen[student] for student in sorted(seen))
        taken = {each.student_id: each.face for each in presences}
        return DecidedHour(tuple(self._looks), each_once, asked, faces, signs, taken)


class _Day:
    """What is known of a course's day."""

    def __init__(self) -> None:
        self.deciding: Final = threading.Lock()  # so that two who ask the same wait for one
        self.hours: Final[dict[int, _HourSoFar]] = {}
        self._said: tuple[tuple[object, ...], SessionEvidence] | None = None

    def evidence(
        self, hours: Sequence[PlannedHour], students: frozenset[str], rules: Rules, matcher: Matcher
    ) -> SessionEvidence:
        """What the pictures so far say, computed once for the same question."""
        decided = {number: each.decided for number, each in self.hours.items()}
        asked = (tuple(hours), students, rules, matcher, decided)
        if self._said is None or self._said[0] != asked:
            evidence = [_of_hour(hour, decided.get(hour.number, DecidedHour()), students) for hour in hours]
            proposals = propose(evidence, students, rules, enrolled_faces=frozenset(matcher.students))
            self._said = asked, SessionEvidence(decided, tuple(proposals))
        return self._said[1]


class Evidence:
    """Proposals of sessions, for any thread; a day is decided by one thread at a time.

    tells_held_up: with signs of photographs held up.
    """

    def __init__(self, store: Store, galleries: Galleries, *, tells_held_up: bool = False) -> None:
        self._store = store
        self._galleries = galleries
        self._tells_held_up = tells_held_up
        self._days: OrderedDict[tuple[str, date], _Day] = OrderedDict()
        self._finding = threading.Lock()

    def of_session(
        self, course: str, day: date, hours: Sequence[PlannedHour], students: frozenset[str], rules: Rules
    ) -> SessionEvidence:
        """Raises SetupProblem, Unavailable."""
        matcher = self._galleries.matcher(students, course)
        known = self._day(course, day)
        with known.deciding:
            self._bring_up(known.hours, course, day, matcher)
            return known.evidence(hours, students, rules, matcher)

    def _day(self, course: str, day: date) -> _Day:
        with self._finding:
            known = self._days.setdefault((course, day), _Day())
            self._days.move_to_end((course, day))
            while len(self._days) > MOST_SESSIONS:
                self._days.popitem(last=False)
            return known

    def _bring_up(self, known: dict[int, _HourSoFar], course: str, day: date, matcher: Matcher) -> None:
        # Hour by hour; one that fails in between is begun anew the next time.
        counts = self._store.pictures.counts(course, day)
        for hour in known.keys() - counts.keys():
            del known[hour]
        for hour, expected in counts.items():
            so_far = known.pop(hour, None)
            if so_far is None or so_far.matcher is not matcher:
                so_far = self._begun(matcher)
            if so_far.counts != expected:
                so_far.add(self._store.pictures.of_day(course, day, hour=hour, after=so_far.latest))
            if so_far.counts != expected:
                # A picture was brought late, somebody was erased, or one more has come by now.
                so_far = self._begun(matcher)
                so_far.add(self._store.pictures.of_day(course, day, hour=hour))
                # Those that cannot be read are counted, and are not looked for at every question.
                so_far.counts = expected
            known[hour] = so_far

    def _begun(self, matcher: Matcher) -> _HourSoFar:
        model = self._galleries.model_id
        signs = HourSigns(model, self._galleries.loaded.of_student) if self._tells_held_up else None
        return _HourSoFar(matcher, model, signs)


def _seen(presence: Presence, looks: Sequence[Look]) -> Seen:
    at = tuple(dict.fromkeys(looks[place].taken_at for place in presence.seen_in))
    return Seen(presence.student_id, presence.verdict == "sure", presence.probability, at)


def _seen_singly(student: str, pictures: Sequence[tuple[datetime, Sighting]]) -> Seen:
    sure = any(sighting.verdict == "sure" for _, sighting in pictures)
    probability = max(sighting.probability or 0.0 for _, sighting in pictures)
    return Seen(student, sure, probability, tuple(dict.fromkeys(at for at, _ in pictures)))


def _together(seen: Seen, before: Seen | None) -> Seen:
    # With what was seen of the student in other pictures of the hour, such as those of another family.
    if before is None:
        return seen
    at = tuple(sorted({*seen.at, *before.at}))
    return Seen(seen.student, seen.sure or before.sure, max(seen.probability, before.probability), at)


def _of_hour(hour: PlannedHour, decided: DecidedHour, students: frozenset[str]) -> HourEvidence:
    seen = tuple(each for each in decided.seen if each.student in students)
    return HourEvidence(hour.number, hour.starts, hour.ends, decided.looks, seen)
