"""Messages by which a person signs in on a classroom's window: it shows a code that they approve elsewhere."""

from typing import Annotated, Final

from msgspec import Meta

from protocol.fields import Message, Moment, Name

Secret = Annotated[str, Meta(min_length=1, max_length=64)]


class Pair(Message, tag="pair", frozen=True, kw_only=True):
    """Ask for a code to show. Of a device alone."""


class PairingCode(Message, tag="pairing", frozen=True, kw_only=True):
    code: Name  # to be shown, such as `WDJB-MJHT`
    secret: Secret  # to ask with, and to be shown to nobody
    expires: Moment
    ask_every_s: Annotated[int, Meta(ge=1, le=60)]
    page: Annotated[str, Meta(max_length=300)] = ""  # where a browser approves it; "": the server does not know


class CollectPairing(Message, tag="collect_pairing", frozen=True, kw_only=True):
    """Ask whether somebody has approved the code."""

    secret: Secret


class EndPairing(Message, tag="end_pairing", frozen=True, kw_only=True):
    """Sign out whoever this connection is."""


class Paired(Message, tag="paired", frozen=True, kw_only=True):
    """Who is signed in, and the token to say so by; none: nobody, or not yet."""

    token: Annotated[str, Meta(max_length=512)] | None = None
    who: Name = ""
    expires: Moment | None = None


# Each request of this family, and the reply that answers it.
MESSAGES: Final[dict[type[Message], type[Message]]] = {Pair: PairingCode, CollectPairing: Paired, EndPairing: Paired}
