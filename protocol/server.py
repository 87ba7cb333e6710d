"""Messages that say who speaks and what the server is."""

from typing import Annotated, Final

from msgspec import Meta, Struct

from protocol.fields import Message, Moment, Name

Count = Annotated[int, Meta(ge=0)]


class Hello(Message, tag="hello", frozen=True, kw_only=True):
    """The first message of a connection, if it says who it is."""

    device: Name = ""
    token: Annotated[str, Meta(max_length=512)] | None = None
    version: Annotated[str, Meta(max_length=32)] = ""  # of the client
    waiting: Count | None = None  # decisions in its outbox that the server may not have; None: it does not say
    oldest_s: Count = 0  # whole seconds for which the oldest of them has waited


class Welcome(Message, tag="welcome", frozen=True, kw_only=True):
    version: str
    device: Name = ""  # as understood
    who: Name = ""  # the account or device that the token is of; "": nobody has to say who they are
    role: Name = ""  # what they are here, in words of the server
    expires: Moment | None = None  # when the token runs out; None: not by itself


class Info(Message, tag="info", frozen=True, kw_only=True):
    """Ask what the server is, and what its limits are."""


class Limits(Struct, frozen=True, kw_only=True):
    """What the server accepts; beyond it the answer is an error."""

    header_bytes: int
    payload_bytes: int
    image_pixels: int
    connections: int
    message_timeout_s: float
    idle_timeout_s: float


class ServerInfo(Message, tag="info", frozen=True, kw_only=True):
    version: str
    engine: str
    detector: str
    model_id: str
    min_face_px: int
    students: int  # with a template each
    now: Moment  # the server's clock
    timezone: str
    limits: Limits


# Each request of this family, and the reply that answers it.
MESSAGES: Final[dict[type[Message], type[Message]]] = {Hello: Welcome, Info: ServerInfo}
