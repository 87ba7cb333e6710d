"""Read a table of a TOML file strictly: an unknown key, or a value of another type, is an error that names it."""

import difflib
import re
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, Final

from protocol.sentences import Value, sentence
from server.errors import BadRequest, TooLarge
from texts.toml_files import MAX_BYTES, BadToml, read_toml

SETS: Final = "{file} sets {key} = {value}; {what}"
LACKS: Final = "{file} lacks {key}; {what}"
UNKNOWN: Final = "{file} sets {key}, which is not known; {hint}"
NEAR: Final = "did you mean {near}?"
KNOWN: Final = "there are {known}."
NO_TOML: Final = "{file} {error} Look at line {line}."
_LINE: Final = re.compile(r"\bline (\d{1,9})\b", re.ASCII)


def read_section(data: bytes, name: str, known: Collection[str]) -> "Section":
    """The file's top table. name: for errors. Raises BadRequest, TooLarge."""
    if len(data) > MAX_BYTES:
        raise TooLarge(
            "{file} has {bytes} bytes; such a file has {most} at most.", file=name, bytes=len(data), most=MAX_BYTES
        )
    try:
        return Section(read_toml(data), name, known)
    except BadToml as error:
        raise _no_toml(name, str(error)) from error


def _no_toml(name: str, error: str) -> BadRequest:
    line = _LINE.search(error)
    if line is None:
        return BadRequest("{file} {error}", file=name, error=error)
    return BadRequest(NO_TOML, file=name, error=error, line=int(line[1]))


class Section:
    """A table at `path` of the file `where`; each method raises BadRequest for a value of another type."""

    def __init__(self, values: Mapping[str, Any], where: str, known: Collection[str], path: str = "") -> None:
        self._values = values
        self.where: Final = where
        self._path = path
        for key in values:
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1)
                hint = (
                    sentence(NEAR, near=self._full(near[0]))
                    if near
                    else sentence(KNOWN, known=", ".join(sorted(known)))
                )
                raise BadRequest(UNKNOWN, file=where, key=self._full(key), hint=hint)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._values)

    def get(self, key: str) -> Any:
        return self._values.get(key)

    def wrong(self, key: str, what: str, /, **values: Value) -> BadRequest:
        """The error that says what a key must be instead. what: with {names} of `values`."""
        said = sentence(what, **values)
        return BadRequest(SETS, file=self.where, key=self._full(key), value=_shown(self.get(key)), what=said)

    def lacks(self, key: str, what: str) -> BadRequest:
        """The error that says that a key is missing."""
        return BadRequest(LACKS, file=self.where, key=self._full(key), what=sentence(what))

    def text(self, key: str, *, most: int, needed: bool = False) -> str:
        """A line of at most so many characters; "" where the key is missing."""
        value = self._values.get(key, "")
        if not isinstance(value, str):
            raise self.wrong(key, "it must be text in quotes.")
        text = value.strip()
        if needed and not text:
            raise self.lacks(key, "add it.")
        if len(text) > most or not text.isprintable():
            raise self.wrong(key, "it must be one line of at most {most} characters.", most=most)
        return text

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self.wrong(key, 'it must be a list of texts, such as ["…", "…"].')
        return tuple(value)

    def day(self, key: str, default: date | None = None) -> date:
        value = self._values.get(key, default)
        if value is None:
            raise self.lacks(key, "add a date, such as 2026-03-02.")
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.wrong(key, "it must be a date without quotes, such as 2026-03-02.")
        return value

    def table(self, key: str, known: Collection[str]) -> "Section":
        """A table inside; an empty one where the key is missing."""
        value = self._values.get(key, {})
        if not isinstance(value, dict):
            raise self.wrong(key, "it must be a table, [{key}].", key=self._full(key))
        return Section(value, self.where, known, self._full(key))

    def inner(self, name: str, values: Mapping[str, Any], known: Collection[str]) -> "Section":
        """A table that stands in this one's list, under a name for errors."""
        return Section(values, self.where, known, self._full(name))

    def tables(self, key: str, known: Collection[str]) -> "list[Section]":
        """The tables of a list, [[key]]."""
        value = self._values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise self.wrong(key, "it must be written as [[{key}]], once for each.", key=self._full(key))
        return [
            Section(each, self.where, known, f"{self._full(key)}[{number}]") for number, each in enumerate(value, 1)
        ]

    def _full(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key


def _shown(value: Any) -> str:
    text = f"{value}" if isinstance(value, date) else repr(value)
    return text if len(text) <= 60 else text[:59] + "…"
