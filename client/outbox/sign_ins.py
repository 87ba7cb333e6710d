"""Keep who signed in on this machine's window, so that what they decided is sent as theirs, whoever is there then."""

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

# So long a server takes what somebody decided before their sign-in ended.
DELIVERABLE: Final = timedelta(days=7)

Transaction = Callable[[], AbstractContextManager[sqlite3.Connection]]


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody who is signed in on this machine's window."""

    who: str
    expires: datetime
    token: str = field(repr=False)


class SignIns:
    """Those at `server`. Any thread and process may use it. Every method raises OutboxError."""

    def __init__(self, reading: Transaction, writing: Transaction, server: str, clock: Callable[[], datetime]) -> None:
        self._reading = reading
        self._writing = writing
        self._server = server
        self._clock = clock

    def begin(self, token: str, who: str, expires: datetime) -> None:
        """What is kept from now on is theirs."""
        row = (_id_of(token), self._server, token, who, expires.isoformat())
        with self._writing() as file:
            file.execute("UPDATE sign_ins SET ended = 1 WHERE server = ?", (self._server,))
            file.execute("INSERT OR REPLACE INTO sign_ins VALUES (?, ?, ?, ?, ?, 0)", row)
            _forget_unused(file, self._clock())

    def current(self) -> SignIn | None:
        with self._reading() as file:
            row = _current(file, self._server, self._clock())
        return None if row is None else SignIn(row[2], datetime.fromisoformat(row[3]), row[1])

    def end(self) -> None:
        """What is kept from now on is nobody's in particular; what was kept before stays theirs."""
        with self._writing() as file:
            file.execute("UPDATE sign_ins SET ended = 1 WHERE server = ?", (self._server,))
            _forget_unused(file, self._clock())

    def token_of(self, signed: str) -> str | None:
        """The token under which such entries go; None: the machine's own."""
        with self._reading() as file:
            row = file.execute("SELECT token FROM sign_ins WHERE id = ?", (signed,)).fetchone()
        return None if row is None else str(row[0])


def signed_now(file: sqlite3.Connection, server: str, now: datetime) -> str:
    """Whose an entry is that is kept just now; "": nobody's in particular. Within the transaction that is open."""
    row = _current(file, server, now)
    return "" if row is None else str(row[0])


def _current(file: sqlite3.Connection, server: str, now: datetime) -> tuple[str, str, str, str] | None:
    rows = file.execute(
        "SELECT id, token, who, expires FROM sign_ins WHERE server = ? AND NOT ended ORDER BY rowid DESC", (server,)
    ).fetchall()
    return next((row for row in rows if datetime.fromisoformat(row[3]) > now), None)


def _forget_unused(file: sqlite3.Connection, now: datetime) -> None:
    """Tokens that are over and under which nothing waits, and those that no server takes any more."""
    rows = file.execute("SELECT id, expires, ended FROM sign_ins").fetchall()
    waiting = {row[0] for row in file.execute("SELECT DISTINCT signed FROM entries WHERE signed IS NOT NULL")}
    for id, expires, ended in rows:
        over = datetime.fromisoformat(expires)
        if over + DELIVERABLE <= now or ((ended or over <= now) and id not in waiting):
            file.execute("DELETE FROM sign_ins WHERE id = ?", (id,))


def _id_of(token: str) -> str:
    """The part of a token that is no secret."""
    return "_".join(token.split("_")[:2])
