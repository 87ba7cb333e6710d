"""Keep on disk, in order, what was decided and is not yet acknowledged."""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from client.api import now_utc
from client.error_texts import ClientText
from client.errors import OutboxError, UsageError
from client.outbox.drafts import Drafts, RollOf, forget
from client.outbox.file import is_taken, only_one, open_file, sender_lock, told
from client.outbox.sign_ins import SignIns, signed_now
from protocol.errors import ProtocolError
from protocol.messages import Confirm, Mark, MarkItem, Marks, OpenSession, SetSession, encode
from protocol.sentences import Sentence

# What an outbox takes: messages that may arrive twice and count once.
Keyed = Mark | Marks | Confirm | OpenSession | SetSession

# Of entries that are in memory at once.
MOST_BYTES: Final = 512 * 1024

_WAITING: Final = "SELECT * FROM entries WHERE server = ? AND text IS NULL AND number > ? ORDER BY number LIMIT ?"

T = TypeVar("T", bound=Mark | MarkItem | Confirm | SetSession)


@dataclass(frozen=True, slots=True)
class Entry:
    """body: the message's JSON. was_sent: the server may have it. sentence: why it was refused.

    code: of the refusal, or of the failure that the server met at an entry that waits on.
    """

    number: int
    server: str
    kept_at: datetime
    body: bytes
    was_sent: bool
    code: str
    sentence: Sentence | None
    signed: str = ""  # the sign-in under which it was decided; "": the machine's own

    @property
    def text(self) -> str:
        """Why it was refused, in English; "" while it waits."""
        return self.sentence.text if self.sentence else ""

    def message(self) -> Keyed:
        """Raises OutboxError where it is none that this client can send."""
        try:
            message: Keyed = msgspec.json.decode(self.body, type=Keyed)
            encode(message, 0)
        except (msgspec.MsgspecError, UnicodeError, ProtocolError) as error:
            raise OutboxError(ClientText.ENTRY_CANNOT_BE_SENT, number=self.number, reason=str(error)) from error
        return message


@dataclass(frozen=True, slots=True)
class EntryRefusal:
    """message: what is left of the entry, where the rest was recorded."""

    number: int
    code: str
    sentence: Sentence
    message: Keyed | None = None


class Outbox:
    """Entries for `server` (HOST:PORT) are ours. Any thread and process may use the file. Every method raises
    OutboxError.

    set_aside: where a damaged file was put. drafts: answers of roll calls that go on still. sign_ins: who is signed in
    on this machine's window.
    """

    def __init__(self, path: Path, server: str, clock: Callable[[], datetime] = now_utc) -> None:
        self.path = path
        self._server = server
        self._clock = clock
        self._lock = threading.Lock()
        self._file, self.set_aside = open_file(path)
        self.drafts = Drafts(self._reading, self._writing, server, clock)
        self.sign_ins = SignIns(self._reading, self._writing, server, clock)

    def close(self) -> None:
        with self._lock:
            self._file.close()

    def add(self, message: Keyed, ends: RollOf | None = None) -> int:
        """Keep a message, on disk when this returns; its number. Raises UsageError for what cannot be sent.

        ends: the roll call whose answers this message carries; they are no longer kept beside it.
        """
        stamped = self._stamped(message)
        try:
            encode(stamped, 0)
        except ProtocolError as error:
            raise UsageError(ClientText.CANNOT_BE_SENT, problem=error.sentence) from error
        with self._writing() as file:
            if ends is not None:
                forget(file, self._server, ends)
            return self._insert(file, self._server, stamped, signed_now(file, self._server, self._clock()))

    def waiting(self) -> int:
        with self._reading() as file:
            counted = file.execute("SELECT count(*) FROM entries WHERE server = ? AND text IS NULL", (self._server,))
            return int(counted.fetchone()[0])

    def unsent(self) -> tuple[int, int]:
        """How many wait for our server, and for how many whole seconds the oldest has; 0 where none does."""
        query = "SELECT count(*), min(kept_at) FROM entries WHERE server = ? AND text IS NULL"
        with self._reading() as file:
            waiting, oldest = file.execute(query, (self._server,)).fetchone()
        since = self._clock() if oldest is None else datetime.fromisoformat(oldest)
        return int(waiting), max(int((self._clock() - since).total_seconds()), 0)

    def refused(self) -> int:
        """How many our server would not take."""
        with self._reading() as file:
            query = "SELECT count(*) FROM entries WHERE server = ? AND text IS NOT NULL"
            return int(file.execute(query, (self._server,)).fetchone()[0])

    def entries(self) -> list[Entry]:
        """For whichever server, in order."""
        with self._reading() as file:
            return [_entry(row) for row in file.execute("SELECT * FROM entries ORDER BY number")]

    def find(self, number: int) -> Entry | None:
        """None: there is none (any more)."""
        with self._reading() as file:
            row = file.execute("SELECT * FROM entries WHERE number = ?", (number,)).fetchone()
        return None if row is None else _entry(row)

    # -- for a person

    def discard(self, number: int) -> None:
        """An entry that was refused, or was never sent."""
        with self._writing() as file:
            entry = _found(file, number)
            if entry.was_sent and not entry.text:
                raise OutboxError(
                    f"Entry {number} has been sent and not been answered: it may be recorded. Send it again with "
                    "--send, then correct it."
                )
            file.execute("DELETE FROM entries WHERE number = ?", (number,))

    def retry(self, number: int) -> int:
        """Let an entry wait for our server, behind the others; its new number."""
        with self._writing() as file:
            entry = _found(file, number)
            if not entry.text and entry.server == self._server:
                raise OutboxError(f"Entry {number} waits already; send it with --send.")
            file.execute("DELETE FROM entries WHERE number = ?", (number,))
            # Of whoever is signed in now: they answer for it.
            return self._insert(file, self._server, entry.message(), signed_now(file, self._server, self._clock()))

    # -- for the one who sends

    @contextmanager
    def sending(self, patience_s: float) -> Iterator[bool]:
        """Be the only sender of all processes; False: another was it for all of patience_s seconds."""
        with ExitStack() as held:
            alone = True
            try:
                held.enter_context(only_one(sender_lock(self.path), patience_s))
            except sqlite3.DatabaseError as error:
                if not is_taken(error):
                    raise OutboxError(
                        ClientText.NOT_LOCKED, path=str(sender_lock(self.path)), reason=str(error)
                    ) from error
                alone = False
            yield alone

    def take(self, most: int, after: int = 0) -> list[Entry]:
        """The oldest entries, behind the number `after`: `most` of them, or fewer large ones; all of one sign-in."""
        taken: list[Entry] = []
        size = 0
        with self._reading() as file:
            rows = file.execute(_WAITING, (self._server, after, most))
            for entry in map(_entry, rows):
                if taken and entry.signed != taken[0].signed:
                    break
                taken.append(entry)
                size += len(entry.body)
                if size >= MOST_BYTES:
                    break
            rows.close()
        return taken

    def note_sent(self, keys: Iterable[tuple[int, str]]) -> None:
        """Write down that the server may have them from now on."""
        with self._writing() as file:
            rows = [(key, number) for number, key in keys]
            file.executemany("UPDATE entries SET sent_key = ? WHERE number = ?", rows)

    def note_failed(self, number: int, code: str) -> None:
        """Write down that the server failed at it: it goes on waiting, and a person may discard it."""
        with self._writing() as file:
            file.execute("UPDATE entries SET code = ?, sent_key = NULL WHERE number = ?", (code, number))

    def settle(self, acknowledged: Sequence[int], refused: Sequence[EntryRefusal]) -> None:
        """Let go of what is recorded, and put aside what was refused."""
        with self._writing() as file:
            file.executemany("DELETE FROM entries WHERE number = ?", [(number,) for number in acknowledged])
            for each in refused:
                left = None if each.message is None else msgspec.json.encode(each.message)
                file.execute(
                    "UPDATE entries SET code = ?, text = ?, sentence = ?, sent_key = NULL, "
                    "message = coalesce(?, message) WHERE number = ?",
                    (each.code, each.sentence.text, msgspec.json.encode(each.sentence), left, each.number),
                )

    def _insert(self, file: sqlite3.Connection, server: str, message: Keyed, signed: str) -> int:
        added = file.execute(
            "INSERT INTO entries (server, kept_at, message, signed) VALUES (?, ?, ?, ?)",
            (server, self._clock().isoformat(), msgspec.json.encode(message), signed or None),
        )
        return added.lastrowid or 0

    def _stamped(self, message: Keyed) -> Keyed:
        if isinstance(message, Marks):
            return msgspec.structs.replace(message, marks=tuple(self._dated(item) for item in message.marks))
        if not isinstance(message, OpenSession):
            return self._dated(message)
        if message.date is None:
            raise UsageError("A session that is opened through the outbox needs its date: it may be sent another day.")
        return message

    def _dated(self, decision: T) -> T:
        return decision if decision.at is not None else msgspec.structs.replace(decision, at=self._clock())

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock, told(self.path):
            yield self._file

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """On disk at the end."""
        with self._lock, told(self.path):
            self._file.execute("BEGIN IMMEDIATE")
            try:
                yield self._file
                self._file.execute("COMMIT")
            finally:
                if self._file.in_transaction:
                    self._file.execute("ROLLBACK")


def _entry(row: tuple[int, str, str, bytes, str | None, str | None, str | None, bytes | None, str | None]) -> Entry:
    number, server, kept_at, body, sent_key, code, text, kept, signed = row
    said = None if text is None else _sentence(text, kept or b"")
    return Entry(
        number, server, datetime.fromisoformat(kept_at), body, sent_key is not None, code or "", said, signed or ""
    )


def _sentence(text: str, kept: bytes) -> Sentence:
    """Of an older client, and of a damaged refusal, the text alone."""
    try:
        return msgspec.json.decode(kept, type=Sentence)
    except msgspec.MsgspecError:
        return Sentence(text)


def _found(file: sqlite3.Connection, number: int) -> Entry:
    row = file.execute("SELECT * FROM entries WHERE number = ?", (number,)).fetchone()
    if row is None:
        raise OutboxError(f"There is no entry {number} in the outbox; `outbox` lists those that are there.")
    return _entry(row)
