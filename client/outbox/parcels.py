"""Kept entries in, the messages that carry them out; answers in, what became of each entry out. Knows no file.

Single marks that follow each other travel as one batch: the server writes a batch to its disk once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from msgspec.structs import replace

from client.api import new_key, require_same_students
from client.conversation import sentence_of
from client.error_texts import ClientText
from client.errors import BadReply, OutboxError
from client.outbox.box import Entry, Keyed, Refusal
from protocol.messages import (
    Confirm,
    Error,
    Mark,
    Marked,
    MarkItem,
    Marks,
    OpenSession,
    Problem,
    Reply,
    SessionShown,
    SetSession,
)
from protocol.sentences import Sentence, sentence

MOST_TOGETHER: Final = 500
MOST_BYTES: Final = 128 * 1024
"""Marks in one batch, and bytes of them: half of what a header may have, and their answer is no longer."""

MOST_TOLD: Final = 3
"""Wrong rows of a batch that are told one by one."""

_ANSWERS: Final[dict[type[Keyed], type[Reply]]] = {
    Mark: Marked,
    Marks: Marked,
    Confirm: Marked,
    OpenSession: SessionShown,
    SetSession: SessionShown,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one entry: the server's reply, or a refusal; both where a part of it was refused.

    message: None where the entry cannot be read.
    """

    number: int
    message: Keyed | None
    reply: Reply | None = None
    refusal: Refusal | None = None


@dataclass(slots=True)
class Parcel:
    """Entries that travel as one message, under `key`."""

    key: str
    sent_before: bool
    numbers: list[int] = field(default_factory=list)
    messages: list[Keyed] = field(default_factory=list)
    size: int = 0

    @property
    def message(self) -> Keyed:
        """What is sent: always the same for the same entries, as the key demands."""
        first = self.messages[0]
        if not isinstance(first, Mark) or first.key == self.key:
            return first
        items = tuple(_as_item(each) for each in self.messages if isinstance(each, Mark))
        return Marks(marks=items, key=self.key, session=first.session, source=first.source or "professor", partial=True)

    def takes(self, entry: Entry, message: Keyed) -> bool:
        """Whether this entry travels with the others."""
        if self.sent_before or entry.sent_key is not None:
            return entry.sent_key == self.key
        first = self.messages[0]
        if not isinstance(first, Mark) or not isinstance(message, Mark):
            return False
        alike = (first.session, first.source) == (message.session, message.source)
        return alike and len(self.messages) < MOST_TOGETHER and self.size + len(entry.body) <= MOST_BYTES

    def keys(self) -> Iterable[tuple[int, str]]:
        """Each entry's number, and the key under which it is sent."""
        return ((number, self.key) for number in self.numbers)

    def put(self, entry: Entry, message: Keyed) -> None:
        """Another entry, behind the others; a batch has a key of its own."""
        if len(self.messages) == 1 and not self.sent_before:
            self.key = new_key()
        self.numbers.append(entry.number)
        self.messages.append(message)
        self.size += len(entry.body)

    def outcomes(self, reply: Reply) -> list[Outcome]:
        """What the answer means for each entry. Raises BadReply where it is not an answer to this message."""
        if isinstance(reply, Error):
            return [self._refused(number, message, reply) for number, message in self._each()]
        sent = self.message
        if not isinstance(reply, _ANSWERS[type(sent)]):
            raise BadReply(ClientText.DOES_NOT_FIT)
        if not isinstance(reply, Marked):
            return [Outcome(self.numbers[0], sent, reply)]
        require_same_students(reply, _students(sent))
        return self._marked(reply, sent)

    def _each(self) -> Iterable[tuple[int, Keyed]]:
        return zip(self.numbers, self.messages, strict=True)

    def _refused(self, number: int, message: Keyed, error: Error | Problem) -> Outcome:
        return Outcome(number, message, None, Refusal(number, error.code, sentence_of(error)))

    def _marked(self, reply: Marked, sent: Keyed) -> list[Outcome]:
        if sent is self.messages[0]:
            return [Outcome(self.numbers[0], sent, reply, _rest(self.numbers[0], sent, reply.refused))]
        problems = {problem.row: problem for problem in reply.refused}
        marked = iter(reply.marks)
        return [
            self._refused(number, message, problems[row])
            if row in problems
            else Outcome(number, message, Marked(marks=(next(marked),)))
            for row, (number, message) in enumerate(self._each())
        ]


def pack(entries: Sequence[Entry]) -> tuple[list[Parcel], list[Outcome]]:
    """The parcels of these entries in their order, and the entries that hold nothing that can be sent."""
    parcels: list[Parcel] = []
    unsendable: list[Outcome] = []
    for entry in entries:
        try:
            message = entry.message()
        except OutboxError as error:
            unsendable.append(Outcome(entry.number, None, None, Refusal(entry.number, error.code, error.sentence)))
            continue
        if not (parcels and parcels[-1].takes(entry, message)):
            parcels.append(Parcel(entry.sent_key or message.key, entry.sent_key is not None))
        parcels[-1].put(entry, message)
    return parcels, unsendable


def _as_item(mark: Mark) -> MarkItem:
    return MarkItem(
        student=mark.student, course=mark.course, state=mark.state, hour=mark.hour, at=mark.at, by=mark.by, why=mark.why
    )


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
