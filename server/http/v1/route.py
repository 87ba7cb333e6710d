"""What a route is, and how a request becomes the message or question that it asks."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import parse_qsl

import msgspec
from msgspec import Meta
from msgspec.structs import FieldInfo, fields

from protocol.errors import MessageError
from protocol.fields import Message, faults
from protocol.header import parse_header, shorten, shorten_text
from server.access import Action
from server.dispatch import Call, Dispatcher, Need
from server.errors import BadRequest
from server.http.credentials import Identify, nobody_is_asked
from server.http.events import Events
from server.http.problems import HttpProblem
from server.http.texts import HttpText
from server.services.enrolment.upload import PhotographUploads
from server.services.identity.accounts import Accounts
from server.services.privacy.documents import PrivacyFacts

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
MOST_PARAMETERS: Final = 20
_QUALITY: Final = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")
IMAGES: Final = ("image/jpeg", "image/png", "image/gif", "image/bmp", "image/webp", "application/octet-stream")
JSON: Final = "application/json"
Number = Annotated[int, Meta(ge=1, le=2**53 - 1)]  # of what the server counts, in a path


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """What routes reach beside a call's services."""

    dispatcher: Dispatcher
    uploads: PhotographUploads
    knowns: Path | None  # None: another machine keeps the photographs
    events: Events
    accounts: Accounts
    privacy: PrivacyFacts
    identify: Identify = nobody_is_asked
    image_bytes: int = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class File:
    """An answer that is a file to keep."""

    data: bytes
    media_type: str
    name: str = field(repr=False)
    encoding: str = "utf-8"  # of a text


@dataclass(frozen=True, slots=True)
class EventStream:
    """An answer that goes on until the reader leaves: that the session's board changed."""

    session: int


Answer = Callable[[Any, Call, Api], msgspec.Struct | File | EventStream]
Needs = Callable[[Any], Iterable[Need]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One method of one path.

    asks: what the request becomes; its fields are those of the path, then `key` of the header Idempotency-Key, `accept`
    of Accept (one of the kinds that it gives), and the others of the query, or of the JSON body where the method has
    one. gives: the answer in JSON. content: media types
    of a body that is a file; then the others are of the query. answer, needs: of what is no message of the wire.
    """

    method: Method
    path: str
    name: str
    summary: str
    asks: type[msgspec.Struct]
    gives: type[msgspec.Struct] | None = None
    files: tuple[str, ...] = ()
    content: tuple[str, ...] = ()
    most_bytes: int | None = None  # of such a body; None: of an image
    answer: Answer | None = None
    needs: Needs | None = None
    heavy: bool = False  # takes a processor for long
    revised: bool = False  # with an ETag, where it is JSON
    dated: bool = False  # holds when something was decided: takes Rollcall-Loaded
    by_itself: bool = False  # a page asks, and no person: no use of a signed-in session

    @property
    def path_fields(self) -> frozenset[str]:
        return frozenset(part[1:-1] for part in self.path.split("/") if part.startswith("{"))

    @property
    def other_fields(self) -> tuple[FieldInfo, ...]:
        """Those of the query or the body."""
        apart = self.path_fields | ({"key"} if self.keyed else set()) | ({"accept"} if self.chosen else set())
        return tuple(each for each in fields(self.asks) if each.name not in apart)

    @property
    def keyed(self) -> bool:
        return "key" in self.asks.__struct_fields__

    @property
    def chosen(self) -> bool:
        """Whether Accept chooses what it gives."""
        return "accept" in self.asks.__struct_fields__

    @property
    def has_json(self) -> bool:
        """Whether the other fields are in a JSON body."""
        return self.method in {"POST", "PUT", "PATCH"} and not self.content and bool(self.other_fields)


def asked(
    route: Route, path: Mapping[str, str], query: bytes, key: str | None, body: bytes, accept: str | None = None
) -> Any:
    """The struct that a request asks. Raises HttpProblem and BadRequest."""
    given: dict[str, Any] = dict(path)
    if route.chosen:
        given["accept"] = accepted(accept, (JSON, *route.files))
    names = {each.name for each in route.other_fields}
    parameters = _parameters(query)
    if route.has_json:
        found = _json(body)
        given = {**{name: value for name, value in found.items() if name in names}, **given}
        names = set()
    if unknown := sorted(set(parameters) - names):
        raise BadRequest(HttpText.NO_SUCH_PARAMETER, name=shorten_text(unknown[0]), known=", ".join(sorted(names)))
    if key is not None:
        given["key"] = key
    elif route.keyed:
        raise BadRequest(HttpText.KEY_NEEDED)
    return _converted(route.asks, {**parameters, **given})


def accepted(header: str | None, kinds: Sequence[str]) -> str:
    """The kind that Accept prefers (RFC 9110, 12.5.1); of equals, and without one, the first. Raises HttpProblem."""
    wanted = [_range(each) for each in (header or "*/*").split(",")]
    best = max(kinds, key=lambda kind: _quality(kind, wanted))
    if not _quality(best, wanted):
        raise HttpProblem(406, HttpText.NO_ACCEPTABLE.format(known=", ".join(kinds)))
    return best


def _range(text: str) -> tuple[str, float]:
    kind, *parameters = (part.strip().lower() for part in text.split(";"))
    quality = next((each[2:] for each in parameters if each.startswith("q=")), "1")
    return kind, float(quality) if _QUALITY.fullmatch(quality) else 0.0


def _quality(kind: str, wanted: Sequence[tuple[str, float]]) -> float:
    """The most particular range that holds it says."""
    for range_ in (kind, f"{kind.partition('/')[0]}/*", "*/*"):
        found = [quality for each, quality in wanted if each == range_]
        if found:
            return max(found)
    return 0.0


def _parameters(query: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS
        )
    except ValueError as error:
        raise BadRequest(HttpText.QUERY_UNREADABLE) from error
    if len(dict(pairs)) < len(pairs):
        raise BadRequest(HttpText.QUERY_UNREADABLE)
    return dict(pairs)


def _json(body: bytes) -> dict[str, Any]:
    try:
        return parse_header(body or b"{}")
    except MessageError as error:
        raise HttpProblem(400, error.text.replace("The header", "The body")) from error


def _converted(struct: type[msgspec.Struct], given: dict[str, Any]) -> msgspec.Struct:
    tag = struct.__struct_config__.tag
    try:
        made: msgspec.Struct = msgspec.convert({**given, **({"type": tag} if tag else {})}, struct, strict=False)
    except (msgspec.ValidationError, UnicodeEncodeError, OverflowError) as error:
        what, at, place = str(error).rpartition(" - at `")
        text = f"{place.rstrip('`').removeprefix('$.')}: {what}" if at else str(error)
        raise BadRequest(HttpText.FIELD_WRONG, what=shorten_text(text)) from error
    for place, what in faults(made):
        raise BadRequest(HttpText.FIELD_WRONG, what=f"{shorten(place)}: {what}")
    return made


def is_message(struct: type[msgspec.Struct]) -> bool:
    return issubclass(struct, Message)


def needs_of(action: Action) -> Needs:
    """In no course in particular, about no student in particular."""
    return lambda _asked: [Need(action=action)]
