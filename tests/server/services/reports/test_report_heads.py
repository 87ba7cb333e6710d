"""Where more students are marked than there were heads, every form of the report for an office says so."""

from io import BytesIO

import openpyxl
import pytest

from protocol import messages
from server.cli.classes.report_views import show_report
from server.services.reports.report import course_report
from server.services.reports.report_sheet import report_sheet
from server.store import KeptRoomCheck
from tests.server.classroom import COURSE, Classroom, seoul

CHECK = '{"rows":[{"faces":4,"state":"sure"}]}'
SEEN, MARKED = (0, 1, 2), (0, 1, 2, 3, 4)


def submitted(room: Classroom, *, checked: bool) -> None:
    """Hour 3 shows three students in every picture, and five are marked as there."""
    room.set_course()
    if checked:
        room.store.room_checks.add(KeptRoomCheck("B101", "", room.now, CHECK, b""), by="test")
    for minute in range(31, 56, 2):
        room.look(f"10:{minute}", *SEEN)
    room.now = seoul("11:25")
    for place in MARKED:
        room.mark(place, source="professor", hour=3)
    room.set_state(1, "submitted")


def test_too_many_marks_are_told_in_words_on_the_sheet_and_on_the_wire(
    on_sqlite: Classroom, capsys: pytest.CaptureFixture[str]
) -> None:
    submitted(on_sqlite, checked=True)
    report = course_report(on_sqlite.store, on_sqlite.class_day.courses, COURSE, now=on_sqlite.now)
    assert [(each.marked, each.at_least, each.at_most) for each in report.heads] == [(5, 3, 3)]
    show_report(report)
    assert "2026-03-02 hour 3: 5 marked, 3 heads at most, 3 at least." in capsys.readouterr().out
    sheet = openpyxl.load_workbook(BytesIO(report_sheet(report, on_sqlite.now.date()))).active
    counted = next(row for row in sheet.iter_rows() if row[2].value == "카메라 인원")
    assert counted[3].value == "3~3"
    assert counted[3].fill.fgColor.rgb.endswith("F8CBAD")
    told = on_sqlite.ask(messages.Report(course=COURSE)).heads
    assert [(each.date, each.hour, each.marked, each.at_most) for each in told] == [("2026-03-02", 3, 5, 3)]


def test_without_a_check_of_the_room_no_limit_is_told(on_sqlite: Classroom, capsys: pytest.CaptureFixture[str]) -> None:
    submitted(on_sqlite, checked=False)
    report = course_report(on_sqlite.store, on_sqlite.class_day.courses, COURSE, now=on_sqlite.now)
    assert [(each.at_least, each.at_most, each.too_many) for each in report.heads] == [(3, None, False)]
    show_report(report)
    assert "at most" not in capsys.readouterr().out
