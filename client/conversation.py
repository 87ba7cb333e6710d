"""Messages to one server, numbered, and the answers that belong to them. Knows no socket, and not what is asked.

The device's name (`hello`) goes in front of the first request of every connection, without a round trip of its own.
"""

from collections.abc import Sequence
from itertools import count
from typing import Final, TypeVar

from client.error_texts import ClientText
from client.errors import BadReply, Refused, Unreachable, UsageError
from client.transport import Transport
from protocol.errors import MessageError, ProtocolError
from protocol.framing import Frame
from protocol.messages import Error, Hello, Message, Problem, Received, Welcome, decode_reply, encode, type_name
from protocol.sentences import Sentence, sentence

HELLO_ID: Final = 1
"""The number of every opening `hello`; a connection's other messages count on from 2."""

NO_ID: Final = 0
"""The number of an error that answers no single message, such as `busy` for one connection too many."""

R = TypeVar("R", bound=Message)


class Conversation:
    """Questions and answers over one transport. Not to be shared by threads.

    Both ways of asking raise UsageError for what cannot be sent, Unreachable, or BadReply.
    """

    def __init__(self, transport: Transport, device: str) -> None:
        self._transport = transport
        self._hello = Hello(device=device)
        self._ids = count(HELLO_ID + 1)

    def hello(self) -> Welcome:
        """Who answers, and under which name it knows this device."""
        id = next(self._ids)
        return _require(self._exchange([_encode(self._hello, id)], [id], greet=False)[0], Welcome)

    def ask(self, message: Message, wanted: type[R], *, payload: bytes = b"", repeatable: bool = True) -> R:
        """The answer to one message. repeatable: it may arrive twice. Raises Refused with the server's error too."""
        id = next(self._ids)
        answers = self._exchange([_encode(message, id, payload)], [id], repeatable=repeatable)
        try:
            return _require(answers[0], wanted)
        except BadReply:
            self.end()
            raise

    def ask_all(self, messages: Sequence[Message]) -> list[Message]:
        """The answers to messages that are sent without waiting for each other's, each of them repeatable.

        An Error is an answer to its message. There are fewer answers than messages, at least one, where the connection
        ended between them. Raises Refused for an error that answers no single message, such as `busy`.
        """
        ids = [next(self._ids) for _ in messages]
        return self._exchange([_encode(message, id) for message, id in zip(messages, ids, strict=True)], ids)

    def end(self) -> None:
        """End the connection; the next question makes a new one."""
        self._transport.close()

    def _exchange(
        self, requests: Sequence[bytes], ids: Sequence[int], *, repeatable: bool = True, greet: bool = True
    ) -> list[Message]:
        opening = _encode(self._hello, HELLO_ID) if greet else b""
        frames = self._transport.exchange(requests, opening=opening, repeatable=repeatable)
        try:
            return _answers(frames, ids)
        except BadReply:
            self.end()
            raise


def _encode(message: Message, id: int, payload: bytes = b"") -> bytes:
    try:
        return encode(message, id, payload)
    except ProtocolError as error:
        raise UsageError(ClientText.CANNOT_BE_SENT, problem=error.sentence) from error


def _answers(frames: Sequence[Frame], ids: Sequence[int]) -> list[Message]:
    """The answers to the requests of these numbers, behind that to the opening if there is one."""
    replies = [_decode(frame) for frame in frames]
    if replies and replies[0].id == HELLO_ID:
        _require(replies.pop(0).message, Welcome)
    if not replies:
        raise Unreachable(ClientText.ENDED_BEFORE_ANSWER)
    if len(replies) > len(ids):
        raise BadReply(ClientText.MORE_THAN_ASKED)
    return [_belonging(reply, id) for reply, id in zip(replies, ids, strict=False)]


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
    """The server's error as ours."""
    return Refused(sentence_of(error), error.code, error.retry, error.problems)


def sentence_of(error: Error | Problem) -> Sentence:
    """What the server says; an older one has the text alone."""
    if not error.text:
        return sentence(ClientText.REFUSED, code=error.code)
    return Sentence(error.text, error.template, error.values)
