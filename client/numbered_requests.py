"""Number messages to a server, and find the answers that belong to them."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Final, TypeVar

import msgspec

from client.error_texts import ClientText
from client.errors import BadReply, Refused, Unreachable, UsageError
from client.transport import Transport
from protocol.errors import MessageError, ProtocolError
from protocol.framing import Frame
from protocol.messages import (
    Confirm,
    Error,
    Hello,
    Mark,
    Marks,
    Message,
    Problem,
    Received,
    SetSession,
    Snapshot,
    Welcome,
    decode_reply,
    encode,
    type_name,
)
from protocol.sentences import Sentence, sentence
from settings.version import VERSION

# The number of every opening `hello`; a connection's other messages count on from 2.
HELLO_ID: Final = 1

# The number of an error that answers no single message, such as `busy` for one connection too many.
NO_ID: Final = 0

# Older than this was held back: well under the five minutes for which a server takes a connected client's word.
HELD_BACK: Final = timedelta(minutes=1)

R = TypeVar("R", bound=Message)


class NumberedRequests:
    """Not to be shared by threads. Asking raises UsageError for what cannot be sent, Unreachable, or BadReply.

    What was decided, or taken by a camera, a while ago goes over a connection that is younger than that, and so keeps
    its time, whoever sends it: the server holds the times of a client that was connected near their arrival.
    """

    def __init__(
        self, transport: Transport, device: str, clock: Callable[[], datetime], token: str | None = None
    ) -> None:
        self._transport = transport
        self._clock = clock
        self._since: datetime | None = None  # the connection is no older, if there is one
        self._hello = Hello(device=device, token=token, version=VERSION)
        self._unsent: Callable[[], tuple[int, int]] | None = None
        self.server_version = ""
        """As its last `welcome` said; "": none has come."""
        self._own_token = token
        self._ids = count(HELLO_ID + 1)

    def hello(self) -> Welcome:
        id = next(self._ids)
        return _require(self._exchange([self._greeting(id)], [id], greet=False)[0], Welcome)

    def tell_unsent(self, unsent: Callable[[], tuple[int, int]]) -> None:
        """Every connection from now on begins by saying how much waits here, and for how many seconds."""
        self._unsent = unsent

    def sign(self, token: str | None) -> None:
        """Speak with this token from the next message on; None: the one that was there at first."""
        token = token or self._own_token
        if token != self._hello.token:
            self._hello = Hello(device=self._hello.device, token=token, version=VERSION)
            self.end()

    def ask(self, message: Message, wanted: type[R], *, payload: bytes = b"", repeatable: bool = True) -> R:
        """repeatable: the message may arrive twice. Raises Refused too."""
        id = next(self._ids)
        self._require_young_connection([message])
        answers = self._exchange([_encode(message, id, payload)], [id], repeatable=repeatable)
        self._hang_up_before_later([message], answers)
        try:
            return _require(answers[0], wanted)
        except BadReply:
            self.end()
            raise

    def ask_all(self, messages: Sequence[Message]) -> list[Message]:
        """Without waiting for each other's answers; every message may arrive twice. An Error is an answer.

        Fewer answers than messages, at least one, where the connection ended between them. Raises Refused for an error
        that answers no single message.
        """
        ids = [next(self._ids) for _ in messages]
        self._require_young_connection(messages)
        answers = self._exchange([_encode(message, id) for message, id in zip(messages, ids, strict=True)], ids)
        self._hang_up_before_later(messages, answers)
        return answers

    def end(self) -> None:
        self._transport.close()
        self._since = None

    def _require_young_connection(self, messages: Sequence[Message]) -> None:
        now = self._clock()
        long_ago = now - HELD_BACK
        if self._since is None or self._since > now:
            self._since = now
        elif self._since < long_ago and any(each < long_ago for message in messages for each in _moments(message)):
            self.end()
            self._since = now

    def _hang_up_before_later(self, messages: Sequence[Message], answers: Sequence[Message]) -> None:
        if any(map(_holds_back, messages, answers)):
            self.end()

    def _exchange(
        self, requests: Sequence[bytes], ids: Sequence[int], *, repeatable: bool = True, greet: bool = True
    ) -> list[Message]:
        opening = self._greeting(HELLO_ID) if greet else b""
        frames = self._transport.exchange(requests, opening=opening, repeatable=repeatable)
        try:
            return self._answers(frames, ids)
        except BadReply:
            self.end()
            raise

    def _greeting(self, id: int) -> bytes:
        if self._unsent is None:
            return _encode(self._hello, id)
        waiting, oldest_s = self._unsent()
        return _encode(msgspec.structs.replace(self._hello, waiting=waiting, oldest_s=oldest_s), id)

    def _answers(self, frames: Sequence[Frame], ids: Sequence[int]) -> list[Message]:
        """The answer to the opening, if there is one, is left out."""
        replies = [_decode(frame) for frame in frames]
        for reply in replies:
            if isinstance(reply.message, Welcome):
                self.server_version = reply.message.version
        if replies and replies[0].id == HELLO_ID:
            _require(replies.pop(0).message, Welcome)
        if not replies:
            raise Unreachable(ClientText.ENDED_BEFORE_ANSWER)
        if len(replies) > len(ids):
            raise BadReply(ClientText.MORE_THAN_ASKED)
        return [_belonging(reply, id) for reply, id in zip(replies, ids, strict=False)]


def _holds_back(message: Message, answer: Message) -> bool:
    """Whether it is to be sent again later, and says when it was decided."""
    return isinstance(answer, Error) and not refusal(answer).is_final and any(_moments(message))


def _moments(message: Message) -> Iterator[datetime]:
    """When what is sent was decided or taken."""
    match message:
        case Snapshot(taken_at=moment) | Mark(at=moment) | Confirm(at=moment) | SetSession(at=moment):
            found: Sequence[datetime | None] = (moment,)
        case Marks(marks=items):
            found = [item.at for item in items]
        case _:
            found = ()
    yield from filter(None, found)


def _encode(message: Message, id: int, payload: bytes = b"") -> bytes:
    try:
        return encode(message, id, payload)
    except ProtocolError as error:
        raise UsageError(ClientText.CANNOT_BE_SENT, problem=error.sentence) from error


def _decode(frame: Frame) -> Received[Message]:
    try:
        return decode_reply(frame)
    except MessageError as error:
        raise BadReply(ClientText.NOT_UNDERSTOOD, problem=error.sentence) from error


def _belonging(reply: Received[Message], id: int) -> Message:
    if reply.id == NO_ID and isinstance(reply.message, Error):
        raise refusal(reply.message)
    if reply.id != id:
        raise BadReply(ClientText.OTHER_MESSAGE, number=reply.id, asked=id)
    return reply.message


def _require(message: Message, wanted: type[R]) -> R:
    if isinstance(message, Error):
        raise refusal(message)
    if not isinstance(message, wanted):
        raise BadReply(ClientText.OTHER_TYPE, got=type_name(type(message)), asked=type_name(wanted))
    return message


def refusal(error: Error) -> Refused:
    return Refused(sentence_of(error), error.code, error.retry, error.problems)


def sentence_of(error: Error | Problem) -> Sentence:
    """An older server has the text alone."""
    if not error.text:
        return sentence(ClientText.REFUSED, code=error.code)
    return Sentence(error.text, error.template, error.values)
