"""Read TOML that people write, in bounded time."""

import tomllib
from collections.abc import Callable
from typing import Any, Final

from texts.decoding import UnreadableText, decoded

# A page of settings, a course's plan, or a term's calendar of every course's days: a few hundred lines.
MAX_BYTES: Final = 1024 * 1024
# The parser looks at every beginning of a dotted key: one of 100 000 parts would take it hours.
_MOST_DOTS: Final = 1000


class BadToml(ValueError):
    """What is no TOML, as the end of a sentence: `is not TOML: …`."""


def read_toml(data: bytes, parse_float: Callable[[str], Any] = float) -> dict[str, Any]:
    """The file's top table. Raises BadToml."""
    if len(data) > MAX_BYTES:
        raise BadToml(f"has {len(data)} bytes; such a file has {MAX_BYTES} at most.")
    try:
        text = decoded(data)
        _require_short_keys(text)
        return tomllib.loads(text, parse_float=parse_float)
    except UnreadableText as error:
        raise BadToml(f"is not TOML: {error}. Save it as UTF-8.") from error
    except RecursionError as error:
        raise BadToml("is not TOML: its brackets are nested too deeply.") from error
    except ValueError as error:  # of a number with thousands of digits too
        raise BadToml(f"is not TOML: {error}.") from error


def _require_short_keys(text: str) -> None:
    for number, line in enumerate(text.splitlines(), 1):
        if line.count(".") > _MOST_DOTS:
            raise BadToml(f"is not TOML that is read: line {number} has more than {_MOST_DOTS} dots.")
