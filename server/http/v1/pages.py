"""Cut long lists into pages that stay right while the list grows."""

import base64
import binascii
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from server.errors import BadRequest
from server.http.texts import HttpText

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """next: the cursor of the page behind; None where there is none."""

    items: tuple[T, ...]
    next: str | None


def page_of(
    items: Sequence[T], place: Callable[[T], tuple[Any, ...]], limit: int, cursor: str | None, filters: object
) -> Page[T]:
    """The items behind the cursor. place: what they are in order by, and no two have alike. Raises BadRequest.

    filters: what the list was asked with; a cursor of another question is refused. It holds a place and grants nothing:
    who may see the list is asked each time.
    """
    asked = hashlib.sha256(repr(filters).encode()).hexdigest()[:12]
    after = None if cursor is None else _read(cursor, asked)
    rest = [each for each in items if after is None or place(each) > after]
    more = len(rest) > limit
    return Page(tuple(rest[:limit]), _written(place(rest[limit - 1]), asked) if more else None)


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
