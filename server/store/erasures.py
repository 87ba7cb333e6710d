"""A student's biometric traces removed, and the memory that they were. Runs inside its caller's transaction."""

from datetime import datetime

from sqlalchemy import Connection, delete, select

from server.errors import UnknownStudent
from server.store import access_log, pictures, rosters, templates
from server.store.base import Erasure
from server.store.database.tables import erasures, photo_verdicts, proposals, students
from server.store.database.upserts import insert_or_replace


def erase(connection: Connection, student: str, *, at: datetime, by: str) -> Erasure:
    """Remove templates, refusals, sightings and proposals; see Store.erase. Marks stay."""
    templates.hold(connection)
    # See rosters.hold_students.
    connection.execute(select(students.c.number).where(students.c.number == student).with_for_update())
    _require_trace(connection, student)
    removed = templates.remove_of_student(connection, student)
    seen = pictures.remove_of_student(connection, student)
    proposed = connection.execute(delete(proposals).where(proposals.c.student == student)).rowcount
    remember = insert_or_replace(connection.dialect.name, erasures, "erased_at", "who")
    connection.execute(remember, [{"student": student, "erased_at": at, "who": by}])
    counted = f"{removed} templates, {seen} sightings, {proposed} proposals"
    access_log.write(connection, at, by, "erase", subject=student, detail=counted)
    return Erasure(student, removed, seen, proposed)


def _require_trace(connection: Connection, student: str) -> None:
    known = templates.photographs(connection, student) or student in rosters.names(connection, [student])
    refused = select(photo_verdicts.c.student).where(photo_verdicts.c.student == student).limit(1)
    if not known and student not in templates.erased(connection) and connection.scalar(refused) is None:
        raise UnknownStudent(f"Nothing is known of a student with the number {student[:40]!r}: check the number.")


def permit_again(connection: Connection, student: str, *, at: datetime, by: str) -> bool:
    """Forget the erasure; False where there was none."""
    permitted = connection.execute(delete(erasures).where(erasures.c.student == student)).rowcount > 0
    if permitted:
        access_log.write(connection, at, by, "permit_again", subject=student)
    return permitted
