"""Keep requests for official absence, their proofs sealed until they are destroyed."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from server.domain.absences import AbsenceRequest, AbsenceState
from server.errors import SetupProblem
from server.store import access_log
from server.store.database.cipher import WrongKey
from server.store.database.key_room import KeyRoom
from server.store.database.readable import made
from server.store.database.tables import absences
from server.store.student_requests import answered, of_courses, wait_for_own
from server.store.topic import Topic, Transactions, reads, removes, writes

_TOLD: Final = tuple(column for column in absences.c if column.name != "sealed_proof")


class AbsenceStore(Topic):
    """Requests are added and answered once; their proofs go when their time is over."""

    def __init__(self, transactions: Transactions, keys: KeyRoom) -> None:
        super().__init__(transactions)
        self._keys = keys

    @writes
    def add(
        self,
        connection: Connection,
        request: AbsenceRequest,
        proof: bytes,
        check: Callable[[Sequence[AbsenceRequest]], None],
        *,
        by: str,
    ) -> AbsenceRequest:
        """Keep it. proof: b"": none. check: is given all of the student's, and raises where one more is not taken."""
        wait_for_own(connection, request.student)
        check(_read(connection, absences.c.student == request.student))
        row = {
            "student": request.student,
            "course": request.course,
            "begins": request.begins,
            "ends": request.ends,
            "reason": request.reason,
            "filed_at": request.filed_at,
            "proof_type": request.proof_type,
        }
        number = int(connection.execute(insert(absences), row).lastrowid)
        if proof:
            sealed = self._keys.cipher_to_write(connection).seal(proof, place=place(number))
            connection.execute(update(absences).where(absences.c.id == number).values(sealed_proof=sealed))
        _log(connection, request, request.filed_at, by, "request_absence", f"request {number}")
        return _read(connection, absences.c.id == number)[0]

    @reads
    def get(self, connection: Connection, number: int) -> AbsenceRequest | None:
        return next(iter(_read(connection, absences.c.id == number)), None)

    @reads
    def of_student(self, connection: Connection, student: str) -> list[AbsenceRequest]:
        """Newest first."""
        return _read(connection, absences.c.student == student)[::-1]

    @reads
    def of_courses(self, connection: Connection, courses: Collection[str] | None, limit: int) -> list[AbsenceRequest]:
        """Open ones first, each part by when they came; None: of every course."""
        return of_courses(connection, absences, select(*_TOLD), _request, courses, limit)

    @reads
    def answered_since(self, connection: Connection, moment: datetime) -> list[AbsenceRequest]:
        """Of every course, by when they came."""
        return _read(connection, absences.c.answered_at >= moment)

    @writes
    def proof(self, connection: Connection, request: AbsenceRequest, *, at: datetime, by: str) -> bytes | None:
        """The proof, with a line in the access log; None where it is destroyed. Raises SetupProblem: wrong key."""
        sealed = connection.scalar(select(absences.c.sealed_proof).where(absences.c.id == request.number))
        if sealed is None:
            return None
        _log(connection, request, at, by, "read_proof", f"request {request.number}")
        try:
            return self._keys.cipher(connection).open(bytes(sealed), place=place(request.number))
        except WrongKey as error:
            raise SetupProblem(
                "A proof was sealed with another key than the key file has: put that one back."
            ) from error

    @writes
    def answer(
        self,
        connection: Connection,
        request: AbsenceRequest,
        state: AbsenceState,
        answer: str,
        *,
        at: datetime,
        by: str,
    ) -> bool:
        """Keep the answer; False where somebody else has answered it meanwhile."""
        if not answered(connection, absences, request.number, state.value, answer, at, by):
            return False
        _log(connection, request, at, by, "answer_absence", f"request {request.number}: {state}")
        return True

    @removes
    def forget_old(self, connection: Connection, *, before: datetime) -> int:
        """Remove those that were answered before that moment, or were filed then and never answered; how many."""
        old = (absences.c.answered_at < before) | (absences.c.answered_at.is_(None) & (absences.c.filed_at < before))
        return connection.execute(delete(absences).where(old)).rowcount

    @removes
    def destroy_proofs(self, connection: Connection, *, answered_before: datetime, at: datetime) -> int:
        """Destroy the proofs of what was answered before that moment; how many."""
        table = absences.c
        which = table.sealed_proof.is_not(None) & (table.answered_at < answered_before)
        gone = {"sealed_proof": None, "proof_type": "", "proof_destroyed_at": at}
        return connection.execute(update(absences).where(which).values(gone)).rowcount


def place(number: int) -> bytes:
    """For what the proof of this request is sealed."""
    return f"absence-proof:{number}".encode()


def _read(connection: Connection, *which: ColumnElement[bool]) -> list[AbsenceRequest]:
    return made(connection, select(*_TOLD).where(*which).order_by(absences.c.id), _request, absences.c.id)


def _log(connection: Connection, request: AbsenceRequest, at: datetime, by: str, action: str, detail: str) -> None:
    access_log.write(connection, at, by, action, subject=request.student, course=request.course, detail=detail)


def _request(row: Row[Any]) -> AbsenceRequest:
    return AbsenceRequest(
        number=row.id,
        student=row.student,
        course=row.course,
        begins=row.begins,
        ends=row.ends,
        reason=row.reason,
        filed_at=row.filed_at,
        proof_type=row.proof_type,
        state=AbsenceState(row.state),
        answer=row.answer or "",
        answered_by=row.answered_by,
        answered_at=row.answered_at,
        proof_destroyed_at=row.proof_destroyed_at,
    )
