"""Keep what was answered under idempotency keys, in the transaction that did what was asked."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Final

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from protocol.errors import ErrorCode
from protocol.sentences import Sentence
from server.domain.attendance import Recorded, State
from server.domain.ledger import Answered, MarkAnswer
from server.errors import BadRequest, RowProblem
from server.store.database.columns import DIGEST_BYTES, KEY_BYTES
from server.store.database.readable import UNREADABLE, tell
from server.store.database.statements import chunks
from server.store.database.tables import idempotency_keys
from server.store.topic import Topic, reads, writes
from server.store.values import Once

# A key is known for a term and its resits: an outbox that was forgotten in a drawer may still send.
KEPT: Final = timedelta(days=180)
# What begins the name of an answer that could not be read when its key was sent again.
UNREADABLE_KEY: Final = b"unreadable "

_Rows = list[tuple[str, str, date, int, State, bool]]
_Refused = list[tuple[int, str, ErrorCode, Sentence | str]]  # older rows have the text alone


class _InPart(msgspec.Struct):
    """How an answer is kept that left rows out; of others only the rows are."""

    recorded: _Rows
    refused: _Refused


class AnswerStore(Topic):
    """Keys of requests, by which the same request again is known."""

    @reads
    def was_done(self, connection: Connection, once: Once) -> bool:
        """Whether it was done before. Raises BadRequest for a key that was used for other content."""
        return was_done(connection, once)

    @writes
    def forget_old(self, connection: Connection, *, now: datetime) -> None:
        """Remove every key, with its answer, that was kept for long enough; until then each is known."""
        connection.execute(delete(idempotency_keys).where(idempotency_keys.c.recorded_at < now - KEPT))


def token(key: str) -> bytes:
    """A key as it is kept and compared: byte by byte. Raises BadRequest."""
    try:
        coded = key.encode()
    except UnicodeEncodeError as problem:
        raise BadRequest("The key is not text that can be written in UTF-8: choose another one.") from problem
    if not 0 < len(coded) <= KEY_BYTES:
        raise BadRequest(
            "A key has 1 to {most} bytes, this one has {bytes}: choose another one.", most=KEY_BYTES, bytes=len(coded)
        )
    return coded


def require_storable(key: str, digest: bytes) -> None:
    """Raise BadRequest for a key or a digest that cannot be kept."""
    token(key)
    if len(digest) > DIGEST_BYTES:
        raise BadRequest(f"The digest of a request has {DIGEST_BYTES} bytes at most, this one has {len(digest)}.")


def find(connection: Connection, keys: Collection[str]) -> dict[str, Answered]:
    """What was answered under these keys."""
    # However old: our clock may be wrong, and a key that was forgotten by mistake lets a mark be recorded twice.
    rows = [
        row
        for piece in chunks([token(each) for each in keys])
        for row in connection.execute(select(idempotency_keys).where(idempotency_keys.c.token.in_(piece)))
    ]
    found = {}
    for row in rows:
        try:
            found[row.token.decode()] = Answered(row.digest, decode_answer(row.answer))
        except UNREADABLE:
            _free_key(connection, row.token)
    return found


def _free_key(connection: Connection, coded: bytes) -> None:
    """Leave an answer that cannot be read where it is found by its record's name, and let its key be used anew.

    What is recorded under it again is the same request, which changes nothing that stands.
    """
    name = UNREADABLE_KEY + sha256(coded).hexdigest().encode()
    tell(idempotency_keys.name, name.decode())
    connection.execute(update(idempotency_keys).where(idempotency_keys.c.token == coded).values(token=name))


def keep(connection: Connection, answered: Mapping[str, Answered], *, now: datetime) -> None:
    """Keep answers under new keys. One that another server keeps just now raises IntegrityError."""
    rows = [
        {"token": token(key), "digest": each.digest, "answer": _encode(each.answer), "recorded_at": now}
        for key, each in answered.items()
    ]
    if rows:
        connection.execute(insert(idempotency_keys), rows)


def was_done(connection: Connection, once: Once) -> bool:
    """As AnswerStore.was_done, inside a transaction that its caller began."""
    digest = connection.scalar(select(idempotency_keys.c.digest).where(idempotency_keys.c.token == token(once.key)))
    if digest is not None:
        Answered(digest, MarkAnswer(())).again(once.digest)
    return digest is not None


def keep_done(connection: Connection, once: Once) -> None:
    require_storable(once.key, once.digest)
    keep(connection, {once.key: Answered(once.digest, MarkAnswer(()))}, now=once.arrived)


def _encode(answer: MarkAnswer) -> str:
    rows: _Rows = [(r.student, r.course, r.day, r.hour, r.state, r.changed) for r in answer.recorded]
    refused: _Refused = [(r.row, r.student, r.code, r.sentence) for r in answer.refused]
    return msgspec.json.encode(_InPart(rows, refused) if refused else rows).decode()


def decode_answer(text: str) -> MarkAnswer:
    kept = msgspec.json.decode(text, type=_Rows | _InPart)
    rows, refused = (kept.recorded, kept.refused) if isinstance(kept, _InPart) else (kept, [])
    left_out = (RowProblem(row, student, code, _sentence(said)) for row, student, code, said in refused)
    return MarkAnswer(tuple(Recorded(*row) for row in rows), tuple(left_out))


def _sentence(kept: Sentence | str) -> Sentence:
    return kept if isinstance(kept, Sentence) else Sentence(kept)
