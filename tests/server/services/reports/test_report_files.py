"""What is printed and exchanged of a report: symbols, totals, pages, and no cell that a spreadsheet would compute."""

import csv
import io
import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import range_boundaries

from server.domain.attendance import State
from server.domain.tally import HourHeld, tally
from server.errors import BadRequest
from server.services.reports.cells import csv_file
from server.services.reports.moodle import ACRONYMS, ORDER, moodle_file, moodle_rows, read_acronyms
from server.services.reports.report import AttendanceReport, ReportRow
from server.services.reports.report_sheet import report_sheet
from server.services.reports.report_table import KOREAN, SYMBOLS, TOTALS, grid
from server.services.reports.workbook import sheet_file
from tests.server.services.reported_class import COURSE, FIRST, RULES

PRINTED = date(2026, 9, 30)
NASTY = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＠a"]


def _report(
    states: dict[str, dict[tuple[date, int], State]],
    *,
    days: int = 1,
    hours: tuple[int, ...] = (3, 4),
    name: str = "김하늘",
) -> AttendanceReport:
    held = tuple(HourHeld((FIRST + timedelta(days=7 * week), hour)) for week in range(days) for hour in hours)
    rows = []
    for student, of_student in states.items():
        counted = tally(student, of_student, held, RULES, term_hours=48, weekly_hours=2)
        rows.append(ReportRow(student, name, counted, counted, None))
    last = FIRST + timedelta(days=7 * days)
    return AttendanceReport(COURSE, "자료구조 & 실습", "공학관 301", "2026-2", FIRST, last, 48, 17, held, tuple(rows))


def _each_state() -> AttendanceReport:
    """A student a state, in the first hour."""
    return _report({f"20261000{number}": {(FIRST, 3): state} for number, state in enumerate(State)})


def _sheet(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data)).active


def _cells(sheet: Any) -> list[Any]:
    return [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]


def test_every_state_has_a_symbol_of_its_own_that_cp949_has() -> None:
    assert len(set(SYMBOLS.values())) == len(SYMBOLS) == len(State) == len(KOREAN)
    assert "".join([*SYMBOLS.values(), *KOREAN.values()]).encode("cp949")


def test_the_roll_has_a_line_for_each_student_with_symbols_and_totals() -> None:
    sheet = _sheet(report_sheet(_each_state(), PRINTED))
    lines = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=6, max_row=5 + len(State))]
    assert [line[3] for line in lines] == [SYMBOLS[state] for state in State]
    assert [line[1] for line in lines] == [f"20261000{number}" for number in range(len(State))]
    heads = [sheet.cell(4, column).value for column in range(1, 6 + len(TOTALS))]
    assert heads[:4] + heads[5:] == ["번호", "학번", "이름", "8/31", *TOTALS]
    late = dict(zip(TOTALS, lines[1][5:], strict=True))
    assert (late["지각"], late["미실시"], late["출석시간"], late["결석계"], late["결석가능"]) == (1, 1, 1, 0, 16)


def test_the_roll_says_what_its_symbols_mean_and_when_the_course_is_failed() -> None:
    text = " ".join(str(cell.value) for cell in _cells(_sheet(report_sheet(_each_state(), PRINTED))))
    assert "O 출석   △ 지각   ⓧ 조퇴   X 결석   인 출석인정   공 공결   ? 확인불가   · 미실시" in text
    assert "결석 17시간부터 F" in text


def test_the_roll_prints_landscape_on_a4_with_its_headings_on_every_page() -> None:
    sheet = _sheet(report_sheet(_report({"1": {}}), PRINTED))
    assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", sheet.PAPERSIZE_A4)
    assert (sheet.print_title_rows, sheet.print_title_cols) == ("$4:$5", "$A:$C")
    assert sheet.freeze_panes == "D6"
    assert "자료구조 && 실습" in sheet.oddHeader.left.text


def test_no_day_is_parted_by_the_edge_of_a_page_and_the_totals_stay_together() -> None:
    report = _report({"1": {}}, days=40, hours=(3, 4, 5))
    sheet = _sheet(report_sheet(report, PRINTED))
    ends = [each.id for each in sheet.col_breaks.brk]
    totals = 3 + len(report.hours)
    assert ends
    assert all((end - 3) % 3 == 0 for end in ends if end <= totals)
    assert max(ends) <= totals
    assert 60 <= sheet.page_setup.scale <= 85
    last = range_boundaries(sheet.print_area.partition("!")[2])[2]
    assert last == totals + len(TOTALS)


def test_a_course_with_nobody_and_nothing_makes_files_too() -> None:
    report = replace(_report({}), hours=())
    assert report_sheet(report, PRINTED)
    assert grid(report) == [["학번", "이름", *TOTALS]]


@pytest.mark.parametrize("text", NASTY)
def test_no_cell_is_a_formula(text: str) -> None:
    report = replace(_report({"1": {}}, name=text), title=text, room=text)
    for data in (report_sheet(report, PRINTED), sheet_file("이력", ["왜"], [[text]])):
        cells = _cells(_sheet(data))
        assert {cell.data_type for cell in cells} <= {"s", "n"}
        begins = text.strip("\t\r")
        assert all(cell.quotePrefix for cell in cells if str(cell.value).startswith((text, begins)))
    written = csv_file(grid(report), "utf-8").decode("utf-8-sig")
    assert f"'{text}" in next(csv.reader(io.StringIO(written.partition("\r\n")[2], newline="")))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("x;=HYPERLINK(1)", "x;'=HYPERLINK(1)"),
        ("x; +1", "x; '+1"),
        ('x;"=1"', 'x;"\'=1"'),
        ("x\t@SUM", "x\t'@SUM"),
        ("x|＝1|-2", "x|'＝1|'-2"),
        ("x\n=1", "x\n'=1"),
        ("a; b-c", "a; b-c"),
    ],
)
def test_what_begins_a_cell_in_countries_of_other_separators_is_no_formula_either(text: str, written: str) -> None:
    data = csv_file([["이력", text]], "utf-8").decode("utf-8-sig")
    assert next(csv.reader(io.StringIO(data, newline="")))[1] == written


def test_letters_that_no_file_of_xml_may_hold_are_left_out() -> None:
    assert [cell.value for cell in _cells(_sheet(sheet_file("이력", ["왜"], [["병\x07결"]])))] == ["왜", "병결"]


def test_csv_opens_in_spreadsheets_and_as_a_table_again() -> None:
    data = csv_file(grid(_each_state()), "utf-8")
    assert data.startswith("\ufeff학번,이름,2026-08-31 3교시,2026-08-31 4교시,출석,".encode())
    assert data.count(b"\r\n") == 1 + len(State)
    symbols = [row[2] for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))]
    assert symbols[1:] == [SYMBOLS[state] for state in State]


def test_csv_in_cp949_is_whole_or_refused() -> None:
    assert "김하늘" in csv_file(grid(_each_state()), "cp949").decode("cp949")
    with pytest.raises(BadRequest, match="cp949 has no letter 'é'"):
        csv_file([["José"]], "cp949")


def test_moodles_file_has_its_two_columns_and_acronyms_of_two_letters_at_most() -> None:
    text = moodle_file(moodle_rows(_each_state(), (FIRST, 3)))
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    assert header == ["idnumber", "status"]
    assert dict(rows) == {
        f"20261000{number}": ACRONYMS[state] for number, state in enumerate(State) if state in ACRONYMS
    }
    assert all(re.fullmatch("[PLEA]", status) for _, status in rows)


def test_who_has_no_state_in_the_hour_is_left_out_of_moodles_file_and_never_absent() -> None:
    report = _report({"1": {(FIRST, 3): State.NOT_VISIBLE}, "2": {(FIRST, 3): State.NOT_TAKEN}, "3": {}})
    assert moodle_rows(report, (FIRST, 3)) == []


def test_moodles_file_has_numbers_as_they_are() -> None:
    assert moodle_file([("-7", "P")]) == "idnumber,status\r\n-7,P\r\n"


@pytest.mark.parametrize(
    ("said", "acronyms"),
    [
        ("en", ["P", "L", "E", "A"]),
        ("fr", ["P", "R", "E", "A"]),
        ("출,지,인,결", ["출", "지", "인", "결"]),
        ("late=T, absent=F", ["P", "T", "E", "F"]),
    ],
)
def test_moodles_acronyms_go_by_language_or_as_they_are_said(said: str, acronyms: list[str]) -> None:
    rows = moodle_rows(_each_state(), (FIRST, 3), read_acronyms(said))
    assert set(acronyms) == {acronym for _, acronym in rows}
    assert [read_acronyms(said)[state] for state in ORDER] == acronyms


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("P,L,E", "neither a language"),
        ("klingon", "neither a language"),
        ("P,L,E,ABS", "one letter or two"),
        ("P,L,L,A", "two states one acronym"),
        ("tardy=T", "names 'tardy'"),
        ("late=", "one letter or two"),
    ],
)
def test_acronyms_that_moodle_could_not_take_are_refused(said: str, why: str) -> None:
    with pytest.raises(BadRequest, match=why):
        read_acronyms(said)
