"""Read people's decisions: one mark, a batch, proposals that are confirmed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from protocol.fields import Message
from protocol.marks import Confirm, Mark, MarkItem, Marks
from server.dispatch.call import Call, digest_of
from server.domain.attendance import Source, State, decided_at
from server.domain.identifiers import normal
from server.services.class_day.decisions import Batch, Decision


def mark(message: Mark, call: Call) -> Batch:
    return _batch(message, (_decision(message, call),), Source(message.source or Source.PROFESSOR), call)


def marks(message: Marks, call: Call) -> Batch:
    decisions = tuple(_decision(item, call) for item in message.marks)
    return _batch(message, decisions, Source(message.source or Source.ROLL_CALL), call)


def confirm(message: Confirm, call: Call) -> Batch:
    at, by = _at(message.at, call), call.caller.decides_as(message.by)
    decisions = tuple(
        Decision(
            student=normal(item.student),
            course=None,
            state=State(item.state),
            hour=item.hour,
            at=at,
            by=by,
            origin=call.caller.origin,
        )
        for item in message.items
    )
    return _batch(message, decisions, Source.CAMERA, call)


DECISIONS: Final[dict[type[Message], Callable[[Any, Call], Batch]]] = {Mark: mark, Marks: marks, Confirm: confirm}


def _batch(message: Mark | Marks | Confirm, decisions: tuple[Decision, ...], source: Source, call: Call) -> Batch:
    return Batch(
        decisions=decisions,
        source=source,
        session=message.session,
        key=call.caller.key(message.key),
        digest=digest_of(message),
        partial=getattr(message, "partial", False),
    )


def _decision(item: Mark | MarkItem, call: Call) -> Decision:
    return Decision(
        student=normal(item.student),
        course=normal(item.course),
        state=State(item.state),
        hour=item.hour,
        at=_at(item.at, call),
        by=call.caller.decides_as(item.by),
        why=item.why,
        origin=call.caller.origin,
    )


def _at(claimed: datetime | None, call: Call) -> datetime:
    return decided_at(claimed, call.now, call.caller.connected_since)
