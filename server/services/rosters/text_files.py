"""Read a roster from text in UTF-8 or cp949, with fields separated by commas, semicolons or tabs."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from server.counted import counted
from server.errors import BadRequest
from server.services.rosters.headings import SEARCHED_LINES, FileLine, Headings, RosterTable

# Spreadsheets of many countries and "Unicode text" use the others than commas.
SEPARATORS: Final = {",": "a comma", ";": "a semicolon", "\t": "a tab"}
_SEPARATOR_LINE: Final = re.compile(r'\s*"?sep=([,;\t])"?,*\s*(?:\r\n|\r|\n|$)')
_AS_CSV: Final = 'save it as .xlsx or as "CSV UTF-8 (comma delimited)" and import that file'
_OLD_SPREADSHEET: Final = b"\xd0\xcf\x11\xe0"  # how .xls begins, and .xlsx under a password
# What many offices' systems export as "Excel" is a web page.
_WEB_PAGE: Final = re.compile(r"\s*<(!doctype|html|head|meta|table|\?xml)\b", re.IGNORECASE)
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")


def read_text(data: bytes, headings: Headings) -> RosterTable:
    """Raises BadRequest where the file is no such text, or none of its first lines names each column once."""
    text, first = _below_separator_line(_text(data))
    start, separator = _header(text, first, headings)
    below = "".join(islice(io.StringIO(text, newline=""), start - first, None))
    lines = _lines(below, start, separator)
    header = next(lines).fields
    places = headings.places(header)
    return RosterTable(places, _checked(lines, max(places.values()), len(header), separator))


def _text(data: bytes) -> str:
    if data.startswith(_OLD_SPREADSHEET):
        raise BadRequest(f"The roster is a spreadsheet of the old kind (.xls) or under a password: {_AS_CSV}.")
    if data.startswith(_UTF16) or 0 in data[:2]:
        raise BadRequest(f'The roster is UTF-16 text, which spreadsheets call "Unicode text": {_AS_CSV}.')
    text = _decoded(data)
    if _WEB_PAGE.match(text):
        raise BadRequest(f"The roster is a web page, whatever its name ends in: open it in a spreadsheet, {_AS_CSV}.")
    return text


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp949"):  # what Korean offices' spreadsheets write
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadRequest(f"The roster is neither UTF-8 nor cp949 text: {_AS_CSV}.")


def _below_separator_line(text: str) -> tuple[str, int]:
    """The text without a line `sep=;`, which is for spreadsheets, and the number of its first line."""
    said = _SEPARATOR_LINE.match(text)
    return (text[said.end() :], 2) if said else (text, 1)


def _header(text: str, first: int, headings: Headings) -> tuple[int, str]:
    """On which line the header begins, and what separates its fields."""
    begin = list(islice(io.StringIO(text, newline=""), 2 * SEARCHED_LINES))
    seen: list[FileLine] = []
    for place in (place for place, line in enumerate(begin[:SEARCHED_LINES]) if line.strip()):
        tried = {each: _first_line(begin[place:], first + place, each) for each in SEPARATORS}
        for separator, line in tried.items():
            if not line.wrong and not headings.missing(line.fields):
                return first + place, separator
        seen.append(max(tried.values(), key=lambda line: len(line.fields)))
    raise headings.refusal(seen)


def _first_line(lines: Sequence[str], number: int, separator: str) -> FileLine:
    try:
        return FileLine(f"line {number}", next(csv.reader(lines, delimiter=separator, strict=True)))
    except csv.Error as error:
        return FileLine(f"line {number}", [], f"it is not CSV ({error})")


def _lines(text: str, first: int, separator: str) -> Iterator[FileLine]:
    """The lines that are not blank, until a broken one; a quoted field may go on over several."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = first
    try:
        for fields in reader:
            if any(each.strip() for each in fields):
                yield FileLine(f"line {number}", fields)
            number = reader.line_num + first
    except csv.Error as error:
        yield FileLine(f"line {number}", [], f"it is not CSV ({error}), and what follows was not read")


def _checked(lines: Iterator[FileLine], last: int, width: int, separator: str) -> Iterator[FileLine]:
    """The lines, marked wrong where our `last` column is missing or a field more tells of a separator in a name."""
    for line in lines:
        if line.wrong or (len(line.fields) > last and not any(line.fields[width:])):
            yield line
        else:
            yield FileLine(
                line.where,
                line.fields,
                f"it has {counted(len(line.fields), 'field')}, the header {width}; "
                f"a name with {SEPARATORS[separator]} stands in double quotes",
            )
