"""What an answer of the server means for the kept message that it answers. Knows no file."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from client.api import new_key, require_same_students
from client.conversation import sentence_of
from client.error_texts import ClientText
from client.errors import BadReply
from client.outbox.box import Keyed, Refusal
from protocol.messages import REPLY_TO, Confirm, Error, Mark, Marked, Marks, Message, Problem
from protocol.sentences import Sentence, sentence

MOST_TOLD: Final = 3
"""Wrong rows of a batch that are told one by one."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one entry: the server's reply, or a refusal; both where a part of it was refused.

    message: None where the entry cannot be read.
    """

    number: int
    message: Keyed | None
    reply: Message | None = None
    refusal: Refusal | None = None


def outcome(number: int, message: Keyed, reply: Message) -> Outcome:
    """What the reply means for the entry. Raises BadReply where it is no answer to this message."""
    if isinstance(reply, Error):
        return Outcome(number, message, None, Refusal(number, reply.code, sentence_of(reply)))
    if not isinstance(reply, REPLY_TO[type(message)]):
        raise BadReply(ClientText.DOES_NOT_FIT)
    if not isinstance(reply, Marked):
        return Outcome(number, message, reply)
    require_same_students(reply, _students(message))
    return Outcome(number, message, reply, _rest(number, message, reply.refused))


def _students(message: Keyed) -> list[str]:
    match message:
        case Mark():
            return [message.student]
        case Marks():
            return [item.student for item in message.marks]
        case Confirm():
            return [item.student for item in message.items]
    return []


def _rest(number: int, sent: Keyed, problems: Sequence[Problem]) -> Refusal | None:
    """The refused rows of a partial batch as an entry of their own, to be sent again under a new key."""
    if not problems:
        return None
    rows = sorted(problem.row for problem in problems)
    left = sent
    if isinstance(sent, Marks):
        left = replace(sent, marks=tuple(sent.marks[row] for row in rows), key=new_key())
    elif isinstance(sent, Confirm):
        left = replace(sent, items=tuple(sent.items[row] for row in rows), key=new_key())
    return Refusal(number, problems[0].code, _told(problems), left)


def _told(problems: Sequence[Problem]) -> Sentence:
    """What is wrong with the first rows, and how many there are more."""
    said, *others = map(sentence_of, problems[:MOST_TOLD])
    for other in others:
        said = sentence(ClientText.ALSO, problem=said, other=other)
    more = len(problems) - MOST_TOLD
    if more < 1:
        return said
    return sentence(ClientText.AND_A_ROW if more == 1 else ClientText.AND_ROWS, problem=said, count=more)
