"""Write and read enrolments, inside a transaction that its caller began."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from operator import itemgetter
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, func, not_, or_, select, tuple_, update

from protocol.error_texts import ServerText
from server.domain.enrolments import SINCE_EVER, Pair, Span, arranged, last_before, over_after
from server.errors import BadRequest, NotEnrolled
from server.store.database.readable import readable
from server.store.database.statements import chunks, insert_or_replace
from server.store.database.tables import enrolments as table
from server.store.database.tables import students, terms
from server.store.values import CourseEnrolment, RosterLine

# The last day of the term in which an enrolment begins, or of the first behind, for lists are brought in before a term.
TERM_ENDS: Final = (
    select(func.min(terms.c.ends)).where(terms.c.ends >= table.c.begins).scalar_subquery().label("term_ends")
)


def write(connection: Connection, rows: Sequence[RosterLine], today: date) -> tuple[int, int]:
    """Add enrolments and take over the days that rows say; how many are new and how many have other days now.

    Raises BadRequest for one that would end before it begins.
    """
    by_pair: dict[Pair, list[RosterLine]] = {}
    for row in rows:
        by_pair.setdefault((row.course, row.student), []).append(row)
    known = spans(connection, by_pair)
    added: list[dict[str, object]] = []
    moved: list[dict[str, object]] = []
    for (course, student), of_pair in sorted(by_pair.items(), key=itemgetter(0)):
        days = arranged([(row.begins, row.ends) for row in of_pair], known.get((course, student), []), today)
        for row, (old, new) in zip(of_pair, days, strict=True):
            _require_order(row, new, old)
            where = {"course": course, "student": student, "begins": new.begins, "ends": new.ends}
            if old is None:
                added.append(where)
            elif new != old:
                moved.append({**where, "old_begins": old.begins})
    insert_or_replace(connection, table, added, "ends")  # another import may have added the same meanwhile
    _move(connection, moved)
    return len(added), len(moved)


def _require_order(row: RosterLine, new: Span, old: Span | None) -> None:
    if new != old and new.ends is not None and new.ends <= new.begins:
        raise BadRequest(
            f"Student {row.student!r} would leave course {row.course!r} on {new.ends}, before the first day "
            f"{new.begins}: put the days right."
        )


def _move(connection: Connection, moved: list[dict[str, object]]) -> None:
    statement = update(table).where(
        table.c.course == bindparam("of_course"),
        table.c.student == bindparam("of_student"),
        table.c.begins == bindparam("old_begins"),
    )
    for each in moved:
        named = {"of_course": each["course"], "of_student": each["student"], "old_begins": each["old_begins"]}
        connection.execute(statement.values(begins=each["begins"], ends=each["ends"]), named)


def end(connection: Connection, pairs: Sequence[Pair], day: date) -> int:
    """Let the enrolments of these pairs hold until before that day; how many there were.

    Those that begin no earlier would never hold: they go.
    """
    ended = 0
    for piece in chunks(dict.fromkeys(pairs)):
        of_pairs = tuple_(table.c.course, table.c.student).in_(piece)
        ended += connection.execute(delete(table).where(of_pairs, table.c.begins >= day)).rowcount
        lasting = or_(table.c.ends > day, _open_on(day))
        ended += connection.execute(update(table).where(of_pairs, lasting).values(ends=day)).rowcount
    return ended


def end_unknown(connection: Connection, over: Mapping[str, date]) -> None:
    """Let a course's open enrolments of which no first day is known hold until before that day."""
    for course, day in sorted(over.items()):
        unknown = (table.c.course == course, table.c.begins == SINCE_EVER, table.c.ends.is_(None))
        connection.execute(update(table).where(*unknown).values(ends=day))


def spans(connection: Connection, pairs: Collection[Pair]) -> dict[Pair, list[Span]]:
    """The enrolments of these pairs of course and student, ended and future ones included."""
    found: dict[Pair, list[Span]] = {}
    codes = sorted({course for course, _ in pairs})
    for numbers in chunks({student for _, student in pairs}):
        query = select(table.c.course, table.c.student, table.c.begins, table.c.ends, TERM_ENDS)
        query = query.where(table.c.course.in_(codes), table.c.student.in_(numbers))
        for row in readable(connection, query, *table.primary_key):
            span = Span(row.begins, row.ends, over_after(row.begins, row.term_ends))
            found.setdefault((row.course, row.student), []).append(span)
    return found


def on_day(course: str, day: date) -> ColumnElement[bool]:
    """The condition that a row is an enrolment in the course that holds on that day."""
    return and_(table.c.course == course, table.c.begins <= day, or_(table.c.ends > day, _open_on(day)))


def _open_on(day: date) -> ColumnElement[bool]:
    """The condition that a row says no end, and that the term in which it begins is not over by that day."""
    term_over = select(terms.c.name).where(terms.c.ends >= table.c.begins, terms.c.ends < day).exists()
    return and_(table.c.ends.is_(None), or_(table.c.begins == SINCE_EVER, not_(term_over)))


def of_course(connection: Connection, course: str) -> list[CourseEnrolment]:
    """Every enrolment that the course ever had, by student and begin."""
    days = (table.c.begins, table.c.ends, TERM_ENDS, table.c.moved_from)
    query = select(table.c.student, students.c.name, *days).join(students)
    query = query.where(table.c.course == course).order_by(table.c.student, table.c.begins)
    return [
        CourseEnrolment(student, name, begins, ends, over_after(begins, term_ends), moved_from)
        for student, name, begins, ends, term_ends, moved_from in readable(connection, query, *table.primary_key)
    ]


def moved_out(connection: Connection, course: str) -> list[tuple[str, str, date]]:
    """Students who took their hours of the course to another one, that course and the day, by day."""
    query = select(table.c.student, table.c.course, table.c.begins).where(table.c.moved_from == course)
    return [(student, other, day) for student, other, day in connection.execute(query.order_by(table.c.begins))]


def move(connection: Connection, student: str, old: str, new: str, day: date) -> None:
    """End the student's enrolment in `old` on that day and begin one in `new`, to which the hours come along.

    Raises NotEnrolled and BadRequest.
    """
    held = spans(connection, [(old, student), (new, student)])
    source = last_before(held.get((old, student), ()), day)
    if source is None:
        raise NotEnrolled(ServerText.NOT_ENROLLED, student=student, course=old, day=day - timedelta(days=1))
    there = [span for span in held.get((new, student), ()) if span.lasts_after(day)]
    if earlier := [span for span in there if SINCE_EVER < span.begins < day]:
        raise BadRequest(
            f"Student {student!r} is on the list of course {new!r} since {earlier[0].begins}: move them from that day "
            "on, by --from."
        )
    of_student = table.c.student == student
    if source.over is None or source.over > day:
        was = (table.c.course == old, of_student, table.c.begins == source.begins)
        connection.execute(update(table).where(*was).values(ends=day))
    ends = there[0].ends if there else source.ends if source.ends is not None and source.ends > day else None
    for span in there:
        connection.execute(delete(table).where(table.c.course == new, of_student, table.c.begins == span.begins))
    row = {"course": new, "student": student, "begins": day, "ends": ends, "moved_from": old}
    insert_or_replace(connection, table, [row], "ends", "moved_from")
