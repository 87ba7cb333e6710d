"""Keep what was counted and answered when class days were submitted."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import Connection, delete, func, insert, select

from server.domain.heads import HeadCount
from server.store import access_log
from server.store.database.statements import insert_or_replace
from server.store.database.tables import both_there, head_counts, hours, sessions
from server.store.proposals import within
from server.store.topic import Topic, reads, writes

# Hour and two students, the smaller number first.
Pair = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class OwnAnswer:
    """That a person said of a student and another one, whom the camera took for one face, that both were there."""

    course: str
    day: date
    hour: int
    answered_at: datetime


class SubmissionStore(Topic):
    """Heads that the camera counted by hour, and answers to what was asked before submitting."""

    @writes
    def keep_heads(self, connection: Connection, session: int, heads: Mapping[int, HeadCount], *, at: datetime) -> None:
        """In place of what was kept of the same hours; an hour that the session has not is left out."""
        numbers = _hours_of(connection, session)
        rows = [
            {"hour": numbers[hour], "at_least": each.at_least, "at_most": each.at_most, "counted_at": at}
            for hour, each in heads.items()
            if hour in numbers
        ]
        if rows:
            insert_or_replace(connection, head_counts, rows, "at_least", "at_most", "counted_at")

    @reads
    def heads(
        self, connection: Connection, course: str, since: date | None, until: date | None
    ) -> dict[tuple[date, int], HeadCount]:
        """By day and hour, those of the submitted class days."""
        query = (
            select(sessions.c.day, hours.c.number, head_counts.c.at_least, head_counts.c.at_most)
            .join_from(head_counts, hours, head_counts.c.hour == hours.c.id)
            .join(sessions, hours.c.session == sessions.c.id)
            .where(sessions.c.course == course, *within(since, until))
        )
        return {(row.day, row.number): HeadCount(row.at_least, row.at_most) for row in connection.execute(query)}

    @writes
    def answer(self, connection: Connection, session: int, pairs: Collection[Pair], *, at: datetime, by: str) -> None:
        """Keep that both of each pair were there; what was answered before stays as it was."""
        known, numbers = _answered(connection, session), _hours_of(connection, session)
        course = connection.scalar(select(sessions.c.course).where(sessions.c.id == session)) or ""
        for hour, *students in sorted(set(pairs) - known):
            if hour not in numbers:
                continue
            row = {"hour": numbers[hour], "pair": _next_pair(connection, numbers[hour]), "answered_at": at, "who": by}
            connection.execute(insert(both_there), [{**row, "student": student} for student in students])
            for student in students:
                detail = f"session {session}, hour {hour}"
                access_log.write(connection, at, by, "answer_both_there", subject=student, course=course, detail=detail)

    @reads
    def answered(self, connection: Connection, session: int) -> frozenset[Pair]:
        """Of whom somebody has said that both were there."""
        return _answered(connection, session)

    @reads
    def answers_of(self, connection: Connection, student: str) -> list[OwnAnswer]:
        """About this student, the first first; whom with is not told."""
        query = (
            select(sessions.c.course, sessions.c.day, hours.c.number, both_there.c.answered_at)
            .join_from(both_there, hours, both_there.c.hour == hours.c.id)
            .join(sessions, hours.c.session == sessions.c.id)
            .where(both_there.c.student == student)
            .order_by(both_there.c.id)
        )
        return [OwnAnswer(*row) for row in connection.execute(query)]


def remove_answers(connection: Connection, student: str) -> int:
    """Remove what was answered about a student and whoever else it was about; how many answers."""
    pairs = connection.execute(
        select(both_there.c.hour, both_there.c.pair).where(both_there.c.student == student)
    ).all()
    for hour, pair in set(map(tuple, pairs)):
        connection.execute(delete(both_there).where(both_there.c.hour == hour, both_there.c.pair == pair))
    return len(pairs)


def remove_heads(connection: Connection, session: int) -> None:
    """Those of a session that is discarded."""
    own = select(hours.c.id).where(hours.c.session == session)
    connection.execute(delete(head_counts).where(head_counts.c.hour.in_(own)))


def _answered(connection: Connection, session: int) -> frozenset[Pair]:
    query = (
        select(both_there.c.pair, hours.c.number, both_there.c.student)
        .join_from(both_there, hours, both_there.c.hour == hours.c.id)
        .where(hours.c.session == session)
        .order_by(hours.c.number, both_there.c.pair, both_there.c.student)
    )
    rows = connection.execute(query).all()
    pairs = (list(of_pair) for _, of_pair in groupby(rows, key=lambda row: (row.number, row.pair)))
    found = ((each[0].number, each[0].student, each[-1].student) for each in pairs)
    # Of two who were joined into one student it says nothing any more.
    return frozenset(each for each in found if each[1] != each[2])


def _hours_of(connection: Connection, session: int) -> dict[int, int]:
    rows = connection.execute(select(hours.c.number, hours.c.id).where(hours.c.session == session))
    return {row.number: row.id for row in rows}


def _next_pair(connection: Connection, hour: int) -> int:
    highest = connection.scalar(select(func.max(both_there.c.pair)).where(both_there.c.hour == hour))
    return (highest or 0) + 1
