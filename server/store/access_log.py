"""Log who did what to whose data, in lines that each hold the one before it by its hash."""

# A chain is what one server process writes on one day. When it begins it notes how far every other chain has come, so
# that a line that is changed, or cut off behind such a note, is found out: see AccessLogStore.verified.

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select, update

from server.store.database.columns import DETAIL_LENGTH, REASON_LENGTH, WHO_LENGTH
from server.store.database.engine import ACCESS_PLACE, ACCESS_WRITER
from server.store.database.identity_tables import ADDRESS_LENGTH, HASH_BYTES, access_chains, subject_keys
from server.store.database.identity_tables import access_log as table
from server.store.database.statements import insert_new
from server.store.identifiers import require_text

BEGINNING: Final = bytes(HASH_BYTES)
CLOSE: Final = "close_chain"
# What a line's hash is made of, beside the hash before it.
HELD: Final = (
    "chain",
    "number",
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


def write(
    connection: Connection,
    at: datetime,
    by: str,
    action: str,
    *,
    subject: str = "",
    detail: str = "",
    address: str = "",
    device: str = "",
    course: str = "",
    subjects: int = 0,
    why: str = "",
) -> None:
    """Add one line. subject: the number of the one student concerned; subjects: how many were shown.

    address, device: "": those of whoever opened the store, where they said any.
    """
    require_text(by, WHO_LENGTH, "name of who does this")
    chain = _chain(connection, at)
    if not address and not device:
        address, device = connection.get_execution_options().get(ACCESS_PLACE, ("", ""))
    line = {
        "happened_at": at,
        "who": by,
        "action": action,
        "subject": pseudonym(_key_of(connection, subject), subject) if subject else "",
        "detail": detail[:DETAIL_LENGTH],
        "address": address[:ADDRESS_LENGTH],
        "device": device[:WHO_LENGTH],
        "course": course,
        "subjects": subjects or (1 if subject else 0),
        "why": why[:REASON_LENGTH],
    }
    _append(connection, chain, line)


def pseudonym(secret: bytes, student: str) -> str:
    """How a student stands in the log: nobody can tell whose it is once the key is gone."""
    return hmac.new(secret, student.encode(), hashlib.sha256).hexdigest()


def forget_subject(connection: Connection, student: str) -> None:
    """Throw away the key by which the log names the student; what is logged of them later gets a new one."""
    connection.execute(delete(subject_keys).where(subject_keys.c.student == student))
    # Lines from before they were chained have the number itself.
    lost = pseudonym(secrets.token_bytes(HASH_BYTES), student)
    connection.execute(update(table).where(table.c.subject == student, table.c.chain.is_(None)).values(subject=lost))


def hash_of(before: bytes, line: Mapping[str, Any]) -> bytes:
    """Of a line behind one that has this hash."""
    held = [_plain(line[name]) for name in HELD]
    return hashlib.sha256(before + json.dumps(held, ensure_ascii=False).encode()).digest()


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else value


def _key_of(connection: Connection, student: str) -> bytes:
    wanted = select(subject_keys.c.secret).where(subject_keys.c.student == student)
    if (known := connection.scalar(wanted)) is not None:
        return bytes(known)
    insert_new(connection, subject_keys, [{"student": student, "secret": secrets.token_bytes(HASH_BYTES)}])
    return bytes(connection.execute(wanted).scalar_one())


def _chain(connection: Connection, at: datetime) -> int:
    """Today's chain of this writer, which nobody else adds to before this transaction ends."""
    writer = connection.get_execution_options().get(ACCESS_WRITER, "commands")
    day = at.astimezone(UTC).date()
    mine = (access_chains.c.writer == writer) & (access_chains.c.day == day)
    found = connection.scalar(select(access_chains.c.id).where(mine).with_for_update())
    if found is not None:
        return int(found)
    row = {"writer": writer, "day": day, "length": 0, "head": BEGINNING}
    chain = int(connection.execute(insert(access_chains), row).lastrowid)
    _close_others(connection, chain, at, writer)
    return chain


def _close_others(connection: Connection, chain: int, at: datetime, writer: str) -> None:
    """Note in a chain that begins how far the others have come."""
    others = (access_chains.c.id != chain) & (access_chains.c.closed < access_chains.c.length)
    rows = connection.execute(select(access_chains).where(others).order_by(access_chains.c.id)).all()
    for row in rows:
        note = f"{row.id}:{row.length}:{row.head.hex()}"
        line = dict.fromkeys(HELD, "") | {"happened_at": at, "who": writer, "action": CLOSE, "detail": note}
        _append(connection, chain, line | {"subjects": 0})
        connection.execute(update(access_chains).where(access_chains.c.id == row.id).values(closed=row.length))


def _append(connection: Connection, chain: int, line: dict[str, Any]) -> None:
    so_far = select(access_chains.c.length, access_chains.c.head).where(access_chains.c.id == chain)
    length, head = connection.execute(so_far).one()
    line = line | {"chain": chain, "number": length + 1}
    line["hash"] = hash_of(head, line)
    connection.execute(insert(table), line)
    changed = {"length": length + 1, "head": line["hash"]}
    connection.execute(update(access_chains).where(access_chains.c.id == chain).values(changed))
