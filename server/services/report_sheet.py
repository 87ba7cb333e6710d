"""A course's report in, the .xlsx sheet that a professor prints and hands in out. Knows no store."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from server.domain.attendance import State
from server.services.cells import FONT, Value, put, saved, width
from server.services.report import CourseReport
from server.services.report_table import KOREAN, SYMBOLS, TOTALS, symbol

_BEFORE: Final = ("번호", "학번", "이름")
_HEAD: Final = 4
"""The row of the days; below it the hours, below them the students."""
_HOURS_A_PAGE: Final = 40
"""How many hours side by side can still be read on A4."""
_LINE: Final = Side(style="thin", color="999999")
_STRONG: Final = Side(style="medium", color="444444")
_CENTRE: Final = Alignment(horizontal="center", vertical="center", wrap_text=True)
_GREY: Final = PatternFill("solid", fgColor="EEEEEE")
_NEAR: Final = PatternFill("solid", fgColor="FFF2CC")
_FAILED: Final = PatternFill("solid", fgColor="F8CBAD")
_BOLD: Final = frozenset({SYMBOLS[State.ABSENT], SYMBOLS[State.LATE], SYMBOLS[State.LEFT_EARLY]})


def report_sheet(report: CourseReport, printed: date) -> bytes:
    """The .xlsx file: students by hours with symbols, totals, a legend; A4 landscape, headings on every page."""
    book = Workbook()
    sheet = book.active
    sheet.title = "출석부"
    totals = len(_BEFORE) + len(report.hours) + 1
    _title(sheet, report, printed)
    _headings(sheet, report, totals)
    for number, row in enumerate(report.rows):
        at = _HEAD + 2 + number
        values = [number + 1, row.student, row.name, *(symbol(row, hour.key) for hour in report.hours),
                  *(total(row) for total in TOTALS.values())]
        fill = _FAILED if row.term.failed else _NEAR if row.term.near else None
        _row(sheet, at, values, fill=fill, hours=range(len(_BEFORE) + 1, totals))
    below = _HEAD + 2 + len(report.rows)
    _row(sheet, below, ["", "", "출석 인원", *_present(report)], fill=_GREY)
    put(sheet, below + 2, 1, _legend(report)).font = Font(name=FONT, size=9)
    _columns(sheet, report, totals)
    _page(sheet, report)
    return saved(book)


def _title(sheet: Any, report: CourseReport, printed: date) -> None:
    put(sheet, 1, 1, f"출석부  {report.course}  {report.title}".rstrip()).font = Font(name=FONT, size=16, bold=True)
    about = [report.term or "", report.room, f"{report.since} ~ {report.until}", f"출력 {printed}"]
    put(sheet, 2, 1, "  ·  ".join(filter(None, about))).font = Font(name=FONT, size=10)


def _headings(sheet: Any, report: CourseReport, totals: int) -> None:
    """The days over their hours; what stands before and behind them is two rows high."""
    columns = dict(zip([*range(1, len(_BEFORE) + 1), *range(totals, totals + len(TOTALS))], [*_BEFORE, *TOTALS],
                       strict=True))
    for column, text in columns.items():
        _head(sheet, _HEAD, column, text)
        _head(sheet, _HEAD + 1, column, "")
        sheet.merge_cells(start_row=_HEAD, end_row=_HEAD + 1, start_column=column, end_column=column)
    column = len(_BEFORE) + 1
    for day, hours in groupby((each.key for each in report.hours), key=lambda key: key[0]):
        first = column
        for _, hour in hours:
            _head(sheet, _HEAD, column, f"{day.month}/{day.day}" if column == first else "")
            _head(sheet, _HEAD + 1, column, str(hour))
            column += 1
        sheet.merge_cells(start_row=_HEAD, end_row=_HEAD, start_column=first, end_column=column - 1)


def _head(sheet: Any, row: int, column: int, text: str) -> None:
    cell = put(sheet, row, column, text)
    cell.font = Font(name=FONT, size=9, bold=True)
    cell.fill, cell.alignment = _GREY, _CENTRE
    cell.border = Border(left=_LINE, right=_LINE, top=_STRONG, bottom=_STRONG)


def _row(sheet: Any, row: int, values: Iterable[Value], *, fill: PatternFill | None, hours: range = range(0)) -> None:
    for column, value in enumerate(values, 1):
        cell = put(sheet, row, column, value)
        cell.font = Font(name=FONT, size=10, bold=column in hours and value in _BOLD)
        cell.border = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
        cell.alignment = Alignment(vertical="center") if column in (2, 3) else _CENTRE
        if fill and column not in hours:
            cell.fill = fill
        elif column in hours and value == "":
            cell.fill = _GREY


def _present(report: CourseReport) -> list[int]:
    """How many were there in each hour, late ones and those who left early included."""
    there = {State.PRESENT, State.LATE, State.LEFT_EARLY}
    return [sum(row.tally.hours.get(hour.key) in there for row in report.rows) for hour in report.hours]


def _legend(report: CourseReport) -> str:
    symbols = "   ".join(f"{SYMBOLS[state]} {name}" for state, name in KOREAN.items())
    limit = f"결석 {report.limit}시간부터 F" if report.limit else "결석 한도 없음"
    planned = f"   ·   총 {report.planned_hours}시간 중 {report.held_hours}시간 실시" if report.planned_hours else ""
    return f"{symbols}   (빈칸: 수강 기간 아님)   ·   {limit}{planned}"


def _columns(sheet: Any, report: CourseReport, totals: int) -> None:
    numbers, names = [row.student for row in report.rows], [row.name for row in report.rows]
    widest = max(map(width, numbers), default=8), min(max(map(width, names), default=8), 24)
    wide: dict[int, float] = {1: 5, 2: 3 + widest[0], 3: 3 + widest[1]}
    wide |= dict.fromkeys(range(len(_BEFORE) + 1, totals), 4)
    wide |= {totals + place: 1.5 + width(name) for place, name in enumerate(TOTALS)}
    wide[totals + len(TOTALS) - 1] = 20
    for column, value in wide.items():
        sheet.column_dimensions[get_column_letter(column)].width = value


def _page(sheet: Any, report: CourseReport) -> None:
    sheet.freeze_panes = sheet.cell(_HEAD + 2, len(_BEFORE) + 1)
    sheet.print_title_rows = f"{_HEAD}:{_HEAD + 1}"
    sheet.print_title_cols = f"A:{get_column_letter(len(_BEFORE))}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToWidth = 1 + max(len(report.hours) - 1, 0) // _HOURS_A_PAGE
    sheet.page_setup.fitToHeight = 0
    sheet.oddFooter.center.text = "&P / &N"
    sheet.oddFooter.right.text = "교수 (인)"
    for side in ("left", "right", "top", "bottom"):
        setattr(sheet.page_margins, side, 0.4)
