"""A roster file's bytes in, its lines as fields with the places of our columns out. Knows no student and no course."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from server.errors import BadRequest

COLUMNS: Final = ("student_id", "name", "course_code")
KOREAN: Final = {
    "student_id": ("학번",), "name": ("이름", "성명"), "course_code": ("과목코드", "교과목코드", "학수번호"),
}
"""Headings under which Korean universities' lists have the columns."""
SEPARATORS: Final = {",": "a comma", ";": "a semicolon", "\t": "a tab"}
"""What separates fields, commas first; spreadsheets of many countries and "Unicode text" use the others."""
_COLUMN_OF: Final = {name: column for column in COLUMNS for name in (column, *KOREAN[column])}
_NAMES: Final = ", ".join(f"{column} (or {', '.join(KOREAN[column])})" for column in COLUMNS)
_SEPARATOR_LINE: Final = re.compile(r'\s*"?sep=([,;\t])"?,*\s*(?:\r\n|\r|\n|$)')
_AS_CSV: Final = 'save it as "CSV UTF-8 (comma delimited)" and import that file'
_SPREADSHEETS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How files of .xlsx (a ZIP) and of .xls begin."""
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Line:
    """number: of the line in the file on which the row begins, from 1. wrong: why it is no row of a CSV file."""

    number: int
    fields: list[str]
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A roster file below its header. columns: places in a line, by COLUMNS; width: of the header; lines: the rest."""

    columns: list[int]
    width: int
    separator: str
    lines: Iterator[Line]


def read_table(data: bytes) -> Table:
    """The lines of a file in UTF-8 (with or without BOM) or cp949, whose header says what separates its fields.

    Raises BadRequest where the file is none, or its header does not name each of the columns once.
    """
    text, first = _below_separator_line(_text(data))
    separator = _separator(text)
    lines = _lines(text, first, separator)
    header = next(lines, None)
    if header is None:
        raise BadRequest(f"The roster is empty; its first line must name the columns {','.join(COLUMNS)}.")
    if header.wrong:
        raise BadRequest(f"The roster's first line cannot be read: {header.wrong}.")
    return Table(_places(header.fields), len(header.fields), separator, lines)


def _text(data: bytes) -> str:
    if data.startswith(_SPREADSHEETS):
        raise BadRequest(f"The roster is a spreadsheet's own file (.xlsx, .xls or another), not text: {_AS_CSV}.")
    if data.startswith(_UTF16) or 0 in data[:2]:
        raise BadRequest(f'The roster is UTF-16 text, which spreadsheets call "Unicode text": {_AS_CSV}.')
    for encoding in ("utf-8-sig", "cp949"):  # what Korean offices' spreadsheets write
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadRequest(f"The roster is neither UTF-8 nor cp949 text: {_AS_CSV}.")


def _below_separator_line(text: str) -> tuple[str, int]:
    """The text without a first line `sep=;`, which is for spreadsheets; and the number of the line it begins with."""
    said = _SEPARATOR_LINE.match(text)
    return (text[said.end():], 2) if said else (text, 1)


def _separator(text: str) -> str:
    """The one by which the header names our columns, else the one that finds most fields in it."""
    header = next((line for line in io.StringIO(text, newline="") if line.strip()), "")
    parts = {each: header.split(each) for each in SEPARATORS}
    naming = [each for each, names in parts.items() if _missing([name.strip().strip('"') for name in names]) == []]
    return naming[0] if naming else max(parts, key=lambda each: len(parts[each]))


def _lines(text: str, first: int, separator: str) -> Iterator[Line]:
    """Lines that are not blank; a quoted field may go on over several. What follows a broken one is not read."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = first
    try:
        for fields in reader:
            if any(each.strip() for each in fields):
                yield Line(number, fields)
            number = reader.line_num + first
    except csv.Error as error:
        yield Line(number, [], f"it is not CSV ({error}), and what follows was not read")


def _places(header: Sequence[str]) -> list[int]:
    if missing := _missing(header):
        found = ", ".join(repr(name.strip()[:40]) for name in header[:10]) or "nothing that can be read"
        raise BadRequest(
            f"The roster's first line must name each of the columns {_NAMES} once, separated by commas, semicolons or "
            f"tabs; {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not there once. It names {found}."
        )
    columns = _columns(header)
    return [columns.index(column) for column in COLUMNS]


def _missing(header: Sequence[str]) -> list[str]:
    columns = _columns(header)
    return [column for column in COLUMNS if columns.count(column) != 1]


def _columns(header: Sequence[str]) -> list[str | None]:
    """What of ours each heading is, None for others."""
    names = ("".join(unicodedata.normalize("NFC", heading).casefold().split()) for heading in header)
    return [_COLUMN_OF.get(name) for name in names]
