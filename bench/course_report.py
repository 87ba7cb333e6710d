"""Seconds to read a course for its report out of a university's term, beside one that has this course alone.

A term of 30 courses, 100 students and 48 hours each is 144 000 marks and their history, on SQLite and on MySQL.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import Final

from bench.databases import KINDS
from bench.table import Row, interleaved_medians
from server.domain.attendance import Mark, Source, State
from server.domain.ledger import MarkRequest
from server.store import RosterLine, Store, open_store

COURSES: Final = 30
STUDENTS: Final = 100
DAYS: Final = 16
HOURS_A_DAY: Final = 3
AT_MOST_S: Final = 0.5
REPEAT: Final = 9
FIRST: Final = date(2026, 3, 2)
MOMENT: Final = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def rows() -> Iterator[Row]:
    """The figures. Takes about two minutes, most of it to fill the databases."""
    for name, databases in KINDS.items():
        with databases(2) as (university, college):
            yield _row(name, university, college)


def _row(name: str, university: str, college: str) -> Row:
    with closing(open_store(university, key_file=None)) as full, closing(open_store(college, key_file=None)) as small:
        for store, courses in ((full, COURSES), (small, 1)):
            store.health.upgrade()
            for course in range(courses):
                fill(store, course)
        work: dict[str, Callable[[], object]] = {"among": lambda: read(full), "alone": lambda: read(small)}
        seconds = interleaved_medians(work, REPEAT)
    marks = COURSES * STUDENTS * DAYS * HOURS_A_DAY
    return Row(
        f"reading a course of {STUDENTS} students and {DAYS * HOURS_A_DAY} hours for its report, {name} with "
        f"{marks} marks; reference: with this course alone",
        seconds["among"],
        seconds["alone"],
        seconds["alone"] / seconds["among"],
        0.5,
        "s",
        at_most=AT_MOST_S,
    )


def fill(store: Store, course: int) -> None:
    """A course's term: a batch a session, every mark with its line of history."""
    code = f"course-{course:02d}"
    numbers = [f"{course * STUDENTS + number:09d}" for number in range(STUDENTS)]
    roster = [RosterLine(each, f"Student {each}", code) for each in numbers]
    store.rosters.change(roster, at=MOMENT, by="bench", day=MOMENT.date())
    states = (State.PRESENT,) * 8 + (State.LATE, State.ABSENT)
    for week in range(DAYS):
        at = MOMENT + timedelta(weeks=week)
        marks = tuple(
            Mark(
                each,
                code,
                FIRST + timedelta(weeks=week),
                hour,
                states[(index + week) % len(states)],
                at,
                "bench",
                Source.ROLL_CALL,
            )
            for hour in range(1, HOURS_A_DAY + 1)
            for index, each in enumerate(numbers)
        )
        store.marks.record([MarkRequest(marks)], now=at)


def read(store: Store) -> None:
    """Everything that a report asks of the store."""
    record = store.marks.of_course("course-00", None, None)
    store.rosters.enrolled("course-00")
    store.courses.calendar()
    assert sum(map(len, record.marks.values())) == STUDENTS * DAYS * HOURS_A_DAY
