"""Read a frame's header as strict JSON, and write it."""

import json
import math
import re
from collections import Counter
from itertools import accumulate
from typing import Any, Final

import msgspec

from protocol.errors import MessageError
from protocol.fields import MAX_INTEGER

# Brackets inside brackets; our deepest message has five. Checked first: a JSON reader recurses, and a thread's stack
# is smaller than what 200 000 brackets need.
MAX_DEPTH: Final = 16

_MAX_ECHO: Final = 80
_MAX_DIGITS: Final = len(str(-MAX_INTEGER))
# Closed by the end of the text too: otherwise each quote of an unclosed string would be tried as a beginning again.
_STRING: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_BRACKET: Final = re.compile(r"[\[\]{}]")


def shorten_text(text: str) -> str:
    """At most 80 characters, all printable, for an error that shows something of what arrived."""
    short = text if len(text) <= _MAX_ECHO else text[: _MAX_ECHO - 1] + "…"
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in short)


def shorten(value: object) -> str:
    return shorten_text(repr(value[:_MAX_ECHO] if isinstance(value, str) else value))


def parse_header(header: bytes) -> dict[str, Any]:
    """Raises MessageError: not UTF-8, not a JSON object, a key twice, too deep, a number not finite or too large."""
    try:
        text = header.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MessageError(f"The header is not UTF-8: byte {error.start} begins no character.") from error
    _require_depth(text)
    try:
        value = _READER.decode(text)
    except json.JSONDecodeError as error:
        raise MessageError(f"The header is not JSON: {error.msg} at character {error.pos}.") from error
    if not isinstance(value, dict):
        raise MessageError('The header must be one JSON object, such as {"type": "info", "id": 1}.')
    return value


def render_header(value: dict[str, Any]) -> bytes:
    return msgspec.json.encode(value)


def _require_depth(text: str) -> None:
    brackets = _BRACKET.findall(_STRING.sub("", text))
    depth = max(accumulate(1 if bracket in "[{" else -1 for bracket in brackets), default=0)
    if depth > MAX_DEPTH:
        raise MessageError(f"The header's brackets are {depth} deep, but at most {MAX_DEPTH} are allowed.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise MessageError("The header has the key {key} twice in one object; send it once.", key=shorten(twice))
    return value


def _integer(digits: str) -> int:
    if len(digits) > _MAX_DIGITS or abs(int(digits)) > MAX_INTEGER:
        raise MessageError(
            f"The number {{number}} is too large: at most {MAX_INTEGER} either way.", number=shorten(digits)
        )
    return int(digits)


def _number(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise MessageError("The number {number} is too large to be kept.", number=shorten(digits))
    return value


def _constant(name: str) -> float:
    raise MessageError(f"{name} is no JSON number; leave the field out where there is no value.")


# Strict where JSON leaves it to the reader.
_READER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_number, parse_constant=_constant
)
