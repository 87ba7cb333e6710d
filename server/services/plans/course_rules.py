"""Read and write a course's rules as a table of TOML or JSON, by the types of the rules' fields."""

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from fractions import Fraction
from typing import Any, Final, get_type_hints

from server.domain.attendance import State
from server.domain.rules import PRESETS, Rules
from server.errors import BadRequest
from server.services.plans.toml_section import Section

# Stands for None, which TOML cannot write: never absent for coming late, never failed by absence, never frozen.
NEVER: Final = "never"
RULE_NAMES: Final = frozenset(each.name for each in fields(Rules))
_PART: Final = re.compile(r"\d{1,4}/[1-9]\d{0,3}|\d{1,4}(\.\d{1,8})?", re.ASCII)


def read_rules(section: Section, preset: str) -> Rules:
    """The preset's rules, with those of the table instead of its own. Raises BadRequest that names the key."""
    kinds = get_type_hints(Rules)
    changes = {key: _READERS[kinds[key]](section, key) for key in section.names}
    try:
        return replace(PRESETS[preset], **changes)
    except ValueError as error:
        raise BadRequest("{file}: {why}", file=section.where, why=str(error)) from error


def rules_table(rules: Rules) -> dict[str, Any]:
    """The rules as `read_rules` takes them: every one, so that a preset that changes later changes no course."""
    return {each.name: _written(getattr(rules, each.name)) for each in fields(Rules)}


def _written(value: Any) -> Any:
    if value is None:
        return NEVER
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, frozenset):
        return sorted(each.value for each in value)
    return {str(key): each for key, each in value.items()} if isinstance(value, Mapping) else value


def _number(section: Section, key: str) -> int:
    value = section.get(key)
    if type(value) is not int:
        raise section.wrong(key, "it must be a whole number.")
    return value


def _flag(section: Section, key: str) -> bool:
    value = section.get(key)
    if not isinstance(value, bool):
        raise section.wrong(key, "it must be true or false.")
    return value


def _part(section: Section, key: str) -> Fraction:
    text = str(section.get(key))
    if not _PART.fullmatch(text):
        raise section.wrong(key, 'it must be a part, such as "1/3" or 0.25.')
    return Fraction(text)


def _or_never(read: Callable[[Section, str], Any]) -> Callable[[Section, str], Any]:
    def reader(section: Section, key: str) -> Any:
        return None if section.get(key) == NEVER else read(section, key)

    return reader


def _numbers(section: Section, key: str) -> dict[int, int]:
    value = section.get(key)
    if not isinstance(value, dict) or not all(type(each) is int for each in value.values()):
        raise section.wrong(key, "it must say absences by hours a week, such as { 2 = 11, 3 = 16 }.")
    if wrong := [each for each in value if not (each.isascii() and each.isdigit())]:
        raise section.wrong(key, "{wrong} must be a number of hours a week.", wrong=repr(wrong[0]))
    return {int(each): value[each] for each in value}


def _states(section: Section, key: str) -> frozenset[State]:
    try:
        return frozenset(State(each) for each in section.texts(key))
    except ValueError as error:
        raise section.wrong(key, "{error}; there are {known}.", error=str(error), known=", ".join(State)) from error


_READERS: Final[dict[Any, Callable[[Section, str], Any]]] = {
    int: _number,
    int | None: _or_never(_number),
    bool: _flag,
    Fraction: _part,
    Fraction | None: _or_never(_part),
    Mapping[int, int]: _numbers,
    frozenset[State]: _states,
}
