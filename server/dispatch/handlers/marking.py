"""Decisions of people: one mark, a batch, proposals that are confirmed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from msgspec.structs import asdict

from protocol import messages
from protocol.error_texts import ServerText
from protocol.errors import ProtocolError
from protocol.sentences import Sentence, sentence
from server.dispatch.call import Call, digest_of
from server.domain.attendance import Mark, Recorded, Source, State, decided_at
from server.domain.identifiers import normal
from server.errors import RowProblem, TooLarge
from server.services.class_day.decisions import Batch, Decision

LARGEST_ID: Final = 2**53 - 1
"""The longest number that a message can have."""
SPARE: Final = "x" * 60
"""Bytes by which the sentence that refuses a row may be longer than that on a student who is not enrolled."""


def mark(message: messages.Mark, call: Call) -> messages.Message:
    decisions = (_decision(message, call),)
    return _record(_batch(message, decisions, Source(message.source or Source.PROFESSOR)), call)


def marks(message: messages.Marks, call: Call) -> messages.Message:
    decisions = tuple(_decision(item, call) for item in message.marks)
    return _record(_batch(message, decisions, Source(message.source or Source.ROLL_CALL)), call)


def confirm(message: messages.Confirm, call: Call) -> messages.Message:
    course = call.services.sessions.course_of(message.session)
    at, by = _at(message.at, call), message.by or call.who
    decisions = tuple(
        Decision(student=normal(item.student), course=course, state=State(item.state), hour=item.hour, at=at, by=by)
        for item in message.items
    )
    return _record(_batch(message, decisions, Source.CAMERA), call)


def refused(problems: Iterable[RowProblem]) -> tuple[messages.Problem, ...]:
    """Wrong rows, as the wire has them."""
    return tuple(
        messages.Problem(row=each.row, student=each.student, code=each.code, **asdict(each.sentence))
        for each in problems
    )


def _batch(
    message: messages.Mark | messages.Marks | messages.Confirm, decisions: tuple[Decision, ...], source: Source
) -> Batch:
    return Batch(
        decisions=decisions,
        source=source,
        session=message.session,
        key=message.key,
        digest=digest_of(message),
        partial=getattr(message, "partial", False),
    )


def _decision(item: messages.Mark | messages.MarkItem, call: Call) -> Decision:
    return Decision(
        student=normal(item.student),
        course=normal(item.course),
        state=State(item.state),
        hour=item.hour,
        at=_at(item.at, call),
        by=item.by or call.who,
        why=item.why,
    )


def _at(claimed: datetime | None, call: Call) -> datetime:
    return decided_at(claimed, call.now, call.peer.connected_since)


def _record(batch: Batch, call: Call) -> messages.Marked:
    request = call.services.decisions.prepare(batch)
    _require_room(request.marks, request.partial)
    outcome = call.services.decisions.record(request, now=call.now)
    return messages.Marked(marks=_items(outcome.recorded), refused=refused(outcome.refused))


def _require_room(found: tuple[Mark, ...], partial: bool) -> None:
    """Refuse what could be recorded but not answered; every answer is at most as long as this one."""
    longest = max(State, key=lambda state: len(state.value))
    answer = messages.Marked(
        marks=_items(Recorded(each.student, each.course, each.day, each.hour, longest, False) for each in found)
    )
    if partial:
        rows = (
            RowProblem(row, each.student, "unknown_student", _longest_refusal(each)) for row, each in enumerate(found)
        )
        answer = messages.Marked(marks=(), refused=refused(rows))
    try:
        messages.encode(answer, LARGEST_ID)
    except ProtocolError as error:
        raise TooLarge(ServerText.MARKS_TOO_LONG, count=len(found)) from error


def _longest_refusal(mark: Mark) -> Sentence:
    return sentence(ServerText.NOT_ENROLLED, student=mark.student, course=mark.course, day=mark.day, spare=SPARE)


def _items(recorded: Iterable[Recorded]) -> tuple[messages.MarkedItem, ...]:
    return tuple(
        messages.MarkedItem(
            student=each.student,
            course=each.course,
            date=each.day.isoformat(),
            hour=each.hour,
            state=each.state.value,
            changed=each.changed,
        )
        for each in recorded
    )
