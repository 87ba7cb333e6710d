"""Find the roster in an .xlsx file and read its lines."""

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, Final
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from server.errors import BadRequest, TooLarge
from server.services.rosters.headings import SEARCHED_LINES, FileLine, Headings, RosterTable

MAX_COLUMNS: Final = 100  # of a header: a stray cell at the far right edge must not make each line that wide
MAX_LINES: Final = 300_000  # a university of 30 000 students with ten courses each
_LAST_ROW: Final = 1_048_576  # of a sheet, as spreadsheets have it
_DIGITS_KEPT: Final = 10**15  # spreadsheets keep fifteen digits of a number
# A number format that fills up with zeros: 000000000 shows 17041 as 000017041.
_LEADING_ZEROS: Final = re.compile("0+")
# What openpyxl raises of XML that is not what it says; defusedxml's refusals are ValueErrors.
_DAMAGE: Final = (
    KeyError,
    IndexError,
    ValueError,
    TypeError,
    AttributeError,
    OverflowError,
    ParseError,
    InvalidFileException,
)


def read_sheet(data: bytes, headings: Headings) -> RosterTable:
    """The one visible sheet that is a roster: numbers with the digits they are shown with, formulas as computed.

    Raises BadRequest where there is no such sheet, or several; TooLarge.
    """
    rosters: dict[str, RosterTable] = {}
    first: list[FileLine] = []
    with _opened(data) as book:
        for name in _searched([each.title for each in book.worksheets if each.sheet_state == "visible"], headings):
            begin = list(islice(_lines(book[name], name, MAX_COLUMNS), SEARCHED_LINES))
            first = first or begin
            if (place := _header(begin, headings)) is not None:
                places = headings.places(begin[place].fields)
                lines = _lines(book[name], name, 1 + max(places.values()), places["student_id"])
                next(line for line in lines if line.where == begin[place].where)
                rosters[name] = RosterTable(places, list(lines))
    if not rosters:
        raise headings.refusal(first)
    if len(rosters) > 1:
        raise BadRequest(
            f"The file has rosters on the sheets {', '.join(map(repr, rosters))}: name the one to read "
            "by --sheet NAME, and import the others after it."
        )
    return next(iter(rosters.values()))


@contextmanager
def _opened(data: bytes) -> Iterator[Any]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what openpyxl does not support: styles, rules of entry
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            yield book
            book.close()
    except _DAMAGE as error:
        raise BadRequest("The spreadsheet is damaged, or not of the kind .xlsx: save it again as .xlsx.") from error


def _searched(names: list[str], headings: Headings) -> list[str]:
    if headings.sheet and headings.sheet not in names:
        raise BadRequest(f"The file has no sheet {headings.sheet!r}; it has {', '.join(map(repr, names))}.")
    return [headings.sheet] if headings.sheet else names


def _header(lines: list[FileLine], headings: Headings) -> int | None:
    return next((place for place, line in enumerate(lines) if not headings.missing(line.fields)), None)


def _lines(sheet: Any, name: str, columns: int, student: int | None = None) -> Iterator[FileLine]:
    """The lines that are not blank in the first columns. student: the column of the student number."""
    sheet.reset_dimensions()  # many a system writes a wrong size into the file, and then only that much is read
    rows = enumerate(sheet.iter_rows(max_col=columns, max_row=_LAST_ROW), 1)
    filled = ((number, row) for number, row in rows if any(cell.value is not None for cell in row))
    for number, row in islice(filled, MAX_LINES):
        wrong = "" if student is None else _no_number(row[student].value)
        yield FileLine(f"sheet {name!r}, row {number}", [_text(cell) for cell in row], wrong)
    if next(filled, None):
        raise TooLarge(f"The sheet {name!r} has more than {MAX_LINES} lines. Split the file.")


def _no_number(value: Any) -> str:
    """Why this cannot be a student number, where its text would look like one."""
    if isinstance(value, bool):
        return f"student_id {str(value).upper()} is a yes or no, not a number: enter the student's number"
    if isinstance(value, float) and value != value // 1:
        return f"student_id {value} is a number with a fraction: enter the student's number, in a column of text"
    return ""


def _text(cell: Any) -> str:
    """What a person reads in the cell."""
    value = cell.value
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
        return str(value)
    if abs(value) >= _DIGITS_KEPT:
        return f"{value:.5E}"
    zeros = _LEADING_ZEROS.fullmatch(cell.number_format or "")
    return str(int(value)).zfill(len(zeros.group()) if zeros else 0)
