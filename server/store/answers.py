"""Answers that were given under an idempotency key, kept with the marks they answer. Runs inside a transaction."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import msgspec
from sqlalchemy import Connection, delete, insert, select

from protocol.error_texts import ServerText
from protocol.errors import ErrorCode
from protocol.sentences import Sentence
from server.domain.attendance import Recorded, State
from server.errors import BadRequest, RowProblem
from server.store.base import MarkRequest, Once, Outcome
from server.store.database.chunks import chunks
from server.store.database.columns import DIGEST_BYTES, KEY_BYTES
from server.store.database.tables import idempotency_keys

KEPT: Final = timedelta(days=180)
"""A key is known for a term and its resits: an outbox that was forgotten in a drawer may still send."""

_Rows = list[tuple[str, str, date, int, str, bool]]
_Refused = list[tuple[int, str, ErrorCode, Sentence | str]]
"""Older rows have the text alone."""


class _InPart(msgspec.Struct):
    """How the answer to a batch is kept of which rows were left out; of others only the rows are."""

    recorded: _Rows
    refused: _Refused


@dataclass(frozen=True, slots=True)
class Answered:
    """What was said to the first request with a key, and the digest of that request."""

    digest: bytes
    outcome: Outcome

    def again(self, request: MarkRequest) -> Outcome:
        """The first answer. Raises BadRequest where the request is not the one that was answered."""
        self.require_same(request.digest)
        return self.outcome

    def require_same(self, digest: bytes) -> None:
        """Raise BadRequest where it is not the digest of the request that was answered."""
        if self.digest != digest:
            raise BadRequest(ServerText.KEY_USED_BEFORE)


def token(key: str) -> bytes:
    """A key as it is kept and compared: byte by byte. Raises BadRequest where it cannot be kept."""
    try:
        coded = key.encode()
    except UnicodeEncodeError as problem:
        raise BadRequest("The key is not text that can be written in UTF-8: choose another one.") from problem
    if not 0 < len(coded) <= KEY_BYTES:
        raise BadRequest(
            "A key has 1 to {most} bytes, this one has {bytes}: choose another one.", most=KEY_BYTES, bytes=len(coded)
        )
    return coded


def require_digest(digest: bytes) -> None:
    """Raise BadRequest for a digest that is too long to be kept."""
    if len(digest) > DIGEST_BYTES:
        raise BadRequest(f"The digest of a request has {DIGEST_BYTES} bytes at most, this one has {len(digest)}.")


def storable_token(key: str | None) -> bytes | None:
    """The key as it is kept, or None where there is none or it cannot be kept."""
    try:
        return None if key is None else token(key)
    except BadRequest:
        return None


def find(connection: Connection, tokens: Collection[bytes | None], *, now: datetime) -> dict[bytes, Answered]:
    """What was answered under these keys. Those kept for too long are forgotten on the way."""
    found: dict[bytes, Answered] = {}
    stale: list[bytes] = []
    table = idempotency_keys.c
    for piece in chunks([each for each in tokens if each is not None]):
        for row in connection.execute(select(idempotency_keys).where(table.token.in_(piece))):
            if row.recorded_at < now - KEPT:
                stale.append(row.token)
            else:
                found[row.token] = Answered(row.digest, _decode(row.answer))
    for piece in chunks(stale):
        connection.execute(delete(idempotency_keys).where(table.token.in_(piece)))
    return found


def keep(connection: Connection, answered: Iterable[tuple[bytes, Answered]], *, now: datetime) -> None:
    """Keep answers under new keys. A key that another server keeps at the same time raises IntegrityError."""
    rows = [
        {"token": key, "digest": each.digest, "answer": _encode(each.outcome), "recorded_at": now}
        for key, each in answered
    ]
    if rows:
        connection.execute(insert(idempotency_keys), rows)


def was_done(connection: Connection, once: Once) -> bool:
    """Whether this key was used before. Raises BadRequest where it was for other content."""
    before = find(connection, [token(once.key)], now=once.arrived).get(token(once.key))
    if before is not None:
        before.require_same(once.digest)
    return before is not None


def keep_done(connection: Connection, once: Once) -> None:
    """Keep that it was done; as `keep` does."""
    require_digest(once.digest)
    keep(connection, [(token(once.key), Answered(once.digest, Outcome(())))], now=once.arrived)


def forget_old(connection: Connection, *, now: datetime) -> None:
    """Remove every key that was kept for long enough."""
    connection.execute(delete(idempotency_keys).where(idempotency_keys.c.recorded_at < now - KEPT))


def _encode(outcome: Outcome) -> str:
    rows = [(r.student, r.course, r.day, r.hour, r.state.value, r.changed) for r in outcome.recorded]
    refused: _Refused = [(r.row, r.student, r.code, r.sentence) for r in outcome.refused]
    return msgspec.json.encode(_InPart(rows, refused) if refused else rows).decode()


def _decode(text: str) -> Outcome:
    kept = msgspec.json.decode(text, type=_Rows | _InPart)
    rows, refused = (kept.recorded, kept.refused) if isinstance(kept, _InPart) else (kept, [])
    recorded = tuple(
        Recorded(student, course, day, hour, State(state), changed)
        for student, course, day, hour, state, changed in rows
    )
    left_out = (RowProblem(row, student, code, _sentence(said)) for row, student, code, said in refused)
    return Outcome(recorded, tuple(left_out))


def _sentence(kept: Sentence | str) -> Sentence:
    return kept if isinstance(kept, Sentence) else Sentence(kept)
