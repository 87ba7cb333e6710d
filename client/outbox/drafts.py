"""Keep on disk, one by one, the answers of roll calls that have not ended."""

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from protocol.messages import MarkItem

# Answers that nobody has gone on with for so long are told, and may be forgotten.
OLD: Final = timedelta(days=1)

# What stands in the file where a roll call names no hour.
_NO_HOUR: Final = 0

Transaction = Callable[[], AbstractContextManager[sqlite3.Connection]]


@dataclass(frozen=True, slots=True)
class RollOf:
    """A course's class hour on a day, YYYY-MM-DD. hour None: the one on at each mark."""

    course: str
    date: str
    hour: int | None


@dataclass(frozen=True, slots=True)
class Unfinished:
    """answers: how many. last_at: when the last one was given."""

    server: str
    roll: RollOf
    answers: int
    last_at: datetime


class Drafts:
    """Those for `server` are ours. Any thread may use it. Every method raises OutboxError; what is written is on disk
    then.
    """

    def __init__(self, reading: Transaction, writing: Transaction, server: str, clock: Callable[[], datetime]) -> None:
        self._reading = reading
        self._writing = writing
        self._server = server
        self._clock = clock

    def tick(self, roll: RollOf, item: MarkItem) -> None:
        """The last one counts."""
        at = item.at or self._clock()
        row = (*_place(self._server, roll), item.student, item.state, at.isoformat())
        with self._writing() as file:
            file.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    def of_day(self, course: str, date: str) -> list[MarkItem]:
        """Whatever the hour, in the order of answering."""
        with self._reading() as file:
            rows = file.execute(
                "SELECT student, state, hour, at FROM answers WHERE server = ? AND course = ? AND date = ? "
                "ORDER BY rowid",
                (self._server, course, date),
            ).fetchall()
        return [
            MarkItem(student=student, course=course, state=state, hour=hour or None, at=datetime.fromisoformat(at))
            for student, state, hour, at in rows
        ]

    def discard(self, roll: RollOf) -> None:
        with self._writing() as file:
            forget(file, self._server, roll)

    def unfinished(self) -> list[Unfinished]:
        """For whichever server, oldest first."""
        with self._reading() as file:
            rows = file.execute(
                "SELECT server, course, date, hour, count(*), max(at) FROM answers GROUP BY 1, 2, 3, 4 ORDER BY 6"
            ).fetchall()
        return [
            Unfinished(server, RollOf(course, date, hour or None), count, datetime.fromisoformat(at))
            for server, course, date, hour, count, at in rows
        ]

    def old(self) -> list[Unfinished]:
        """Those that nobody has gone on with for a day."""
        return [each for each in self.unfinished() if self._clock() - each.last_at > OLD]

    def discard_old(self) -> int:
        """Forget those; how many roll calls they were."""
        found = self.old()
        with self._writing() as file:
            for each in found:
                forget(file, each.server, each.roll)
        return len(found)


def forget(file: sqlite3.Connection, server: str, roll: RollOf) -> None:
    """Within the transaction that is open."""
    file.execute("DELETE FROM answers WHERE server = ? AND course = ? AND date = ? AND hour = ?", _place(server, roll))


def _place(server: str, roll: RollOf) -> tuple[str, str, str, int]:
    return server, roll.course, roll.date, roll.hour or _NO_HOUR
