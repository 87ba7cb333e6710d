"""Keep which faces are not which students', the faces sealed, to the end of the term."""

from collections.abc import Collection, Iterator
from dataclasses import fields
from datetime import date, datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, or_, select, update

from server.domain.vetoes import Veto
from server.errors import BadRequest
from server.store import access_log, rosters, templates
from server.store.database.cipher import WrongKey
from server.store.database.columns import MODEL_LENGTH
from server.store.database.key_room import KeyRoom
from server.store.database.readable import UNREADABLE, readable, tell
from server.store.database.tables import enrolments, vetoes
from server.store.identifiers import require_text
from server.store.topic import Topic, Transactions, reads, removes, writes

# Of one student in one course: whoever is taken for so many others needs other photographs.
MOST_OF_STUDENT: Final = 20
TOO_MANY: Final = (
    "{student} is taken for others too often in this course ({most} faces are kept): new photographs help, "
    "and the vetoes that are no longer needed can be taken back."
)
_TOLD: Final = tuple(
    vetoes.c.id.label("number") if each.name == "number" else vetoes.c[each.name] for each in fields(Veto)
)


class VetoStore(Topic):
    """A veto holds a face of which nobody knows whose it is: it goes with the erasure of anybody of its course."""

    def __init__(self, transactions: Transactions, keys: KeyRoom) -> None:
        super().__init__(transactions)
        self._keys = keys

    @writes
    def add(self, connection: Connection, veto: Veto, face: NDArray[np.float32]) -> Veto:
        """Keep it under a number of its own. Raises UnknownCourse, UnknownStudent, BadRequest where there are many."""
        templates.hold(connection)  # so that an erasure is behind it, and takes it along
        rosters.require_course(connection, veto.course)
        rosters.hold_students(connection, {veto.student})
        require_text(veto.model_id, MODEL_LENGTH, "name of the model")
        same = (vetoes.c.course == veto.course) & (vetoes.c.student == veto.student)
        if (connection.scalar(select(func.count()).select_from(vetoes).where(same)) or 0) >= MOST_OF_STUDENT:
            raise BadRequest(TOO_MANY, student=veto.student, most=MOST_OF_STUDENT)
        row = {each.name: getattr(veto, each.name) for each in fields(Veto) if each.name != "number"}
        number = int(connection.execute(insert(vetoes), row).lastrowid)
        sealed = self._keys.cipher_to_write(connection).seal(templates.packed_alone(face), place=place(number))
        connection.execute(update(vetoes).where(vetoes.c.id == number).values(sealed=sealed))
        kept = _read(connection, vetoes.c.id == number)[0]
        _log(connection, kept, veto.made_at, veto.who, "veto")
        return kept

    @removes
    def remove(self, connection: Connection, veto: Veto, *, at: datetime, by: str) -> bool:
        """Take it back; False where it is gone already."""
        gone = connection.execute(delete(vetoes).where(vetoes.c.id == veto.number)).rowcount > 0
        if gone:
            _log(connection, veto, at, by, "remove_veto")
        return gone

    @removes
    def forget(self, connection: Connection, before: date) -> int:
        """Remove those whose term ended before that day; how many."""
        return connection.execute(delete(vetoes).where(vetoes.c.ends < before)).rowcount

    @removes
    def forget_of(self, connection: Connection, student: str) -> int:
        """As `remove_of_student`, in a transaction of its own."""
        return remove_of_student(connection, student)

    @reads
    def get(self, connection: Connection, number: int) -> Veto | None:
        return next(iter(_read(connection, vetoes.c.id == number)), None)

    @reads
    def listed(
        self, connection: Connection, courses: Collection[str] | None = None, student: str | None = None
    ) -> list[Veto]:
        """Newest first; of these courses, of this student; None: of every one."""
        of_courses = [] if courses is None else [vetoes.c.course.in_(sorted(courses))]
        of_student = [] if student is None else [vetoes.c.student == student]
        return _read(connection, *of_courses, *of_student)[::-1]

    @reads
    def numbers(self, connection: Connection, course: str, model_id: str) -> tuple[int, ...]:
        """Of those of a course that this model can compare: others where any comes or goes."""
        which = (vetoes.c.course == course) & (vetoes.c.model_id == model_id)
        return tuple(connection.scalars(select(vetoes.c.id).where(which).order_by(vetoes.c.id)))

    @reads
    def faces(self, connection: Connection, course: str, model_id: str) -> list[tuple[str, list[NDArray[np.float32]]]]:
        """By student the vetoed faces, each (d,). Raises SetupProblem: wrong key."""
        which = (vetoes.c.course == course) & (vetoes.c.model_id == model_id) & vetoes.c.sealed.is_not(None)
        rows = readable(connection, select(vetoes).where(which).order_by(vetoes.c.id), vetoes.c.id)
        found: dict[str, list[NDArray[np.float32]]] = {}
        for row, face in self._opened(connection, rows):
            found.setdefault(row.student, []).append(face)
        return list(found.items())

    def _opened(self, connection: Connection, rows: list[Row[Any]]) -> Iterator[tuple[Row[Any], NDArray[np.float32]]]:
        cipher = self._keys.cipher(connection) if rows else None
        for row in rows:
            try:
                if cipher is not None:
                    yield row, templates.unpacked_alone(cipher.open(row.sealed, place=place(row.id)))
            except (WrongKey, *UNREADABLE):
                tell(vetoes.name, str(row.id))


def place(number: int) -> bytes:
    """For what the face of this veto is sealed."""
    return f"veto:{number}".encode()


def remove_of_student(connection: Connection, student: str) -> int:
    """Remove those of the student, and of every course that they take: the face may be theirs; how many."""
    theirs = select(enrolments.c.course).where(enrolments.c.student == student)
    which = or_(vetoes.c.student == student, vetoes.c.course.in_(theirs))
    return connection.execute(delete(vetoes).where(which)).rowcount


def _read(connection: Connection, *which: ColumnElement[bool]) -> list[Veto]:
    rows = connection.execute(select(*_TOLD).where(*which).order_by(vetoes.c.id))
    return [Veto(**row._mapping) for row in rows]


def _log(connection: Connection, veto: Veto, at: datetime, by: str, action: str) -> None:
    detail = f"veto {veto.number}, until {veto.ends}"
    access_log.write(connection, at, by, action, subject=veto.student, course=veto.course, detail=detail)
