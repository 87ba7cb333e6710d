"""Keep what students ask to be looked at again, and the answers."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from server.domain.appeals import Appeal, AppealState
from server.store import access_log
from server.store.database.readable import made
from server.store.database.tables import appeals
from server.store.student_requests import answered, of_courses, wait_for_own
from server.store.topic import Topic, reads, removes, writes


class AppealStore(Topic):
    """Appeals are added and answered once, and not changed afterwards."""

    @writes
    def add(
        self, connection: Connection, appeal: Appeal, check: Callable[[Sequence[Appeal]], None], *, by: str
    ) -> Appeal:
        """Keep it. check: is given all of the student's so far, and raises where one more is not taken."""
        wait_for_own(connection, appeal.student)
        check(_read(connection, appeals.c.student == appeal.student))
        row = {
            "student": appeal.student,
            "course": appeal.course,
            "day": appeal.day,
            "hour": appeal.hour,
            "filed_at": appeal.filed_at,
            "due_at": appeal.due_at,
            "text": appeal.text,
        }
        number = int(connection.execute(insert(appeals), row).lastrowid)
        _log(connection, appeal, appeal.filed_at, by, "file_appeal", f"appeal {number}")
        return _read(connection, appeals.c.id == number)[0]

    @reads
    def get(self, connection: Connection, number: int) -> Appeal | None:
        return next(iter(_read(connection, appeals.c.id == number)), None)

    @reads
    def of_student(self, connection: Connection, student: str) -> list[Appeal]:
        """Newest first."""
        return _read(connection, appeals.c.student == student)[::-1]

    @reads
    def of_courses(self, connection: Connection, courses: Collection[str] | None, limit: int) -> list[Appeal]:
        """Open ones first, each part by when they came; None: of every course."""
        return of_courses(connection, appeals, select(appeals), _appeal, courses, limit)

    @reads
    def answered_since(self, connection: Connection, moment: datetime) -> list[Appeal]:
        """Of every course, by when they came."""
        return _read(connection, appeals.c.answered_at >= moment)

    @removes
    def forget_old(self, connection: Connection, *, before: datetime) -> int:
        """Remove those that were answered before that moment, or were filed then and never answered; how many."""
        old = (appeals.c.answered_at < before) | (appeals.c.answered_at.is_(None) & (appeals.c.filed_at < before))
        return connection.execute(delete(appeals).where(old)).rowcount

    @writes
    def note(self, connection: Connection, appeal: Appeal, note: str, *, at: datetime, by: str) -> None:
        """Keep what was prepared for who decides."""
        which = (appeals.c.id == appeal.number) & (appeals.c.state == AppealState.OPEN.value)
        connection.execute(update(appeals).where(which).values(note=note, noted_by=by))
        _log(connection, appeal, at, by, "prepare_appeal", f"appeal {appeal.number}")

    @writes
    def answer(
        self, connection: Connection, appeal: Appeal, state: AppealState, answer: str, *, at: datetime, by: str
    ) -> bool:
        """Keep the answer; False where somebody else has answered it meanwhile."""
        if not answered(connection, appeals, appeal.number, state.value, answer, at, by):
            return False
        _log(connection, appeal, at, by, "answer_appeal", f"appeal {appeal.number}: {state}")
        return True


def _read(connection: Connection, *which: ColumnElement[bool]) -> list[Appeal]:
    return made(connection, select(appeals).where(*which).order_by(appeals.c.id), _appeal, appeals.c.id)


def _log(connection: Connection, appeal: Appeal, at: datetime, by: str, action: str, detail: str) -> None:
    access_log.write(connection, at, by, action, subject=appeal.student, course=appeal.course, detail=detail)


def _appeal(row: Row[Any]) -> Appeal:
    return Appeal(
        number=row.id,
        student=row.student,
        course=row.course,
        day=row.day,
        hour=row.hour,
        filed_at=row.filed_at,
        due_at=row.due_at,
        text=row.text,
        state=AppealState(row.state),
        note=row.note or "",
        noted_by=row.noted_by,
        answer=row.answer or "",
        answered_by=row.answered_by,
        answered_at=row.answered_at,
    )
