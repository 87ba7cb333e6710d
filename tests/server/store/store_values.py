"""Values for the store's tests: one course, a few students, marks with little to say."""

from datetime import UTC, date, datetime, timedelta

import numpy as np

from server.domain.attendance import Mark, Recorded, Source, State
from server.store.base import MarkOutcome, MarkRequest, OneSighting, RosterRow, Store, Template

COURSE = "ea0017_1"
DAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 1, 30, 0, 123456, tzinfo=UTC)
STUDENTS = tuple(f"2015110{number:02}" for number in range(5))
MODEL = "model-1"


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def enrol(store: Store, *students: str, course: str = COURSE) -> None:
    rows = [RosterRow(student, f"name of {student}", course) for student in students or STUDENTS]
    store.import_roster(rows, at=NOW, by="registrar")


def mark(student: str = STUDENTS[0], state: State = State.PRESENT, *, at: datetime = NOW, hour: int = 1,
         course: str = COURSE, day: date = DAY, by: str = "professor") -> Mark:
    return Mark(student, course, day, hour, state, at, by, Source.PROFESSOR)


def request(*marks: Mark, key: str | None = None, digest: bytes = b"digest") -> MarkRequest:
    return MarkRequest(marks or (mark(),), key, digest)


def record(store: Store, *requests: MarkRequest, now: datetime = NOW) -> list[MarkOutcome]:
    return store.record(requests, now=now)


def recorded(of: Mark, *, changed: bool = True, state: State | None = None) -> Recorded:
    return Recorded(of.student, of.course, of.day, of.hour, state or of.state, changed)


def states(store: Store, course: str = COURSE, day: date = DAY) -> dict[str, dict[int, State]]:
    return {entry.student: entry.states for entry in store.roster(course, day) if entry.states}


def template(student: str = STUDENTS[0], photo: bytes = b"p", *, model: str = MODEL, value: float = 0.25) -> Template:
    embedding = np.full(128, value, np.float32)
    return Template(student, photo.ljust(32, b"."), f"{student}/{photo.hex()}.jpg", model, embedding)


def sighting(student: str = STUDENTS[0], *, at: datetime = NOW, hour: int = 1) -> OneSighting:
    return OneSighting(student, COURSE, DAY, hour, at, (1, 2, 30, 40), 0.3, MODEL, "camera of room 1")
