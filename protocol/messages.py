"""Encode and decode messages, checked both ways: types, lengths, ranges, time zones."""

from dataclasses import dataclass
from types import ModuleType
from typing import Any, Final, Generic, TypeVar

import msgspec

from protocol import board, marks, pairing, pictures, reports, rooms, rosters, server, sessions
from protocol.board import *  # noqa: F403
from protocol.errors import MessageError
from protocol.fields import *  # noqa: F403
from protocol.fields import MAX_INTEGER, Message, faults
from protocol.framing import MAX_HEADER_BYTES, MAX_PAYLOAD_BYTES, MAX_REPLY_HEADER_BYTES, Frame, encode_frame
from protocol.header import parse_header, render_header, shorten, shorten_text
from protocol.marks import *  # noqa: F403
from protocol.pairing import *  # noqa: F403
from protocol.pictures import *  # noqa: F403
from protocol.pictures import Snapshot
from protocol.replies import *  # noqa: F403
from protocol.replies import Error
from protocol.reports import *  # noqa: F403
from protocol.rooms import *  # noqa: F403
from protocol.rooms import CheckRoom
from protocol.rosters import *  # noqa: F403
from protocol.server import *  # noqa: F403
from protocol.sessions import *  # noqa: F403

# Modules with the messages of one subject each; their `MESSAGES` say which reply answers which request.
FAMILIES: Final[tuple[ModuleType, ...]] = (server, marks, rosters, pictures, sessions, board, reports, rooms, pairing)

# Every request, and its reply where that is not an Error.
REPLY_TO: Final[dict[type[Message], type[Message]]] = {
    request: reply for family in FAMILIES for request, reply in family.MESSAGES.items()
}


def type_name(struct: type[Message]) -> str:
    return str(struct.__struct_config__.tag)


REQUESTS: Final[dict[str, type[Message]]] = {type_name(struct): struct for struct in REPLY_TO}
# `type` on the wire -> struct. A request and its reply may have the same type: the direction says which it is.
REPLIES: Final[dict[str, type[Message]]] = {
    type_name(struct): struct for family in (REPLY_TO.values(), [Error]) for struct in family
}

M_co = TypeVar("M_co", covariant=True, bound=Message)


@dataclass(frozen=True, slots=True)
class Received(Generic[M_co]):
    id: int  # in a reply the request's
    message: M_co
    payload: bytes = b""


def encode(message: Message, id: int, payload: bytes = b"", *, max_payload_bytes: int = MAX_PAYLOAD_BYTES) -> bytes:
    """A frame with this message. Raises MessageError where decoding would, and FrameError (`too_large`)."""
    fields: dict[str, Any] = msgspec.to_builtins(message)
    _read_id({"id": id})
    _checked(fields, type(message), payload, id)
    header = render_header({"type": fields.pop("type"), "id": id, **fields})
    most = MAX_HEADER_BYTES if type(message) in REPLY_TO else MAX_REPLY_HEADER_BYTES
    return encode_frame(header, payload, max_header_bytes=most, max_payload_bytes=max_payload_bytes)


def decode_request(frame: Frame) -> Received[Message]:
    """Raises MessageError with the message's number where that could be read. Unknown fields are ignored."""
    return _decode(frame, REQUESTS)


def decode_reply(frame: Frame) -> Received[Message]:
    """As decode_request."""
    return _decode(frame, REPLIES)


def _decode(frame: Frame, known: dict[str, type[Message]]) -> Received[Any]:
    fields = parse_header(frame.header)
    id = _read_id(fields)
    kind = fields.get("type")
    struct = known.get(kind) if isinstance(kind, str) else None
    if struct is None:
        raise MessageError(
            f"There is no message of type {{kind}}; known: {', '.join(known)}.", id=id, kind=shorten(kind)
        )
    return Received(id, _checked(fields, struct, frame.payload, id), frame.payload)


def _read_id(fields: dict[str, Any]) -> int:
    id = fields.get("id")
    if type(id) is not int or not 0 <= id <= MAX_INTEGER:
        got = shorten(id) if "id" in fields else "none"
        raise MessageError(
            f"Every message needs an `id`, a whole number from 0 to {MAX_INTEGER}; this has {{got}}.", got=got
        )
    return id


def _checked(fields: dict[str, Any], struct: type[Message], payload: bytes, id: int) -> Message:
    try:
        message = msgspec.convert(fields, struct)
    except msgspec.ValidationError as error:
        what, at, place = str(error).rpartition(" - at `")
        if not at:
            what, place = place, ""
        raise _wrong(struct, place.rstrip("`").removeprefix("$."), shorten_text(what), id) from error
    except UnicodeEncodeError as error:
        raise _wrong(struct, "", "a text holds half of a surrogate pair, which is no character", id) from error
    for place, what in faults(message):
        raise _wrong(struct, place, what, id)
    if struct is Snapshot and not payload:
        raise MessageError("The snapshot carries no image: its bytes are the frame's payload.", "bad_image", id)
    if struct not in (Snapshot, CheckRoom) and payload:
        raise MessageError(f"A '{type_name(struct)}' takes no payload, but {len(payload)} bytes came with it.", id=id)
    return message


def _wrong(struct: type[Message], place: str, what: str, id: int) -> MessageError:
    name = type_name(struct)
    if not place:
        return MessageError(f"In the message '{name}': {{what}}.", id=id, what=what)
    return MessageError(f"In the message '{name}', field {{place}}: {{what}}.", id=id, place=shorten(place), what=what)
