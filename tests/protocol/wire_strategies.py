"""Hypothesis strategies for every message, derived from the structs' own types and limits, and for damage to JSON."""

import json
import types
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from hypothesis import strategies as st

from protocol.fields import FIRST_YEAR, LAST_YEAR, MAX_INTEGER, PRINTABLE_FIELDS
from protocol.sentences import Sentence

SAFE_INTEGERS = st.integers(-MAX_INTEGER, MAX_INTEGER)
PRINTABLE = st.characters(exclude_categories=("C", "Z")) | st.just(" ")
ANY_CHARACTER = st.characters(exclude_categories=("Cs",))
MOMENTS = st.datetimes(
    datetime(FIRST_YEAR, 1, 1),  # noqa: DTZ001
    datetime(LAST_YEAR, 12, 31, 23, 59, 59, 999999),  # noqa: DTZ001
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))) | st.just(UTC),
)

ODD_TEXTS = st.sampled_from(["\ud800", "\x00", "\u202e", " ", "x" * 500, "a - at `$.b`", "2026-13-01T00:00:00Z"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | ODD_TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)

SENTENCES: st.SearchStrategy[Sentence] = st.deferred(
    lambda: st.builds(
        Sentence,
        text=st.text(ANY_CHARACTER, max_size=8),
        template=st.text(ANY_CHARACTER, max_size=8),
        values=st.dictionaries(st.text(ANY_CHARACTER, max_size=8), SAFE_INTEGERS | st.just(INNERMOST), max_size=2),
    )
)
INNERMOST = Sentence("It is so.")


def messages(struct: type[msgspec.Struct]) -> st.SearchStrategy[Any]:
    """Any well-formed value of a struct."""
    hints = get_type_hints(struct, include_extras=True)
    return st.builds(struct, **{name: _values(hints[name], name) for name in struct.__struct_fields__})


def _values(kind: Any, field: str, limits: msgspec.Meta | None = None) -> st.SearchStrategy[Any]:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _values(arguments[0], field, arguments[1])
    if origin in (Union, types.UnionType):
        return st.one_of([_values(argument, field) for argument in arguments])
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin is tuple and arguments[-1] is not ...:
        return st.tuples(*(_values(argument, "") for argument in arguments))
    if origin is tuple:
        return st.lists(_values(arguments[0], ""), min_size=_least(limits), max_size=3).map(tuple)
    if origin is dict:
        return st.dictionaries(_values(arguments[0], ""), _values(arguments[1], ""), max_size=3)
    return _scalars(kind, field, limits)


def _scalars(kind: Any, field: str, limits: msgspec.Meta | None) -> st.SearchStrategy[Any]:
    if kind is str:
        return _texts(field, limits)
    if kind is int:
        low = limits.ge if limits and limits.ge is not None else -MAX_INTEGER
        return st.integers(low, limits.le if limits and limits.le is not None else MAX_INTEGER)
    if kind is datetime:
        return MOMENTS
    plain = {float: st.floats(allow_nan=False, allow_infinity=False), bool: st.booleans(), type(None): st.none()}
    if kind is Sentence:
        return SENTENCES
    return plain[kind] if kind in plain else messages(kind)


def _texts(field: str, limits: msgspec.Meta | None) -> st.SearchStrategy[str]:
    if limits and limits.pattern:
        return st.from_regex(limits.pattern.replace(r"\Z", "$"), fullmatch=True).filter(lambda text: "\n" not in text)
    most = limits.max_length if limits and limits.max_length else 20
    if field in PRINTABLE_FIELDS:
        return st.text(PRINTABLE, min_size=_least(limits), max_size=most).filter(lambda text: text == text.strip())
    return st.text(ANY_CHARACTER, min_size=_least(limits), max_size=most)


def _least(limits: msgspec.Meta | None) -> int:
    return (limits.min_length or 0) if limits else 0


@st.composite
def damaged(draw: st.DrawFn, message: st.SearchStrategy[Any]) -> bytes:
    """A header whose JSON has the shape of a message, but for one to three changes somewhere inside."""
    value = {"id": draw(st.integers(0, 9)), **msgspec.to_builtins(draw(message))}
    for _ in range(draw(st.integers(1, 3))):
        value = draw(_changed(value))
    text = json.dumps(value, ensure_ascii=draw(st.booleans()), default=str)
    if draw(st.booleans()):
        text = text.replace("}", f",{draw(st.sampled_from(sorted(_KEYS)))}:{draw(st.sampled_from(ODD_JSON))}}}", 1)
    return text.encode("utf-8", "surrogatepass")


def each_place_replaced(value: Any, odd: str) -> Iterator[str]:
    """The JSON of `value` over and over, each time with another one of its values replaced by the JSON text `odd`."""
    yield odd
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for at, inner in pairs:
        for replaced in each_place_replaced(inner, odd):
            copy = value.copy()
            copy[at] = "@hole@"
            yield json.dumps(copy).replace('"@hole@"', replaced)


_KEYS = ('"type"', '"id"', '"student"', '"course"', '"at"', '"unheard-of"', '""')
ODD_JSON = (
    "null",
    "true",
    "1",
    "0.5",
    "-0",
    "1e999",
    "1E400",
    "NaN",
    "9" * 30,
    "[]",
    "{}",
    "[" * 17 + "]" * 17,
    '"\\ud800"',
    '"\\u0000"',
    '"' + "x" * 500 + '"',
    '"a - at `$.b`"',
    '"0001-01-01T00:00:00+14:00"',
    '"2026-13-01T00:00:00Z"',
)


@st.composite
def _changed(draw: st.DrawFn, value: Any) -> Any:
    inside = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    if not inside or draw(st.integers(0, 9)) == 0:
        return draw(ODD_TEXTS if isinstance(value, str) else JSON)
    at = draw(st.sampled_from(inside))
    copy = value.copy()
    match draw(st.sampled_from(("replace", "replace", "remove", "deeper"))):
        case "replace":
            copy[at] = draw(_changed(value[at]))
        case "remove":
            del copy[at]
        case _:
            copy[at] = [copy[at]]
    return copy
