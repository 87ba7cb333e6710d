"""Find identifiers that look alike, join those that are one student, and tell what was renamed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, select

from server.domain.attendance import stands_over
from server.domain.enrolments import SINCE_EVER, joined
from server.domain.identifiers import unknown_student
from server.errors import BadRequest
from server.store import access_log
from server.store.database.statements import insert_or_replace
from server.store.database.tables import courses, enrolments, marks, renamings, sessions, students
from server.store.renaming.rewriting import Kind, Renaming, Tables, note, rename
from server.store.rosters import require_course, student_names
from server.store.topic import Topic, reads, writes
from texts.identifiers import normal

# What is taken for another letter in many fonts.
_LOOKALIKES: Final = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1", "|": "1"})


@dataclass(frozen=True, slots=True)
class Twins:
    """Identifiers that look alike; or one alone that no list and no message can name any more."""

    kind: Kind
    identifiers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """What was joined to another student."""

    student: str
    into: str
    enrolments: int
    marks: int
    both: int  # marks of hours in which both had one


class RenamingStore(Topic):
    """Student numbers and course codes that had another form."""

    @reads
    def by(self, connection: Connection, who: str) -> list[Renaming]:
        """Whatever they renamed or joined, the first first."""
        table = renamings.c
        query = select(table.kind, table.old, table.new).where(table.who == who).order_by(table.id)
        rows = connection.execute(query)
        return [Renaming(row.kind, row.old, row.new) for row in rows]

    @reads
    def twins(self, connection: Connection) -> list[Twins]:
        """Students of one name, and courses, whose identifiers look alike."""
        named = [(each.number, each.name) for each in connection.execute(select(students))]
        codes = [(code, "") for code in connection.scalars(select(courses.c.code))]
        return [*_twins("student", named), *_twins("course", codes)]

    @writes
    def join(self, connection: Connection, student: str, into: str, *, at: datetime, by: str) -> Joined:
        """Give all that a student has to another, who stays: enrolments, marks with their history, what was seen.

        Of an hour in which both have a mark that one stands which would stand had both come for one student. The
        templates of the one who goes are removed. Raises UnknownStudent; BadRequest for one and the same.
        """
        if student == into:
            raise BadRequest("A student cannot be joined to themselves: name two numbers.")
        names = student_names(connection, [student, into])
        if missing := {student, into} - set(names):
            raise unknown_student(min(missing))
        kept = _join_days(connection, "student", student, into)
        count, both = _join_marks(connection, student, into)
        tables, renaming = Tables.of(connection), Renaming("student", student, into)
        rename(connection, tables, renaming)
        note(connection, tables, [renaming], at.replace(tzinfo=None), by)
        access_log.write(connection, at, by, "join_students", subject=into, detail=f"{kept} enrolments, {count} marks")
        return Joined(student, into, kept, count, both)

    @writes
    def join_courses(self, connection: Connection, course: str, into: str, *, at: datetime, by: str) -> int:
        """Give all that a course has to another, which stays; how many sessions.

        Raises UnknownCourse; BadRequest for one and the same, and for days on which both have a session.
        """
        if course == into:
            raise BadRequest("A course cannot be joined to itself: name two codes.")
        for code in (course, into):
            require_course(connection, code)
        days = {code: set(_days(connection, code)) for code in (course, into)}
        if both := sorted(days[course] & days[into]):
            raise BadRequest(
                f"Both courses have a session on {', '.join(map(str, both[:5]))}: discard the one that was opened by "
                "mistake, then join them."
            )
        _join_days(connection, "course", course, into)
        tables, renaming = Tables.of(connection), Renaming("course", course, into)
        rename(connection, tables, renaming)
        note(connection, tables, [renaming], at.replace(tzinfo=None), by)
        access_log.write(connection, at, by, "join_courses", course=into, detail=f"{len(days[course])} sessions")
        return len(days[course])


def _days(connection: Connection, course: str) -> Sequence[date]:
    return connection.scalars(select(sessions.c.day).where(sessions.c.course == course)).all()


def _twins(kind: Kind, named: Iterable[tuple[str, str]]) -> Iterator[Twins]:
    alike: dict[tuple[str, str], list[str]] = {}
    same: dict[str, list[str]] = {}
    for identifier, name in named:
        plain = normal(identifier)
        same.setdefault(plain, []).append(identifier)
        alike.setdefault((plain.translate(_LOOKALIKES), name), []).append(identifier)
    found = [each for plain, each in same.items() if len(each) > 1 or each != [plain]]
    found += [each for each in alike.values() if len(each) > 1 and sorted(each) not in map(sorted, found)]
    for each in sorted(found):
        yield Twins(kind, tuple(sorted(each)))


def _join_days(connection: Connection, kind: Kind, old: str, into: str) -> int:
    """One list of days for each student and course that both had; how many enrolments the one that goes had."""
    table = enrolments.c
    column, other = (table.student, table.course) if kind == "student" else (table.course, table.student)
    query = select(column.label("own"), other.label("other"), table.begins, table.ends).where(column.in_([old, into]))
    rows = connection.execute(query).all()
    days: dict[str, list[tuple[date | None, date | None]]] = {}
    for row in rows:
        days.setdefault(row.other, []).append((row.begins, row.ends))
    connection.execute(delete(enrolments).where(column.in_([old, into])))
    new = [
        {column.name: into, other.name: which, "begins": begins or SINCE_EVER, "ends": ends}
        for which, spans in sorted(days.items())
        for begins, ends in joined(spans)
    ]
    if new:
        connection.execute(insert(enrolments), new)
    return sum(row.own == old for row in rows)


def _join_marks(connection: Connection, student: str, into: str) -> tuple[int, int]:
    """Let that mark stand which would for one student; how many the one who goes had, and of how many hours both."""
    rows = connection.execute(select(marks).where(marks.c.student.in_([student, into]))).all()
    theirs = {row.hour: row for row in rows if row.student == student}
    others = {row.hour: row for row in rows if row.student == into}
    both = sorted(theirs.keys() & others.keys())
    changed = [_given_to(theirs[hour], into) for hour in both if _stands_over(theirs[hour], others[hour])]
    columns = [column.name for column in marks.c if not column.primary_key]
    insert_or_replace(connection, marks, changed, *columns)
    return len(theirs), len(both)


def _stands_over(new: Row[Any], old: Row[Any]) -> bool:
    return stands_over(new.source, new.decided_at, old.source, old.decided_at)


def _given_to(mark: Row[Any], student: str) -> dict[str, Any]:
    return {**mark._mapping, "student": student}
