"""Students, courses and who is enrolled when. Runs on a connection inside a transaction that its caller began."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from server.domain.attendance import State
from server.errors import UnknownCourse
from server.store import access_log
from server.store.base import RosterChange, RosterEntry, RosterRow
from server.store.chunks import chunks
from server.store.identifiers import is_identifier, require_identifier, require_text
from server.store.tables import NAME_LENGTH, courses, enrolments, hours, marks, sessions, students
from server.store.upserts import insert_new, insert_or_replace

SINCE_EVER: Final = date(1970, 1, 1)
"""Begin of an enrolment whose begin nobody said: a list of names does not say since when it holds."""
WESTERNMOST = timedelta(hours=12)
"""How far the earliest calendar day anywhere is behind UTC: no campus's today is before it."""

Pair = tuple[str, str]
"""Course and student."""


@dataclass(frozen=True, slots=True)
class Span:
    """An enrolment: from the day `begins` until before the day `ends`, or open."""

    begins: date
    ends: date | None

    def holds(self, day: date) -> bool:
        return self.begins <= day and (self.ends is None or day < self.ends)


def import_roster(
    connection: Connection, rows: Sequence[RosterRow], *, at: datetime, by: str, begins: date | None = None
) -> RosterChange:
    """Add what is new, take over new names (not empty ones). begins: of new enrolments; None: not known."""
    for row in rows:
        require_identifier(row.student, "student number")
        require_identifier(row.course, "course code")
        require_text(row.name, NAME_LENGTH, f"name of student {row.student}")
    added, renamed = _write_students(connection, rows)
    courses_added = _write_courses(connection, {row.course: None for row in rows})
    pairs = list(dict.fromkeys((row.course, row.student) for row in rows))
    enrolled = _write_enrolments(connection, pairs, begins or SINCE_EVER, (at - WESTERNMOST).date())
    change = RosterChange(added, renamed, courses_added, enrolled, len(rows) - enrolled)
    access_log.write(connection, at, by, "import_roster", detail=f"{len(rows)} lines: {change}")
    return change


def _write_students(connection: Connection, rows: Sequence[RosterRow]) -> tuple[int, int]:
    wanted = {row.student: row.name for row in rows}
    wanted |= {row.student: row.name for row in rows if row.name}
    known = names(connection, wanted)
    added = [number for number in wanted if number not in known]
    renamed = [number for number, name in wanted.items() if name and known.get(number, name) != name]
    write = [{"number": number, "name": wanted[number]} for number in added + renamed]
    if write:
        connection.execute(insert_or_replace(connection.dialect.name, students, "name"), write)
    return len(added), len(renamed)


def _write_courses(connection: Connection, codes: Collection[str]) -> int:
    known = existing_courses(connection, codes)
    added = [{"code": code} for code in codes if code not in known]
    if added:
        connection.execute(insert_new(connection.dialect.name, courses), added)
    return len(added)


def _write_enrolments(connection: Connection, pairs: Sequence[Pair], begins: date, today: date) -> int:
    known = spans(connection, pairs)
    added = [
        {"course": course, "student": student, "begins": max([begins, *_ends(known.get((course, student), []))])}
        for course, student in pairs
        if not any(span.ends is None or span.ends > today for span in known.get((course, student), []))
    ]
    if added:
        connection.execute(insert_new(connection.dialect.name, enrolments), added)
    return len(added)


def _ends(held: Sequence[Span]) -> list[date]:
    return [span.ends for span in held if span.ends is not None]


def spans(connection: Connection, pairs: Collection[Pair]) -> dict[Pair, list[Span]]:
    """The enrolments of these pairs of course and student, ended and future ones included."""
    found: dict[Pair, list[Span]] = {}
    table = enrolments.c
    codes = sorted({course for course, _ in pairs})
    for numbers in chunks({student for _, student in pairs}):
        query = select(table.course, table.student, table.begins, table.ends)
        for row in connection.execute(query.where(table.course.in_(codes), table.student.in_(numbers))):
            found.setdefault((row.course, row.student), []).append(Span(row.begins, row.ends))
    return found


def names(connection: Connection, numbers: Collection[str]) -> dict[str, str]:
    """Names by number of the students that exist."""
    found: dict[str, str] = {}
    for piece in chunks({number for number in numbers if is_identifier(number)}):
        rows = connection.execute(select(students.c.number, students.c.name).where(students.c.number.in_(piece)))
        found |= {row.number: row.name for row in rows}
    return found


def existing_courses(connection: Connection, codes: Collection[str]) -> frozenset[str]:
    """Those of the course codes that exist."""
    found: set[str] = set()
    for piece in chunks({code for code in codes if is_identifier(code)}):
        found |= set(connection.scalars(select(courses.c.code).where(courses.c.code.in_(piece))))
    return frozenset(found)


def require_course(connection: Connection, course: str) -> None:
    """Raise UnknownCourse unless there is such a course."""
    if not existing_courses(connection, [course]):
        raise unknown_course(course)


def unknown_course(course: str) -> UnknownCourse:
    return UnknownCourse(f"No course has the code {course[:40]!r}: import its roster first.")


def students_of(connection: Connection, course: str, day: date) -> frozenset[str]:
    """Numbers of the students enrolled in the course on that day. Raises UnknownCourse."""
    require_course(connection, course)
    return frozenset(connection.scalars(select(enrolments.c.student).where(_enrolled(course, day))))


def roster(connection: Connection, course: str, day: date) -> list[RosterEntry]:
    """Students enrolled on that day with the states of the day's hours, by number. Raises UnknownCourse."""
    require_course(connection, course)
    states = _states(connection, course, day)
    query = select(students.c.number, students.c.name).distinct().join(enrolments)
    listed = connection.execute(query.where(_enrolled(course, day)).order_by(students.c.number))
    return [RosterEntry(row.number, row.name, states.get(row.number, {})) for row in listed]


def _enrolled(course: str, day: date) -> ColumnElement[bool]:
    table = enrolments.c
    return and_(table.course == course, table.begins <= day, or_(table.ends.is_(None), table.ends > day))


def _states(connection: Connection, course: str, day: date) -> dict[str, dict[int, State]]:
    query = (
        select(marks.c.student, hours.c.number, marks.c.state)
        .join(hours, marks.c.hour == hours.c.id)
        .join(sessions, hours.c.session == sessions.c.id)
        .where(sessions.c.course == course, sessions.c.day == day)
        .order_by(hours.c.number)
    )
    found: dict[str, dict[int, State]] = {}
    for student, hour, state in connection.execute(query):
        found.setdefault(student, {})[hour] = State(state)
    return found
