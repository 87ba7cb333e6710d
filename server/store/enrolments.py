"""Who is on which course's list from when until when. Runs inside its caller's transaction."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, or_, select, tuple_, update

from server.errors import BadRequest
from server.store.chunks import chunks
from server.store.tables import enrolments as table
from server.store.tables import students
from server.store.upserts import insert_or_replace
from server.store.values import SINCE_EVER, Enrolment, RosterRow

Pair = tuple[str, str]
"""Course and student."""


@dataclass(frozen=True, slots=True)
class Span:
    """An enrolment: from the day `begins` until before the day `ends`, or open."""

    begins: date
    ends: date | None

    def holds(self, day: date) -> bool:
        return self.begins <= day and self.lasts_after(day)

    def lasts_after(self, day: date) -> bool:
        """Whether it holds on that day or will on a later one."""
        return self.ends is None or max(day, self.begins) < self.ends


def write(connection: Connection, rows: Sequence[RosterRow], today: date) -> tuple[int, int]:
    """Add enrolments and take over the days that rows say; how many are new and how many have other days now.

    Raises BadRequest for one that would end before it begins.
    """
    by_pair = {(row.course, row.student): row for row in rows}
    known = spans(connection, by_pair)
    added: list[dict[str, object]] = []
    moved: list[dict[str, object]] = []
    for (course, student), row in by_pair.items():
        held = known.get((course, student), [])
        old = _meant(row, held, today)
        new = _wanted(row, old, held)
        _require_order(row, new, old)
        where = {"course": course, "student": student, "begins": new.begins, "ends": new.ends}
        if old is None:
            added.append(where)
        elif new != old:
            moved.append({**where, "old_begins": old.begins})
    _add(connection, added)
    _move(connection, moved)
    return len(added), len(moved)


def _meant(row: RosterRow, held: Sequence[Span], today: date) -> Span | None:
    """The enrolment that a row speaks of: the current one, or the past one that ended on its very day."""
    current = next((span for span in held if span.lasts_after(today)), None)
    if current is None and row.ends is not None and row.ends <= today:
        return next((span for span in held if span.ends == row.ends), None)
    return current


def _wanted(row: RosterRow, old: Span | None, held: Sequence[Span]) -> Span:
    """What the enrolment shall be: no earlier than the end of another one before it."""
    before = [span.ends for span in held if span.ends is not None and span != old]
    if old is not None:
        first = old.begins if row.begins is None else max([row.begins, *before])
        return Span(first, row.ends or old.ends)
    return Span(max([row.begins or SINCE_EVER, *before]), row.ends)


def _require_order(row: RosterRow, new: Span, old: Span | None) -> None:
    if new != old and new.ends is not None and new.ends <= new.begins:
        raise BadRequest(
            f"Student {row.student!r} would leave course {row.course!r} on {new.ends}, before the first day "
            f"{new.begins}: put the days right."
        )


def _add(connection: Connection, added: list[dict[str, object]]) -> None:
    # One that ended before it ever held begins on the same day: it holds from now on.
    if added:
        connection.execute(insert_or_replace(connection.dialect.name, table, "ends"), added)


def _move(connection: Connection, moved: list[dict[str, object]]) -> None:
    statement = update(table).where(
        table.c.course == bindparam("of_course"), table.c.student == bindparam("of_student"),
        table.c.begins == bindparam("old_begins"),
    )
    for each in moved:
        named = {"of_course": each["course"], "of_student": each["student"], "old_begins": each["old_begins"]}
        connection.execute(statement.values(begins=each["begins"], ends=each["ends"]), named)


def end(connection: Connection, pairs: Sequence[Pair], day: date) -> int:
    """Let the enrolments of these pairs hold until before that day; how many there were."""
    ended = 0
    later = case((table.c.begins > day, table.c.begins), else_=day)
    for piece in chunks(dict.fromkeys(pairs)):
        lasting = or_(table.c.ends.is_(None), and_(table.c.ends > day, table.c.ends > table.c.begins))
        statement = update(table).where(tuple_(table.c.course, table.c.student).in_(piece), lasting)
        ended += connection.execute(statement.values(ends=later)).rowcount
    return ended


def spans(connection: Connection, pairs: Collection[Pair]) -> dict[Pair, list[Span]]:
    """The enrolments of these pairs of course and student, ended and future ones included."""
    found: dict[Pair, list[Span]] = {}
    codes = sorted({course for course, _ in pairs})
    for numbers in chunks({student for _, student in pairs}):
        query = select(table.c.course, table.c.student, table.c.begins, table.c.ends)
        for row in connection.execute(query.where(table.c.course.in_(codes), table.c.student.in_(numbers))):
            found.setdefault((row.course, row.student), []).append(Span(row.begins, row.ends))
    return found


def on_day(course: str, day: date) -> ColumnElement[bool]:
    """The condition that a row is an enrolment in the course that holds on that day."""
    return and_(table.c.course == course, table.c.begins <= day, or_(table.c.ends.is_(None), table.c.ends > day))


def of_course(connection: Connection, course: str) -> list[Enrolment]:
    """Every enrolment that the course ever had, by student and begin."""
    query = select(table.c.student, students.c.name, table.c.begins, table.c.ends).join(students)
    query = query.where(table.c.course == course).order_by(table.c.student, table.c.begins)
    return [Enrolment(*row) for row in connection.execute(query)]
