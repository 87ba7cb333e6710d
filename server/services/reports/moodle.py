"""Write an hour's marks as Moodle's Attendance module imports them for one of its sessions."""

import csv
import io
from collections.abc import Sequence
from typing import Final

from server.domain.attendance import State
from server.domain.tally import Key
from server.services.reports.report import AttendanceReport

# mod_attendance: "Import marks" (user, status), and the acronyms of its default status set.
COLUMNS: Final = ("idnumber", "status")
# Present, Late, Excused, Absent; who left early gets what Moodle has for half an hour. Other states say nothing.
ACRONYMS: Final = {
    State.PRESENT: "P",
    State.LATE: "L",
    State.LEFT_EARLY: "L",
    State.ABSENT: "A",
    State.EXCUSED: "E",
    State.EXCUSED_ABSENCE: "E",
}


def moodle_rows(report: AttendanceReport, hour: Key) -> list[tuple[str, str]]:
    """Student numbers and acronyms; who has no state in that hour is left out, never absent."""
    states = ((row.student, row.tally.hours.get(hour)) for row in report.rows)
    return [(student, ACRONYMS[state]) for student, state in states if state in ACRONYMS]


def moodle_file(rows: Sequence[Sequence[str]]) -> str:
    # Numbers stand as they are: Moodle reads it, and no spreadsheet.
    text = io.StringIO(newline="")
    csv.writer(text).writerows([COLUMNS, *rows])
    return text.getvalue()
