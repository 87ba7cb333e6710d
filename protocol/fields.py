"""Types of fields that messages share, and what else their values must be."""

import math
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from msgspec import Meta, Struct

StudentId = Annotated[str, Meta(min_length=1, max_length=32)]
CourseCode = Annotated[str, Meta(min_length=1, max_length=32)]
Key = Annotated[str, Meta(min_length=1, max_length=64)]
Name = Annotated[str, Meta(max_length=100)]
Why = Annotated[str, Meta(max_length=200)]
SessionId = Annotated[int, Meta(ge=1)]
Hour = Annotated[int, Meta(ge=1, le=24)]
Day = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")]
Moment = Annotated[datetime, Meta(tz=True)]
State = Literal["present", "late", "left_early", "absent", "excused", "excused_absence", "not_taken", "not_visible"]
Source = Literal["camera", "professor", "roll_call", "import", "legacy", "copied"]
PersonSource = Literal["professor", "roll_call"]
SessionState = Literal["draft", "submitted", "closed"]
BoardList = Literal["sure", "check", "not_seen"]
Verdict = Literal["sure", "check", "unknown"]
Likeness = Literal["very", "well", "somewhat", "hardly"]

_SURROGATE: Final = re.compile("[\ud800-\udfff]")

# Fields of printable characters only, without a space at either end: what looks the same is the same, and nothing can
# forge a line of a log.
PRINTABLE_FIELDS: Final = frozenset({"student", "course", "key", "by", "device", "token", "why", "secret"})

# A time outside is a broken clock, and near the years 1 and 9999 it cannot be told in UTC.
FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2100

# Largest whole number on the wire: the largest that every JSON reader keeps exactly (RFC 8259, section 6).
MAX_INTEGER: Final = 2**53 - 1


class Message(Struct, frozen=True, kw_only=True, tag_field="type", omit_defaults=True):
    """Base of all messages, which `type` on the wire tells apart."""


def faults(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """(place, what is wrong there) for every value inside a struct that its type alone does not rule out."""
    if isinstance(value, Struct):
        for name in value.__struct_fields__:
            item = getattr(value, name)
            if not (item is None or _is_sound(item, name)):
                yield from faults(item, f"{path}.{name}" if path else name)
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from faults(item, f"{path}[{index}]")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from faults(key, f"{path}[...]")
            yield from faults(item, f"{path}[...]")
    else:
        what = _fault(value, path.rpartition(".")[2])
        if what:
            yield path, what


def _is_sound(value: Any, field: str) -> bool:
    """Whether a plain value has certainly no fault: every message is looked through on either side."""
    kind = type(value)
    if kind is str:
        if field in PRINTABLE_FIELDS:
            return bool(value.isprintable() and value == value.strip())
        return bool(value.isascii())
    if kind is datetime:
        return bool(FIRST_YEAR <= value.year <= LAST_YEAR)
    return kind is bool or (kind is int and abs(value) <= MAX_INTEGER)


def _fault(value: Any, field: str) -> str:
    if isinstance(value, str):
        return _text_fault(value, field)
    if isinstance(value, datetime) and not FIRST_YEAR <= value.year <= LAST_YEAR:
        return f"the year is {value.year}, but only {FIRST_YEAR} to {LAST_YEAR} are accepted; check the clock"
    if isinstance(value, float) and not math.isfinite(value):
        return "it is no finite number"
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        return f"it is beyond {MAX_INTEGER} either way"
    return ""


def _text_fault(text: str, field: str) -> str:
    if _SURROGATE.search(text):
        return "it holds half of a surrogate pair, which is no character"
    if field not in PRINTABLE_FIELDS:
        return ""
    if not text.isprintable():
        return "it holds a control or invisible character; only printable ones are allowed"
    if text != text.strip():
        return "it begins or ends with a space; send it without"
    return ""
