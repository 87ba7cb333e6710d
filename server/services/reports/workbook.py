"""Write an .xlsx file in which no cell is a formula."""

import io
import re
from collections.abc import Sequence
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from server.services.reports.cells import FORMULA, Value

FONT: Final = "맑은 고딕"  # every Korean spreadsheet has it; others take one of theirs
_WIDE: Final = re.compile(r"[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7a3\uff00-\uff60]")
_WIDEST: Final = 60


def put(sheet: Any, row: int, column: int, value: Value) -> Any:
    """Write and return a cell; a text stays one whatever it begins with, also once a person has edited it."""
    cell = sheet.cell(row, column)
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.number_format = "@"
        cell.quotePrefix = bool(FORMULA.match(value))
    return cell


def sheet_file(title: str, headings: Sequence[str], rows: Sequence[Sequence[Value]]) -> bytes:
    """A plain table: bold headings that stay in sight, columns as wide as what they hold."""
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for number, row in enumerate([headings, *rows], 1):
        for column, value in enumerate(row, 1):
            put(sheet, number, column, value).font = Font(name=FONT, bold=number == 1)
    for column in range(len(headings)):
        widest = max(width(str(row[column] or "")) for row in [headings, *rows])
        sheet.column_dimensions[get_column_letter(column + 1)].width = min(widest, _WIDEST) + 2
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    return saved(book)


def width(text: str) -> int:
    """In digits: a Korean letter is as wide as two."""
    return len(text) + len(_WIDE.findall(text))


def saved(book: Workbook) -> bytes:
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()
