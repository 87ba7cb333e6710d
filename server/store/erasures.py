"""Remove a student's biometric traces, and remember that they were removed."""

import base64
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection, delete, func, select, update

from server.errors import SetupProblem, UnknownStudent
from server.store import access_log, rosters, templates, vetoes
from server.store.database.cipher import Cipher, WrongKey
from server.store.database.key_room import KeyRoom
from server.store.database.readable import UNREADABLE
from server.store.database.statements import insert_or_replace
from server.store.database.tables import (
    consents,
    erasures,
    photo_verdicts,
    proposals,
    set_aside,
    sightings,
    students,
)
from server.store.database.tables import templates as templates_table
from server.store.pictures import CANDIDATES, encoded
from server.store.records import place
from server.store.submissions import remove_answers
from server.store.topic import Topic, Transactions, reads, removes, writes
from server.store.values import Erasure

# Where numbers of students stand beside the lists.
_STUDENTS: Final = (
    templates_table.c.student,
    sightings.c.student,
    proposals.c.student,
    photo_verdicts.c.student,
    consents.c.student,
)
# Of records that were set aside because they cannot be read.
_BIOMETRIC: Final = ("templates", "sightings", "proposals", "photo_verdicts", "both_there")


class ErasureStore(Topic):
    """Students who were erased, and are not to be enrolled unasked."""

    def __init__(self, transactions: Transactions, keys: KeyRoom) -> None:
        super().__init__(transactions)
        self._keys = keys

    @removes
    def erase(self, connection: Connection, student: str, *, at: datetime, by: str) -> Erasure:
        """Remove a student's templates, sightings, proposals, refusals, vetoes, and what was asked by their face.

        Marks stay. That they were erased is remembered.

        Raises UnknownStudent where nothing at all is known of them.
        """
        templates.hold(connection)
        # See rosters.hold_students.
        connection.execute(select(students.c.number).where(students.c.number == student).with_for_update())
        _require_trace(connection, student)
        removed = templates.remove_of_student(connection, student)
        seen = _remove_sightings(connection, student)
        remove_answers(connection, student)
        proposed = connection.execute(delete(proposals).where(proposals.c.student == student)).rowcount
        vetoed = vetoes.remove_of_student(connection, student)
        connection.execute(delete(set_aside).where(set_aside.c.student == student, set_aside.c.source.in_(_BIOMETRIC)))
        self._remove_from_set_aside(connection, student)
        row = {"student": student, "erased_at": at, "who": by}
        insert_or_replace(connection, erasures, [row], "erased_at", "who")
        counted = f"{removed} templates, {seen} sightings, {proposed} proposals, {vetoed} vetoes"
        access_log.write(connection, at, by, "erase", subject=student, detail=counted)
        access_log.forget_subject(connection, student)
        return Erasure(student, removed, seen, proposed)

    @removes
    def expire(self, connection: Connection, student: str, *, at: datetime, by: str) -> None:
        """Remove what was made of a student's face, whose time is over; they may be enrolled again.

        What the camera proposed stays, as marks do, and so does whom the lines of the access log are about.
        """
        templates.hold(connection)
        connection.execute(select(students.c.number).where(students.c.number == student).with_for_update())
        removed = templates.remove_of_student(connection, student)
        seen = _remove_sightings(connection, student)
        biometric = ("templates", "sightings", "photo_verdicts")
        connection.execute(delete(set_aside).where(set_aside.c.student == student, set_aside.c.source.in_(biometric)))
        self._remove_from_set_aside(connection, student)
        detail = f"{removed} templates, {seen} sightings"
        access_log.write(connection, at, by, "expire_templates", subject=student, detail=detail)

    def _remove_from_set_aside(self, connection: Connection, student: str) -> None:
        """Take the student's name from the candidates of sightings that were set aside, where the key opens them."""
        kept = select(set_aside).where(set_aside.c.source == sightings.name).order_by(set_aside.c.id)
        rows = connection.execute(kept.with_for_update()).all()
        if not rows or (cipher := _cipher(self._keys, connection)) is None:
            return
        for row in rows:
            where = place(row.source, row.record)
            plain = _without(_opened(cipher, row.sealed, where), student)
            if plain is not None:
                sealed = cipher.seal(plain, place=where)
                connection.execute(update(set_aside).where(set_aside.c.id == row.id).values(sealed=sealed))

    @reads
    def students(self, connection: Connection) -> frozenset[str]:
        """Students whose photographs are refused because they were erased."""
        return templates.erased(connection)

    @reads
    def known_students(self, connection: Connection) -> frozenset[str]:
        """Everybody of whom there is anything, on a list or not."""
        numbers = [select(each).distinct() for each in (students.c.number, *_STUDENTS)]
        return frozenset(number for query in numbers for number in connection.scalars(query) if number)

    @writes
    def permit_again(self, connection: Connection, student: str, *, at: datetime, by: str) -> bool:
        """Take an erased student's photographs again; False where they were not erased."""
        permitted = connection.execute(delete(erasures).where(erasures.c.student == student)).rowcount > 0
        if permitted:
            access_log.write(connection, at, by, "permit_again", subject=student)
        return permitted


def _require_trace(connection: Connection, student: str) -> None:
    known = templates.photographs_of(connection, student) or student in rosters.student_names(connection, [student])
    refused = select(photo_verdicts.c.student).where(photo_verdicts.c.student == student).limit(1)
    if not known and student not in templates.erased(connection) and connection.scalar(refused) is None:
        raise UnknownStudent(
            "Nothing is known of a student with the number '{student}': check it.", student=student[:40]
        )


def _remove_sightings(connection: Connection, student: str) -> int:
    """Remove a student's sightings, and their name among the candidates of others; how many sightings."""
    removed = connection.execute(delete(sightings).where(sightings.c.student == student)).rowcount
    table = sightings.c
    named = msgspec.json.encode(student).decode()
    rows = connection.execute(select(table.id, table.candidates).where(func.instr(table.candidates, named) > 0)).all()
    for row in rows:
        near = [each for each in _candidates(row.candidates) if each[0] != student]
        connection.execute(update(sightings).where(table.id == row.id).values(candidates=encoded(near)))
    return removed


def _candidates(text: str) -> list[tuple[str, float]]:
    try:
        return CANDIDATES.decode(text)
    except UNREADABLE:
        return []  # nobody can read who else was named there, and the student's number is not to stay


def _cipher(keys: KeyRoom, connection: Connection) -> Cipher | None:
    try:
        return keys.cipher_to_write(connection)
    except SetupProblem:
        return None  # without the key nobody can read what is there


def _opened(cipher: Cipher, sealed: bytes, where: bytes) -> bytes:
    try:
        return cipher.open(sealed, place=where)
    except WrongKey:
        return b""


def _without(record: bytes, student: str) -> bytes | None:
    """A sighting that was set aside, without the student among its candidates; None where they were not."""
    values = msgspec.json.decode(record or b"{}")
    near = values.get("candidates", "")
    text = near if isinstance(near, str) else base64.b64decode(near["base64"]).decode(errors="replace")
    if student not in text and msgspec.json.encode(student).decode() not in text:
        return None
    named = [each for each in _candidates(text) if each[0] != student]
    return msgspec.json.encode({**values, "candidates": encoded(named)})
