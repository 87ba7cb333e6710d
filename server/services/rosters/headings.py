"""The first lines of a roster in, the places of our columns out. Knows no file format and no student."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from server.errors import BadRequest

COLUMNS: Final = ("student_id", "name", "course_code")
KOREAN: Final = {
    "student_id": ("학번", "학생번호"),
    "name": ("이름", "성명", "학생명"),
    "course_code": ("과목코드", "교과목코드", "학수번호", "강좌번호"),
}
"""Headings under which Korean universities' lists have the columns."""
SEARCHED_LINES: Final = 20
"""In how many lines the header is looked for: lists are exported with a title, a term and a date above it."""
_COLUMN_OF: Final = {name: column for column in COLUMNS for name in (column, *KOREAN[column])}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file. where: for messages, `line 3`. wrong: why it cannot be read."""

    where: str
    fields: Sequence[str]
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A roster below its header. places: in a line, by column of ours; lines: the rest."""

    places: Mapping[str, int]
    lines: Iterable[Line]


@dataclass(frozen=True, slots=True)
class Headings:
    """What the columns are called, and what the file does not say.

    mapped: heading -> our column, instead of those that we know. course: the course of every line, whatever a column
    says. sheet: of a spreadsheet with several lists, the one to read.
    """

    mapped: Mapping[str, str] = field(default_factory=dict)
    course: str = ""
    sheet: str = ""

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns that must be there."""
        return tuple(each for each in COLUMNS if not (self.course and each == "course_code"))

    def missing(self, header: Sequence[str]) -> list[str]:
        """Columns that the header does not name just once."""
        columns = self._columns(header)
        return [column for column in self.needed if columns.count(column) != 1]

    def places(self, header: Sequence[str]) -> dict[str, int]:
        """Where each of our columns stands in a header that misses none."""
        columns = self._columns(header)
        return {column: columns.index(column) for column in COLUMNS if column in columns}

    def refusal(self, lines: Sequence[Line]) -> BadRequest:
        """Why none of these first lines of a file is a header: of the one that comes nearest to it."""
        named = [line for line in lines if not line.wrong]
        if not lines:
            return BadRequest(f"The roster is empty; it must name the columns {','.join(self.needed)}.")
        if not named:
            return BadRequest(f"The roster's {lines[0].where} cannot be read: {lines[0].wrong}.")
        nearest = min(named, key=lambda line: len(self.missing(line.fields)))
        missing = self.missing(nearest.fields)
        headings = [name.strip()[:40] for name in nearest.fields if name.strip()]
        found = ", ".join(map(repr, headings[:10])) or "nothing that can be read"
        return BadRequest(
            f"One of the roster's first {SEARCHED_LINES} lines must name each of the columns {self._names()} once, "
            f"separated by commas, semicolons or tabs; in {nearest.where} {', '.join(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} not there once. It names {found}. "
            "Other headings are told with --map HEADING=COLUMN, the course of a list without one with --course."
        )

    def _columns(self, header: Sequence[str]) -> list[str | None]:
        """What of ours each heading is, None for others."""
        mapped = {_plain(heading): column for heading, column in self.mapped.items()}
        known = {name: column for name, column in _COLUMN_OF.items() if column not in mapped.values()} | mapped
        return [known.get(_plain(heading)) for heading in header]

    def _names(self) -> str:
        told = {column: [heading for heading, of in self.mapped.items() if of == column] for column in COLUMNS}
        names = {each: told[each] or [each, *KOREAN[each]] for each in self.needed}
        return ", ".join(f"{first} (or {', '.join(more)})" if more else first for first, *more in names.values())


def read_map(texts: Iterable[str]) -> dict[str, str]:
    """`학번=student_id` as heading -> column. Raises BadRequest."""
    mapped: dict[str, str] = {}
    for text in texts:
        heading, _, column = (part.strip() for part in text.rpartition("="))
        if not heading or column not in COLUMNS:
            raise BadRequest(
                f"{text!r} does not say which column a heading is: write HEADING=COLUMN, the column being "
                f"{', '.join(COLUMNS[:-1])} or {COLUMNS[-1]}."
            )
        if column in mapped.values():
            raise BadRequest(f"Two headings are said to be the column {column}: name one.")
        mapped[heading] = column
    return mapped


def _plain(heading: str) -> str:
    """A heading without white space (they are broken into lines in narrow columns) and large letters."""
    return "".join(unicodedata.normalize("NFC", heading).casefold().split())
