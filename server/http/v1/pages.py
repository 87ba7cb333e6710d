"""Cut long lists into pages that stay right while the list grows."""

import base64
import binascii
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from msgspec import Meta, Struct

from server.errors import BadRequest
from server.http.texts import HttpText

T = TypeVar("T")
Limit = Annotated[int, Meta(ge=1, le=200)]
Cursor = Annotated[str, Meta(max_length=200)]


class Listed(Struct, frozen=True, kw_only=True):
    """What every question for a list has. cursor: `next` of the page before."""

    limit: Limit = 50
    cursor: Cursor | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """next: the cursor of the page behind; None where there is none."""

    items: tuple[T, ...]
    next: str | None


def page_of(
    items: Sequence[T], place: Callable[[T], tuple[Any, ...]], limit: int, cursor: str | None, filters: object
) -> Page[T]:
    """The items behind the cursor, in order of their places, of which no two are alike. Raises BadRequest.

    place: a text, and whole numbers behind it. filters: what the list was asked with; a cursor of another question is
    refused. It holds a place and grants nothing: who may see the list is asked each time.
    """
    after = place_behind(cursor, filters)
    rest = sorted((each for each in items if after is None or place(each) > after), key=place)
    return page_begun(rest, place, limit, filters)


def page_begun(rest: Sequence[T], place: Callable[[T], tuple[Any, ...]], limit: int, filters: object) -> Page[T]:
    """The same where whoever looked the items up began behind the cursor, and stopped one behind the limit."""
    return Page(tuple(rest[:limit]), _written(place(rest[limit - 1]), _digest(filters)) if len(rest) > limit else None)


def place_behind(cursor: str | None, filters: object) -> tuple[Any, ...] | None:
    """The place of the last item of the page before; None: there was none. Raises BadRequest."""
    return None if cursor is None else _read(cursor, _digest(filters))


def _digest(filters: object) -> str:
    return hashlib.sha256(repr(filters).encode()).hexdigest()[:12]


def _written(place: tuple[Any, ...], asked: str) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode([asked, *place])).decode().rstrip("=")


def _read(cursor: str, asked: str) -> tuple[Any, ...]:
    try:
        found, *place = msgspec.json.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=list)
        if found != asked or not place or not all(isinstance(each, str | int) for each in place):
            raise ValueError
        return _comparable(tuple(place))
    except (ValueError, binascii.Error, msgspec.MsgspecError) as error:
        raise BadRequest(HttpText.CURSOR) from error


def _comparable(place: tuple[Any, ...]) -> tuple[Any, ...]:
    # A cursor that somebody made up must not compare a text with a number.
    if not isinstance(place[0], str) or not all(isinstance(each, int) for each in place[1:]):
        raise ValueError
    return place
