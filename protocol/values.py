"""Check what the type of a field does not: which strings, numbers and times may be on the wire."""

import math
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from msgspec import Struct

from protocol.fields import FIRST_YEAR, LAST_YEAR, MAX_INTEGER, PRINTABLE_FIELDS

_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def faults(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """(place, what is wrong there) for every value inside a struct that its type alone does not rule out."""
    if isinstance(value, Struct):
        for name in value.__struct_fields__:
            if (item := getattr(value, name)) is not None:
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
