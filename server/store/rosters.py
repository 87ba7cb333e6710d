"""Keep who takes which course when."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from sqlalchemy import Connection, select, update

from server.domain.attendance import State
from server.domain.enrolments import Pair
from server.domain.identifiers import unknown_course, unknown_student
from server.errors import BadRequest
from server.store import access_log, enrolments
from server.store.database.columns import NAME_LENGTH
from server.store.database.statements import chunks, insert_new, insert_or_replace
from server.store.database.tables import courses, hours, marks, sessions, students
from server.store.database.tables import enrolments as enrolment_rows
from server.store.identifiers import is_identifier, require_identifier, require_text
from server.store.topic import Topic, reads, writes
from server.store.values import CourseEnrolment, ListedStudent, RosterChange, RosterLine

NONE_OVER: Final[Mapping[str, date]] = MappingProxyType({})


class RosterStore(Topic):
    """Students, and who takes which course when."""

    @writes
    def change(
        self,
        connection: Connection,
        rows: Sequence[RosterLine],
        ends: Sequence[Pair] = (),
        *,
        over: Mapping[str, date] = NONE_OVER,
        at: datetime,
        by: str,
        day: date,
    ) -> RosterChange:
        """Add students, courses and enrolments, take over new names (not empty ones) and days; nothing is removed.

        ends: enrolments that hold until before `day`, the campus's today; those that begin no earlier go. over: since
        when a course's open enrolments are over of which no first day is known. Raises BadRequest for an enrolment that
        would end before it begins.
        """
        for row in rows:
            _require_storable(row)
        # Each table's rows are written in the order of their keys: two imports of the same wait for each other, and
        # do not deadlock.
        added, renamed = _write_students(connection, rows)
        courses_added = _write_courses(connection, {row.course: row.title for row in rows})
        enrolments.end_unknown(connection, over)
        new, moved = enrolments.write(connection, rows, day)
        ended = enrolments.end(connection, ends, day)
        change = RosterChange(added, renamed, courses_added, new, len(rows) - new - moved, moved, ended)
        detail = f"{len(rows)} lines, {len(ends)} to end: {change}"
        access_log.write(connection, at, by, "import_roster", detail=detail)
        return change

    @writes
    def move(
        self, connection: Connection, student: str, old: str, new: str, *, day: date, at: datetime, by: str
    ) -> None:
        """Move a student from one course to another from that day on, with the hours before.

        Raises UnknownCourse, UnknownStudent, NotEnrolled where they were not on the first one's list, and BadRequest.
        """
        for course in (old, new):
            require_course(connection, course)
        hold_students(connection, [student])
        if old == new:
            raise BadRequest(f"Course {old!r} is named twice: say from which course to which other one.")
        enrolments.move(connection, student, old, new, day)
        access_log.write(connection, at, by, "move_student", subject=student, detail=f"from {old} to {new} on {day}")

    @reads
    def moved_out(self, connection: Connection, course: str) -> list[tuple[str, str, date]]:
        """Students who took their hours of the course to another one, that course and the day, by day."""
        return enrolments.moved_out(connection, course)

    @reads
    def of_day(self, connection: Connection, course: str, day: date) -> list[ListedStudent]:
        """Students enrolled in the course on that day, by student number. Raises UnknownCourse."""
        require_course(connection, course)
        states = _states(connection, course, day)
        query = select(students.c.number, students.c.name).distinct().join(enrolment_rows)
        listed = connection.execute(query.where(enrolments.on_day(course, day)).order_by(students.c.number))
        return [ListedStudent(row.number, row.name, states.get(row.number, {})) for row in listed]

    @reads
    def enrolled(self, connection: Connection, course: str) -> list[CourseEnrolment]:
        """Everybody who is, was or will be on the course's list, by number and begin. Raises UnknownCourse."""
        require_course(connection, course)
        return enrolments.of_course(connection, course)

    @reads
    def courses_of(self, connection: Connection, student: str) -> list[str]:
        """Codes of the courses on whose lists the student is, was or will be."""
        query = select(enrolment_rows.c.course).distinct().where(enrolment_rows.c.student == student)
        return list(connection.scalars(query.order_by(enrolment_rows.c.course)))

    @reads
    def students_of(self, connection: Connection, course: str, day: date) -> frozenset[str]:
        """Numbers of the students enrolled in the course on that day. Raises UnknownCourse."""
        require_course(connection, course)
        return frozenset(connection.scalars(select(enrolment_rows.c.student).where(enrolments.on_day(course, day))))

    @reads
    def names(self, connection: Connection, numbers: Collection[str]) -> dict[str, str]:
        """Names by student number, of those that exist."""
        return student_names(connection, numbers)


def _require_storable(row: RosterLine) -> None:
    require_identifier(row.student, "student number")
    require_identifier(row.course, "course code")
    require_text(row.name, NAME_LENGTH, f"name of student {row.student}")
    require_text(row.title, NAME_LENGTH, f"title of course {row.course}")


def _write_students(connection: Connection, rows: Sequence[RosterLine]) -> tuple[int, int]:
    wanted = {row.student: row.name for row in rows}
    wanted |= {row.student: row.name for row in rows if row.name}
    known = student_names(connection, wanted)
    added = [number for number in wanted if number not in known]
    renamed = [number for number, name in wanted.items() if name and known.get(number, name) != name]
    write = [{"number": number, "name": wanted[number]} for number in sorted(added + renamed)]
    insert_or_replace(connection, students, write, "name")
    return len(added), len(renamed)


def _write_courses(connection: Connection, titles: Mapping[str, str]) -> int:
    """Make those that are new; one without a title takes it."""
    known = existing_courses(connection, titles)
    added = [{"code": code, "title": title} for code, title in sorted(titles.items()) if code not in known]
    insert_new(connection, courses, added)
    for code in sorted(known):
        if titles[code]:
            untitled = update(courses).where(courses.c.code == code, courses.c.title == "")
            connection.execute(untitled.values(title=titles[code]))
    return len(added)


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
        found.setdefault(student, {})[hour] = state
    return found


def student_names(connection: Connection, numbers: Collection[str]) -> dict[str, str]:
    """Names by number of the students that exist."""
    found: dict[str, str] = {}
    for piece in chunks({number for number in numbers if is_identifier(number)}):
        rows = connection.execute(select(students.c.number, students.c.name).where(students.c.number.in_(piece)))
        found |= {row.number: row.name for row in rows}
    return found


def hold_students(connection: Connection, numbers: Collection[str]) -> None:
    """Keep these students from being erased until the transaction ends. Raises UnknownStudent."""
    # An erasure takes the same rows for itself: what is written of a student is either there before it, and goes, or
    # comes after it, and sees it.
    found: set[str] = set()
    for piece in chunks({number for number in numbers if is_identifier(number)}):
        query = select(students.c.number).where(students.c.number.in_(piece)).with_for_update(read=True)
        found |= set(connection.scalars(query))
    if missing := set(numbers) - found:
        raise unknown_student(min(missing))


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
