"""Find what an answer means for the kept message that it answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from client.api import new_key, require_same_students
from client.error_texts import ClientText
from client.errors import BadReply
from client.numbered_requests import sentence_of
from client.outbox.box import EntryRefusal, Keyed
from protocol.messages import REPLY_TO, Confirm, Error, Mark, Marked, Marks, Message, Problem
from protocol.sentences import Sentence, sentence

# Wrong rows of a batch that are told one by one.
MOST_TOLD: Final = 3


@dataclass(frozen=True, slots=True)
class EntryOutcome:
    """The server's reply, or a refusal; both where a part was refused. message: None where the entry cannot be read."""

    number: int
    message: Keyed | None
    reply: Message | None = None
    refusal: EntryRefusal | None = None


def outcome(number: int, message: Keyed, reply: Message) -> EntryOutcome:
    """Raises BadReply where the reply is none to this message."""
    if isinstance(reply, Error):
        return EntryOutcome(number, message, None, EntryRefusal(number, reply.code, sentence_of(reply)))
    if not isinstance(reply, REPLY_TO[type(message)]):
        raise BadReply(ClientText.DOES_NOT_FIT)
    if not isinstance(reply, Marked):
        return EntryOutcome(number, message, reply)
    require_same_students(reply, _students(message))
    return EntryOutcome(number, message, reply, _rest(number, message, reply.refused))


def _students(message: Keyed) -> list[str]:
    match message:
        case Mark():
            return [message.student]
        case Marks():
            return [item.student for item in message.marks]
        case Confirm():
            return [item.student for item in message.items]
    return []


def _rest(number: int, sent: Keyed, problems: Sequence[Problem]) -> EntryRefusal | None:
    """The refused rows of a partial batch, to be sent again under a new key."""
    if not problems:
        return None
    rows = sorted(problem.row for problem in problems)
    left = sent
    if isinstance(sent, Marks):
        left = replace(sent, marks=tuple(sent.marks[row] for row in rows), key=new_key())
    elif isinstance(sent, Confirm):
        left = replace(sent, items=tuple(sent.items[row] for row in rows), key=new_key())
    return EntryRefusal(number, problems[0].code, _told(problems), left)


def _told(problems: Sequence[Problem]) -> Sentence:
    said, *others = map(sentence_of, problems[:MOST_TOLD])
    for other in others:
        said = sentence(ClientText.ALSO, problem=said, other=other)
    more = len(problems) - MOST_TOLD
    if more < 1:
        return said
    return sentence(ClientText.AND_A_ROW if more == 1 else ClientText.AND_ROWS, problem=said, count=more)
