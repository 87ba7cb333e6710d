"""Read a table of a TOML file strictly: an unknown key, or a value of another type, is an error that names it."""

import difflib
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, Final

from server.errors import BadRequest, TooLarge
from texts.toml_files import MAX_BYTES, BadToml, read_toml


def read_section(data: bytes, name: str, known: Collection[str]) -> "Section":
    """The file's top table. name: for errors. Raises BadRequest, TooLarge."""
    if len(data) > MAX_BYTES:
        raise TooLarge(f"{name} has {len(data)} bytes; such a file has {MAX_BYTES} at most.")
    try:
        return Section(read_toml(data), name, known)
    except BadToml as error:
        raise BadRequest(f"{name} {error}") from error


class Section:
    """A table at `path` of the file `where`; each method raises BadRequest for a value of another type."""

    def __init__(self, values: Mapping[str, Any], where: str, known: Collection[str], path: str = "") -> None:
        self._values = values
        self.where: Final = where
        self._path = path
        for key in values:
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1)
                hint = f"did you mean {self._full(near[0])}?" if near else f"there are {', '.join(sorted(known))}."
                raise BadRequest(f"{where} sets {self._full(key)}, which is not known; {hint}")

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._values)

    def get(self, key: str) -> Any:
        return self._values.get(key)

    def wrong(self, key: str, what: str) -> BadRequest:
        """The error that says what a key must be instead."""
        return BadRequest(f"{self.where} sets {self._full(key)} = {_shown(self.get(key))}; {what}")

    def text(self, key: str, *, most: int, needed: bool = False) -> str:
        """A line of at most so many characters; "" where the key is missing."""
        value = self._values.get(key, "")
        if not isinstance(value, str):
            raise self.wrong(key, "it must be text in quotes.")
        text = value.strip()
        if needed and not text:
            raise BadRequest(f"{self.where} lacks {self._full(key)}; add it.")
        if len(text) > most or not text.isprintable():
            raise self.wrong(key, f"it must be one line of at most {most} characters.")
        return text

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self.wrong(key, 'it must be a list of texts, such as ["…", "…"].')
        return tuple(value)

    def day(self, key: str, default: date | None = None) -> date:
        value = self._values.get(key, default)
        if value is None:
            raise BadRequest(f"{self.where} lacks {self._full(key)}; add a date, such as 2026-03-02.")
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.wrong(key, "it must be a date without quotes, such as 2026-03-02.")
        return value

    def table(self, key: str, known: Collection[str]) -> "Section":
        """A table inside; an empty one where the key is missing."""
        value = self._values.get(key, {})
        if not isinstance(value, dict):
            raise self.wrong(key, f"it must be a table, [{self._full(key)}].")
        return Section(value, self.where, known, self._full(key))

    def inner(self, name: str, values: Mapping[str, Any], known: Collection[str]) -> "Section":
        """A table that stands in this one's list, under a name for errors."""
        return Section(values, self.where, known, self._full(name))

    def tables(self, key: str, known: Collection[str]) -> "list[Section]":
        """The tables of a list, [[key]]."""
        value = self._values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise self.wrong(key, f"it must be written as [[{self._full(key)}]], once for each.")
        return [
            Section(each, self.where, known, f"{self._full(key)}[{number}]") for number, each in enumerate(value, 1)
        ]

    def _full(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key


def _shown(value: Any) -> str:
    text = f"{value}" if isinstance(value, date) else repr(value)
    return text if len(text) <= 60 else text[:59] + "…"
