"""Values for the store's tests: one course, a few students, marks with little to say."""

from datetime import UTC, date, datetime, timedelta

import numpy as np

from server.domain.attendance import Mark, Recorded, Source, State
from server.domain.ledger import MarkAnswer, MarkRequest
from server.errors import RollcallError
from server.store import RecordedPicture, RosterLine, Sighting, Store, Template

COURSE = "ea0017_1"
DAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 1, 30, 0, 123456, tzinfo=UTC)
STUDENTS = tuple(f"2015110{number:02}" for number in range(5))
MODEL = "model-1"


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def enrol(store: Store, *students: str, course: str = COURSE) -> None:
    rows = [RosterLine(student, f"name of {student}", course) for student in students or STUDENTS]
    store.rosters.change(rows, at=NOW, by="registrar", day=DAY)


def mark(
    student: str = STUDENTS[0],
    state: State = State.PRESENT,
    *,
    at: datetime = NOW,
    hour: int = 1,
    course: str = COURSE,
    day: date = DAY,
    by: str = "professor",
    source: Source = Source.PROFESSOR,
    why: str = "",
) -> Mark:
    return Mark(student, course, day, hour, state, at, by, source, why)


def request(*marks: Mark, key: str | None = None, digest: bytes = b"digest") -> MarkRequest:
    return MarkRequest(marks or (mark(),), key, digest)


def record(store: Store, *requests: MarkRequest, now: datetime = NOW) -> list[tuple[Recorded, ...] | RollcallError]:
    """What was recorded of each request, or why it was refused; nothing of it is left out."""
    outcomes = store.marks.record(requests, now=now)
    assert not any(isinstance(each, MarkAnswer) and each.refused for each in outcomes)
    return [each.recorded if isinstance(each, MarkAnswer) else each for each in outcomes]


def recorded(of: Mark, *, changed: bool = True, state: State | None = None) -> Recorded:
    return Recorded(of.student, of.course, of.day, of.hour, state or of.state, changed)


def states(store: Store, course: str = COURSE, day: date = DAY) -> dict[str, dict[int, State]]:
    return {entry.student: entry.states for entry in store.rosters.of_day(course, day) if entry.states}


def template(student: str = STUDENTS[0], photo: bytes = b"p", *, model: str = MODEL, value: float = 0.25) -> Template:
    embedding = np.full(128, value, np.float32)
    return Template(student, photo.ljust(32, b"."), f"{student}/{photo.hex()}.jpg", model, embedding)


def picture(
    *,
    at: datetime = NOW,
    hour: int = 1,
    day: date = DAY,
    course: str = COURSE,
    faces: int = 3,
    device: str = "camera of room 1",
) -> RecordedPicture:
    return RecordedPicture(course, day, hour, at, device, faces, 1920, 1080)


def sighting(
    student: str = STUDENTS[0], *, value: float | None = 0.5, near: tuple[str, ...] = (), model: str = MODEL
) -> Sighting:
    embedding = None if value is None else np.full(128, value, np.float32)
    candidates = tuple((each, 0.3 + number / 8) for number, each in enumerate((student, *near)))
    return Sighting(student, "sure", 0.75, candidates, (1, 2, 30, 40), embedding, model)
