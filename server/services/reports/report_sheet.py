"""Write a course's report as the .xlsx sheet that a professor prints and hands in (출석부)."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break

from server.domain.attendance import THERE, State
from server.services.reports.cells import Value
from server.services.reports.report import AttendanceReport, HourHeads
from server.services.reports.report_table import KOREAN, SYMBOLS, TOTALS, line
from server.services.reports.workbook import FONT, put, saved, width

_BEFORE: Final = ("번호", "학번", "이름")
_HEAD: Final = 4  # the row of the days; below it the hours, below them the students
# What A4 landscape has between its margins, at the 96 pixels an inch in which columns are measured.
_PAGE_PX: Final = 1040
# How wide a digit of a column's width is at most: 7 in a spreadsheet's own font, more in one that stands in for it.
_PX_A_DIGIT: Final = 8.6
_PX_PADDING: Final = 5
_MOST_OF_HEAD: Final = 180
_LARGEST: Final = 85  # percent: with it the lines of 35 students stand on one page
# How far a page may be shrunk and still be read; where more stands side by side, it goes on over on the next.
_SMALLEST: Final = 0.6
_LINE: Final = Side(style="thin", color="999999")
_STRONG: Final = Side(style="medium", color="444444")
_CENTRE: Final = Alignment(horizontal="center", vertical="center", wrap_text=True)
_GREY: Final = PatternFill("solid", fgColor="EEEEEE")
_NEAR: Final = PatternFill("solid", fgColor="FFF2CC")
_FAILED: Final = PatternFill("solid", fgColor="F8CBAD")
_BOLD: Final = frozenset({SYMBOLS[State.ABSENT], SYMBOLS[State.LATE], SYMBOLS[State.LEFT_EARLY]})


def report_sheet(report: AttendanceReport, printed: date) -> bytes:
    """The .xlsx file: students by hours with symbols, totals, a legend; A4 landscape, headings on every page."""
    book = Workbook()
    sheet = book.active
    sheet.title = "출석부"
    totals = len(_BEFORE) + len(report.hours) + 1
    _title(sheet, report, printed)
    _headings(sheet, report, totals)
    for number, row in enumerate(report.rows):
        fill = _FAILED if row.fails else _NEAR if row.near else None
        values = [number + 1, *line(report, row)]
        _row(sheet, _HEAD + 2 + number, values, fill=fill, hours=range(len(_BEFORE) + 1, totals))
    below = _HEAD + 2 + len(report.rows)
    _row(sheet, below, ["", "", "출석 인원", *_present(report)], fill=_GREY)
    if report.heads:
        below += 1
        _heads(sheet, below, report)
    put(sheet, below + 2, 1, _legend(report)).font = Font(name=FONT, size=9)
    widths = _widths(report)
    for column, value in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = value
    _pages(sheet, report, widths)
    sheet.print_area = f"A{_HEAD}:{get_column_letter(len(widths))}{below}"
    return saved(book)


def _title(sheet: Any, report: AttendanceReport, printed: date) -> None:
    put(sheet, 1, 1, _about(report)).font = Font(name=FONT, size=16, bold=True)
    more = [report.term or "", report.room, f"{report.since} ~ {report.until}", f"출력 {printed}"]
    put(sheet, 2, 1, "  ·  ".join(filter(None, more))).font = Font(name=FONT, size=10)


def _about(report: AttendanceReport) -> str:
    return f"출석부  {report.course}  {report.title}".rstrip()


def _headings(sheet: Any, report: AttendanceReport, totals: int) -> None:
    # The days stand over their hours; what stands before and behind them is two rows high.
    columns = dict(
        zip([*range(1, len(_BEFORE) + 1), *range(totals, totals + len(TOTALS))], [*_BEFORE, *TOTALS], strict=True)
    )
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
        cell.alignment = Alignment(vertical="center") if column == len(_BEFORE) else _CENTRE
        if fill and column not in hours:
            cell.fill = fill
        elif column in hours and value == "":
            cell.fill = _GREY


def _present(report: AttendanceReport) -> list[Value]:
    """How many attended each hour, also late or not to the end; nothing where it was not taken."""
    states = ([row.tally.hours.get(hour.key, State.NOT_TAKEN) for row in report.rows] for hour in report.hours)
    return [sum(state in THERE for state in of_hour) if set(of_hour) - {State.NOT_TAKEN} else "" for of_hour in states]


def _heads(sheet: Any, row: int, report: AttendanceReport) -> None:
    """Below the marked ones how many heads the camera counted; dark where more are marked than there can have been."""
    counted = {each.key: each for each in report.heads}
    found = [counted.get(hour.key) for hour in report.hours]
    _row(sheet, row, ["", "", "카메라 인원", *("" if each is None else _span(each) for each in found)], fill=_GREY)
    for column, each in enumerate(found, len(_BEFORE) + 1):
        if each is not None and each.too_many:
            sheet.cell(row, column).fill = _FAILED


def _span(heads: HourHeads) -> str:
    return f"{heads.at_least}~" if heads.at_most is None else f"{heads.at_least}~{heads.at_most}"


def _legend(report: AttendanceReport) -> str:
    symbols = "   ".join(f"{SYMBOLS[state]} {name}" for state, name in KOREAN.items())
    limit = f"결석 {report.limit}시간부터 F" if report.limit else "결석 한도 없음"
    planned = f"   ·   총 {report.planned_hours}시간 중 {report.held_hours}시간 실시" if report.planned_hours else ""
    return f"{symbols}   (빈칸: 수강 기간 아님)   ·   {limit}{planned}"


def _widths(report: AttendanceReport) -> list[float]:
    """The columns' widths in digits."""
    numbers, names = [row.student for row in report.rows], [row.name for row in report.rows]
    before = [5, 3 + max(map(width, numbers), default=8), 3 + min(max(map(width, names), default=8), 24)]
    totals = [6.0] * (len(TOTALS) - 1)  # their names stand in two lines
    return [*before, *[3.6] * len(report.hours), *totals, 20]


def _pages(sheet: Any, report: AttendanceReport, widths: Sequence[float]) -> None:
    # Headings on every page, what it is above and below, and no day parted by the edge of a page.
    sheet.freeze_panes = sheet.cell(_HEAD + 2, len(_BEFORE) + 1)
    sheet.print_title_rows = f"{_HEAD}:{_HEAD + 1}"
    sheet.print_title_cols = f"A:{get_column_letter(len(_BEFORE))}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    ends, widest = _page_ends(report, [_PX_A_DIGIT * each + _PX_PADDING for each in widths])
    for column in ends:
        sheet.col_breaks.append(Break(column))
    sheet.page_setup.scale = min(_LARGEST, int(100 * _PAGE_PX / widest))
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.oddHeader.left.text = _plain(f"{_about(report)}   {report.since} ~ {report.until}")
    sheet.oddHeader.right.text = "담당교수                    (인)"
    sheet.oddFooter.left.text = _plain(_legend(report))
    sheet.oddFooter.right.text = "&P / &N"


def _page_ends(report: AttendanceReport, px: Sequence[float]) -> tuple[list[int], float]:
    """Behind which columns a page ends, so that days and totals stay together; and how wide the widest page is."""
    days = [len(list(hours)) for _, hours in groupby(report.hours, key=lambda hour: hour.key[0])]
    before = sum(px[: len(_BEFORE)])
    ends: list[int] = []
    column, used, widest = len(_BEFORE), 0.0, 0.0
    for block in [*days, len(TOTALS)]:
        wide = sum(px[column : column + block])
        if used and before + used + wide > _PAGE_PX / _SMALLEST:
            ends.append(column)
            used = 0.0
        used += wide
        column += block
        widest = max(widest, used)
    return ends, before + widest


def _plain(text: str) -> str:
    # In the head or foot of a page & begins a code, and 255 letters are the most of all together.
    return text.replace("&", "&&")[:_MOST_OF_HEAD]
