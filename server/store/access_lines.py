"""Read the access log, hold its chains against their hashes, and remove what was kept for long enough."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, delete, select

from server.store import access_log
from server.store.database.identity_tables import access_chains, subject_keys
from server.store.database.identity_tables import access_log as table
from server.store.topic import Topic, reads, writes

DIGEST_SIGNS: Final = 64  # of a pseudonym
_SHOWN: Final = (
    "happened_at",
    "who",
    "action",
    "subject",
    "detail",
    "address",
    "device",
    "course",
    "subjects",
    "why",
)


@dataclass(frozen=True, slots=True)
class AccessLine:
    """A line of the access log."""

    at: datetime
    who: str
    action: str
    subject: str  # the student's number; "": none, or one who was erased
    detail: str
    address: str
    device: str
    course: str
    subjects: int  # of how many students data was shown or changed
    why: str
    number: int = 0  # as it is kept: later lines have greater ones; 0: not yet


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """Whether the log's chains are whole."""

    chains: int
    lines: int
    head: str  # of all chains together: what was written down elsewhere must come again
    problems: tuple[str, ...]  # whole sentences


class AccessLogStore(Topic):
    """Lines of who did what to whose data. None is ever changed."""

    @writes
    def write(self, connection: Connection, line: AccessLine) -> None:
        """Add a line."""
        access_log.write(
            connection,
            line.at,
            line.who,
            line.action,
            subject=line.subject,
            detail=line.detail,
            address=line.address,
            device=line.device,
            course=line.course,
            subjects=line.subjects,
            why=line.why,
        )

    @reads
    def lines(
        self,
        connection: Connection,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        who: str | None = None,
        student: str | None = None,
        courses: Collection[str] | None = None,
        before: int | None = None,
        limit: int = 1000,
    ) -> list[AccessLine]:
        """Newest first. until: before that moment. courses: only lines of these. before: lines of smaller numbers."""
        which: list[ColumnElement[bool]] = [table.c.action != access_log.CLOSE]
        if since is not None:
            which.append(table.c.happened_at >= since)
        if until is not None:
            which.append(table.c.happened_at < until)
        if who is not None:
            which.append(table.c.who == who)
        if courses is not None:
            which.append(table.c.course.in_(sorted(courses)))
        if before is not None:
            which.append(table.c.id < before)
        names = _names(connection)
        if student is not None:
            known = [name for name, number in names.items() if number == student]
            which.append(table.c.subject.in_([student, *known]))
        shown = (table.c[name] for name in _SHOWN)
        query = select(table.c.id.label("number"), *shown).where(*which).order_by(table.c.id.desc()).limit(limit)
        return [_line(row, names) for row in connection.execute(query)]

    @reads
    def verified(self, connection: Connection) -> ChainCheck:
        """Walk every chain."""
        chains = connection.execute(select(access_chains).order_by(access_chains.c.id)).all()
        checks = [_Walk(connection, row) for row in chains]
        problems = [problem for each in checks for problem in each.problems]
        hashes = {each.chain: each.hashes for each in checks}
        oldest = min((row.id for row in chains), default=0)
        for each in checks:
            problems += _wrong_notes(each, hashes, oldest)
        heads = "".join(f"{row.id}:{row.length}:{row.head.hex()};" for row in chains)
        return ChainCheck(len(chains), sum(row.length for row in chains), _short(heads), tuple(problems))

    @writes
    def destroyed(self, connection: Connection, kind: str, count: int, *, at: datetime) -> None:
        """Remember that so many of a kind were destroyed, their time being over."""
        access_log.write(connection, at, "server", "destroy_old", detail=f"{kind}: {count}")

    @writes
    def forget_old(self, connection: Connection, *, before: date) -> int:
        """Remove whole chains of days before this one; how many."""
        old = [row.id for row in connection.execute(select(access_chains.c.id).where(access_chains.c.day < before))]
        if old:
            connection.execute(delete(table).where(table.c.chain.in_(old)))
            connection.execute(delete(access_chains).where(access_chains.c.id.in_(old)))
        unchained = table.c.chain.is_(None) & (table.c.happened_at < _midnight(before))
        connection.execute(delete(table).where(unchained))
        return len(old)


class _Walk:
    """A chain's hashes, made again from its lines."""

    def __init__(self, connection: Connection, chain: Row[Any]) -> None:
        self.chain: Final[int] = chain.id
        self.problems: Final[list[str]] = []
        self.hashes: Final[list[bytes]] = [access_log.BEGINNING]
        self.notes: Final[list[str]] = []
        called = f"{chain.writer} of {chain.day}"
        rows = connection.execute(select(table).where(table.c.chain == chain.id).order_by(table.c.number))
        for number, row in enumerate(rows, start=1):
            made = access_log.hash_of(self.hashes[-1], row._asdict())
            if (row.number, row.hash) != (number, made):
                self.problems.append(f"Line {number} of the chain {called} was changed, or one before it removed.")
                return
            self.hashes.append(made)
            if row.action == access_log.CLOSE:
                self.notes.append(row.detail)
        if (len(self.hashes) - 1, self.hashes[-1]) != (chain.length, chain.head):
            self.problems.append(
                f"The chain {called} has {len(self.hashes) - 1} lines, and should have {chain.length}: its end was "
                "removed or changed."
            )


def _wrong_notes(walk: _Walk, hashes: dict[int, list[bytes]], oldest: int) -> list[str]:
    """What one chain noted of others that is not so."""
    wrong = []
    for note in walk.notes:
        chain, length, head = note.split(":")
        found = hashes.get(int(chain))
        if found is None and int(chain) < oldest:
            continue  # removed after two years
        if found is None or len(found) <= int(length) or found[int(length)].hex() != head:
            wrong.append(f"The chain with the number {chain} is not as it was when another noted its {length} lines.")
    return wrong


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _names(connection: Connection) -> dict[str, str]:
    """How the log names each student -> their number."""
    keys = connection.execute(select(subject_keys.c.student, subject_keys.c.secret))
    return {access_log.pseudonym(secret, student): student for student, secret in keys}


def _line(row: Row[Any], names: dict[str, str]) -> AccessLine:
    values = dict(row._mapping)
    subject = values["subject"]
    known = names.get(subject, "" if len(subject) == DIGEST_SIGNS else subject)
    return AccessLine(at=values.pop("happened_at"), **values | {"subject": known})
