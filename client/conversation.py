"""Messages to one server, numbered, and the answers that belong to them. Knows no socket, and not what is asked.

The device's name (`hello`) goes in front of the first request of every connection, without a round trip of its own.
"""

from collections.abc import Sequence
from itertools import count
from typing import Final, TypeVar

from client.errors import BadReply, Refused, Unreachable, UsageError
from client.transport import Transport
from protocol.errors import MessageError, ProtocolError
from protocol.framing import Frame
from protocol.messages import Error, Hello, Message, Received, Welcome, decode_reply, encode

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
        raise UsageError(f"This cannot be sent. {error.text}") from error


def _answers(frames: Sequence[Frame], ids: Sequence[int]) -> list[Message]:
    """The answers to the requests of these numbers, behind that to the opening if there is one."""
    replies = [_decode(frame) for frame in frames]
    if replies and replies[0].id == HELLO_ID:
        _require(replies.pop(0).message, Welcome)
    if not replies:
        raise Unreachable("The server ended the connection before it answered; its log says why. Try again.")
    if len(replies) > len(ids):
        raise BadReply("The server answered more than it was asked, or in another order; try again.")
    return [_belonging(reply, id) for reply, id in zip(replies, ids, strict=False)]


def _decode(frame: Frame) -> Received[Message]:
    try:
        return decode_reply(frame)
    except MessageError as error:
        raise BadReply(
            f"The server's answer cannot be understood. {error.text} Check that both are of the same version."
        ) from error


def _belonging(reply: Received[Message], id: int) -> Message:
    if reply.id == NO_ID and isinstance(reply.message, Error):
        raise refusal(reply.message)
    if reply.id != id:
        raise BadReply(f"The server answered message {reply.id} where {id} was asked; try again.")
    return reply.message


def _require(message: Message, wanted: type[R]) -> R:
    if isinstance(message, Error):
        raise refusal(message)
    if not isinstance(message, wanted):
        tag, got = (kind.__struct_config__.tag for kind in (wanted, type(message)))
        raise BadReply(f"The server answered '{got}' where '{tag}' was asked; check that both are of the same version.")
    return message


def refusal(error: Error) -> Refused:
    """The server's error as ours."""
    text = error.text or f"The server refused this ({error.code})."
    return Refused(text, error.code, error.retry, error.problems)
