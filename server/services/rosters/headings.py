"""Name a roster's columns, by Korean or English headings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from server.errors import BadRequest
from tables.lines import SEARCHED_LINES, FileLine
from texts.identifiers import normal

COLUMNS: Final = ("student_id", "name", "course_code")
CODES: Final = ("student_id", "course_code")  # of them, what is compared letter by letter
# Headings under which Korean universities' lists have the columns.
KOREAN: Final = {
    "student_id": ("학번", "학생번호"),
    "name": ("이름", "성명", "학생명"),
    "course_code": ("과목코드", "교과목코드", "학수번호", "강좌번호"),
}
_COLUMN_OF: Final = {name: column for column in COLUMNS for name in (column, *KOREAN[column])}


@dataclass(frozen=True, slots=True)
class Headings:
    """What the columns are called, and what the file does not say."""

    mapped: Mapping[str, str] = field(default_factory=dict)  # heading -> our column, instead of those that we know
    course: str = ""  # the course of every line, whatever a column says
    sheet: str = ""  # the one to read of a spreadsheet with several lists

    @property
    def needed(self) -> tuple[str, ...]:
        return tuple(each for each in COLUMNS if not (self.course and each == "course_code"))

    def missing(self, header: Sequence[str]) -> list[str]:
        """Columns that the header does not name just once."""
        columns = self._columns(header)
        return [column for column in self.needed if columns.count(column) != 1]

    def places(self, header: Sequence[str]) -> dict[str, int]:
        """Where each of our columns stands in a header that misses none."""
        columns = self._columns(header)
        return {column: columns.index(column) for column in COLUMNS if column in columns}

    def refusal(self, lines: Sequence[FileLine]) -> BadRequest:
        """Why none of a file's first lines is a header, told of the one that comes nearest."""
        named = [line for line in lines if not line.wrong]
        if not lines:
            return BadRequest("The roster is empty; it must name the columns {columns}.", columns=",".join(self.needed))
        if not named:
            return BadRequest(f"The roster's {lines[0].where} cannot be read: {lines[0].wrong}.")
        nearest = min(named, key=lambda line: len(self.missing(line.fields)))
        missing = self.missing(nearest.fields)
        headings = [name.strip()[:40] for name in nearest.fields if name.strip()]
        found = ", ".join(map(repr, headings[:10])) or "nothing that can be read"
        return BadRequest(
            "One of the roster's first {lines} lines must name each of the columns {columns} once, separated by "
            "commas, semicolons or tabs; in {where} {missing} is not there once. It names {found}. Other "
            "headings are told as HEADING=COLUMN (--map), and the course of a list without one (--course).",
            lines=SEARCHED_LINES,
            columns=self._names(),
            where=nearest.where,
            missing=", ".join(missing),
            found=found,
        )

    def _columns(self, header: Sequence[str]) -> list[str | None]:
        """Our column for each heading, None for others."""
        mapped = {_plain(heading): column for heading, column in self.mapped.items()}
        known = {name: column for name, column in _COLUMN_OF.items() if column not in mapped.values()} | mapped
        return [known.get(_plain(heading)) for heading in header]

    def _names(self) -> str:
        told = {column: [heading for heading, of in self.mapped.items() if of == column] for column in COLUMNS}
        names = {each: told[each] or [each, *KOREAN[each]] for each in self.needed}
        return ", ".join(f"{first} (or {', '.join(more)})" if more else first for first, *more in names.values())


def read_map(texts: Iterable[str]) -> dict[str, str]:
    """Heading -> column, from texts like `학번=student_id`. Raises BadRequest."""
    mapped: dict[str, str] = {}
    for text in texts:
        heading, _, column = (part.strip() for part in text.rpartition("="))
        if not heading or column not in COLUMNS:
            raise BadRequest(
                f"{text!r} does not say which column a heading is: write HEADING=COLUMN, the column being "
                f"{', '.join(COLUMNS[:-1])} or {COLUMNS[-1]}."
            )
        if column in mapped.values():
            raise BadRequest("Two headings are said to be the column {column}: name one.", column=column)
        mapped[heading] = column
    return mapped


def _plain(heading: str) -> str:
    # Headings are broken into lines in narrow columns, so white space says nothing.
    return "".join(normal(heading).casefold().split())
