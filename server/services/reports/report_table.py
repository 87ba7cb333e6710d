"""The symbols, totals and remarks that a report's printed forms share, in Korean as rolls are kept there."""

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Final

from server.domain.attendance import State
from server.domain.tally import Key
from server.services.reports.cells import Value
from server.services.reports.report import AttendanceReport, ReportRow

# 출석 O, 지각 △, 결석 X as professors read them; ⓧ and 공 as in Kyungil University's books, and in our window.
SYMBOLS: Final = {
    State.PRESENT: "O",
    State.LATE: "△",
    State.LEFT_EARLY: "ⓧ",
    State.ABSENT: "X",
    State.EXCUSED: "인",
    State.EXCUSED_ABSENCE: "공",
    State.NOT_VISIBLE: "?",
    State.NOT_TAKEN: "·",
}
KOREAN: Final = {
    State.PRESENT: "출석",
    State.LATE: "지각",
    State.LEFT_EARLY: "조퇴",
    State.ABSENT: "결석",
    State.EXCUSED: "출석인정",
    State.EXCUSED_ABSENCE: "공결",
    State.NOT_VISIBLE: "확인불가",
    State.NOT_TAKEN: "미실시",
}
NOT_ON_LIST: Final = ""  # for hours in which the student was not on the course's list


def _count(state: State, row: ReportRow) -> int:
    return row.tally.counts[state]


# Columns behind the hours: hours by state, hours attended, absences that count, how many may still come, a remark.
TOTALS: Final[dict[str, Callable[[ReportRow], Value]]] = {
    **{name: partial(_count, state) for state, name in KOREAN.items()},
    "출석시간": lambda row: number(row.tally.attended),
    "결석계": lambda row: row.term.absences,
    "결석가능": lambda row: row.term.left,
    "비고": lambda row: remark(row),
}


def symbol(row: ReportRow, key: Key) -> str:
    state = row.tally.hours.get(key)
    return SYMBOLS[state] if state else NOT_ON_LIST


def remark(row: ReportRow) -> str:
    """Whether the student has come from or gone to another course, left, fails or is near to failing; else ""."""
    came = f"{row.came.day} {row.came.course}에서 옮김 (그 전 출결 포함)" if row.came else ""
    return ", ".join(filter(None, (came, _standing(row))))


def _standing(row: ReportRow) -> str:
    if row.went:
        return f"{row.went.day} {row.went.course}(으)로 옮김"
    if row.left_on:
        return f"{row.left_on} 제외"
    if row.fails:
        return "F (결석 한도 도달)"
    if not row.near:
        return ""
    return f"결석 {row.term.left}시간 더 가능" if row.term.left else "다음 결석 시 F"


def number(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else round(float(value), 2)


def grid(report: AttendanceReport) -> list[list[Value]]:
    """Headings, then of each student number, name, a symbol for each hour, totals."""
    hours = [f"{day} {hour}교시" for day, hour in (each.key for each in report.hours)]
    return [["학번", "이름", *hours, *TOTALS], *(line(report, row) for row in report.rows)]


def line(report: AttendanceReport, row: ReportRow) -> list[Value]:
    """A student's number, name, a symbol for each hour, totals."""
    symbols = [symbol(row, each.key) for each in report.hours]
    return [row.student, row.name, *symbols, *(total(row) for total in TOTALS.values())]
