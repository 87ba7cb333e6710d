"""Read a table from text with fields separated by commas, semicolons or tabs."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from tables.errors import TableError, TableTooLarge
from tables.lines import SEARCHED_LINES, FileLine, Header, Table, is_header, without_repeated
from texts.decoding import UnreadableText, decoded

# Spreadsheets of many countries and "Unicode text" use the others than commas.
SEPARATORS: Final = {",": "a comma", ";": "a semicolon", "\t": "a tab"}
MOST_FIELDS: Final = 16_384  # of a header, as spreadsheets have it
MAX_LINES: Final = 600_000  # twice what a university of 30 000 students with ten courses each has
_SEPARATOR_LINE: Final = re.compile(r'\s*"?sep=([,;\t])"?,*\s*(?:\r\n|\r|\n|$)')
_AS_CSV: Final = 'save it as .xlsx or as "CSV UTF-8 (comma delimited)"'
_OLD_SPREADSHEET: Final = b"\xd0\xcf\x11\xe0"  # how .xls begins, and .xlsx under a password
# What many offices' systems export as "Excel" is a web page.
_WEB_PAGE: Final = re.compile(r"\s*<(!doctype|html|head|meta|table|\?xml)\b", re.IGNORECASE)


def read_delimited(data: bytes, header: Header) -> Table:
    """Raises TableError where the file is no such text, or what the header says where no line is it."""
    text, first = _below_separator_line(_text(data))
    start, separator = _header(text, first, header)
    below = "".join(islice(io.StringIO(text, newline=""), start - first, None))
    lines = _lines(below, start, separator)
    headings = next(lines).fields
    places = header.places(headings)
    checked = _checked(lines, max(places.values()), len(headings), separator)
    return Table(places, without_repeated(checked, places, headings))


def _text(data: bytes) -> str:
    if data.startswith(_OLD_SPREADSHEET):
        raise TableError(f"The file is a spreadsheet of the old kind (.xls) or under a password: {_AS_CSV}.")
    try:
        text = decoded(data)
    except UnreadableText as error:
        raise TableError(f"The file cannot be read, for {error}: {_AS_CSV}.") from error
    if _WEB_PAGE.match(text):
        raise TableError(f"The file is a web page, whatever its name ends in: open it in a spreadsheet, {_AS_CSV}.")
    return text


def _below_separator_line(text: str) -> tuple[str, int]:
    """The text without a line `sep=;`, which is for spreadsheets, and the number of its first line."""
    said = _SEPARATOR_LINE.match(text)
    return (text[said.end() :], 2) if said else (text, 1)


def _header(text: str, first: int, header: Header) -> tuple[int, str]:
    """On which line the header begins, and what separates its fields."""
    begin = list(islice(io.StringIO(text, newline=""), 2 * SEARCHED_LINES))
    seen: list[FileLine] = []
    for place in (place for place, line in enumerate(begin[:SEARCHED_LINES]) if line.strip()):
        tried = {each: _first_line(begin[place:], first + place, each) for each in SEPARATORS}
        for separator, line in tried.items():
            if is_header(header, line):
                return first + place, separator
        seen.append(max(tried.values(), key=lambda line: len(line.fields)))
    raise header.refusal(seen)


def _first_line(lines: Sequence[str], number: int, separator: str) -> FileLine:
    try:
        fields = next(csv.reader(lines, delimiter=separator, strict=True))
    except csv.Error as error:
        return FileLine(f"line {number}", [], f"it is not CSV ({error})")
    many = f"it has {len(fields)} fields" if len(fields) > MOST_FIELDS else ""
    return FileLine(f"line {number}", [] if many else fields, many)


def _lines(text: str, first: int, separator: str) -> Iterator[FileLine]:
    """The lines that are not blank, until a broken one; a quoted field may go on over several."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = first
    try:
        for count, fields in enumerate(reader):
            if count > MAX_LINES:
                raise TableTooLarge(f"The file has more than {MAX_LINES} lines. Split it.")
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
            count = len(line.fields)
            yield FileLine(
                line.where,
                line.fields,
                f"it has {count} field{'' if count == 1 else 's'}, the header {width}; "
                f"a name with {SEPARATORS[separator]} stands in double quotes",
            )
