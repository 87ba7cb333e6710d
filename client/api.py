"""One call, one typed answer or one typed error. Knows messages and their numbers; knows no socket and no screen.

The device's name (`hello`) goes in front of the first request of every connection, without a round trip of its own.
"""

import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Final, TypeVar

from client.counted import counted
from client.errors import BadReply, Refused, Unreachable, UsageError
from client.transport import Transport
from protocol.errors import MessageError, ProtocolError
from protocol.framing import Frame
from protocol.messages import (
    Error,
    Faces,
    Hello,
    Info,
    Mark,
    Marked,
    MarkedItem,
    MarkItem,
    Marks,
    Message,
    Received,
    Reply,
    Roster,
    RosterList,
    ServerInfo,
    Snapshot,
    State,
    Welcome,
    decode_reply,
    encode,
)

HELLO_ID: Final = 1
"""The number of every opening `hello`; a connection's other messages count on from 2."""

NO_ID: Final = 0
"""The number of an error that answers no single message, such as `busy` for one connection too many."""

R = TypeVar("R", bound=Message)


def new_key() -> str:
    """A key for one mark or one batch: sent again with the same content it gives the first answer."""
    return uuid.uuid4().hex


def now_utc() -> datetime:
    """The time, zone-aware."""
    return datetime.now(UTC)


class Api:
    """What a client can ask. Not to be shared by threads.

    Every method raises UsageError for what cannot be sent, Unreachable, Refused with the server's code, or BadReply.
    """

    def __init__(self, transport: Transport, device: str, clock: Callable[[], datetime] = now_utc) -> None:
        self._transport = transport
        self._hello = Hello(device=device)
        self._clock = clock
        self._ids = count(HELLO_ID + 1)

    def hello(self) -> Welcome:
        """Who answers, and under which name it knows this device."""
        return self._ask(self._hello, Welcome, greet=False)

    def info(self) -> ServerInfo:
        """What the server runs and what its limits are."""
        return self._ask(Info(), ServerInfo)

    def mark(
        self, student: str, course: str, *, state: State = "present", hour: int | None = None, key: str | None = None
    ) -> MarkedItem:
        """Record one student's state, decided now. hour: None is the one on now. key: None makes a new one."""
        message = Mark(
            student=student, course=course, state=state, hour=hour, at=self._clock(), key=key or new_key()
        )
        return self._recorded(message, [student])[0]

    def marks(self, items: Sequence[MarkItem], *, key: str | None = None) -> tuple[MarkedItem, ...]:
        """Record a batch whole or not at all; the answer is in the batch's order."""
        message = Marks(marks=tuple(items), key=key or new_key())
        return self._recorded(message, [item.student for item in items])

    def roster(self, course: str) -> RosterList:
        """Who is on the course's list, and what is recorded today."""
        return self._ask(Roster(course=course), RosterList)

    def snapshot(
        self, image: bytes, *, course: str | None = None, taken_at: datetime | None = None, record: bool = False
    ) -> Faces:
        """The faces of an image file's bytes, largest first. taken_at: None is now. record: keep them as sightings."""
        message = Snapshot(course=course, taken_at=taken_at or self._clock(), record=record)
        # Sightings have no key: the same picture sent twice would count twice.
        return self._ask(message, Faces, payload=image, repeatable=not record)

    def _recorded(self, message: Message, students: list[str]) -> tuple[MarkedItem, ...]:
        marked = self._ask(message, Marked).marks
        if [item.student for item in marked] != students:
            raise BadReply(
                f"The server answered {counted(len(students), 'mark')} with {len(marked)} of others; "
                "look at the roster for what is recorded."
            )
        return marked

    def _ask(
        self, message: Message, wanted: type[R], *, payload: bytes = b"", repeatable: bool = True, greet: bool = True
    ) -> R:
        id = next(self._ids)
        request = _encode(message, id, payload)
        opening = _encode(self._hello, HELLO_ID) if greet else b""
        frames = self._transport.exchange([request], opening=opening, repeatable=repeatable)
        try:
            return _answer(frames, id, wanted)
        except BadReply:
            self._transport.close()
            raise


def _encode(message: Message, id: int, payload: bytes = b"") -> bytes:
    try:
        return encode(message, id, payload)
    except ProtocolError as error:
        raise UsageError(f"This cannot be sent. {error.text}") from error


def _answer(frames: Sequence[Frame], id: int, wanted: type[R]) -> R:
    """The answer to request `id` among the frames of one exchange, behind that to the opening if there is one."""
    replies = [_decode(frame) for frame in frames]
    if replies and replies[0].id == HELLO_ID:
        _expect(replies.pop(0), HELLO_ID, Welcome)
    if not replies:
        raise Unreachable("The server ended the connection before it answered; its log says why. Try again.")
    answer = _expect(replies[0], id, wanted)
    if len(replies) > 1:
        raise BadReply("The server answered more than it was asked, or in another order; try again.")
    return answer


def _decode(frame: Frame) -> Received[Reply]:
    try:
        return decode_reply(frame)
    except MessageError as error:
        raise BadReply(
            f"The server's answer cannot be understood. {error.text} Check that both are of the same version."
        ) from error


def _expect(reply: Received[Reply], id: int, wanted: type[R]) -> R:
    message = reply.message
    if isinstance(message, Error) and reply.id in (id, NO_ID):
        raise Refused(message.text or f"The server refused this ({message.code}).", message.code, message.retry)
    if reply.id != id:
        raise BadReply(f"The server answered message {reply.id} where {id} was asked; try again.")
    if not isinstance(message, wanted):
        tag, got = (kind.__struct_config__.tag for kind in (wanted, type(message)))
        raise BadReply(f"The server answered '{got}' where '{tag}' was asked; check that both are of the same version.")
    return message
