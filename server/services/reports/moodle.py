"""Moodle's marks import, as its Attendance module takes it for one of its sessions: a student's states in, rows out.

Columns and acronyms: mod_attendance, "Import marks" (user, status) and its default status set.
"""

import csv
import io
from collections.abc import Sequence
from typing import Final

from server.domain.attendance import State
from server.domain.tally import Key
from server.services.reports.report import CourseReport

COLUMNS: Final = ("idnumber", "status")
ACRONYMS: Final = {
    State.PRESENT: "P",
    State.LATE: "L",
    State.LEFT_EARLY: "L",
    State.ABSENT: "A",
    State.EXCUSED: "E",
    State.EXCUSED_ABSENCE: "E",
}
"""Present, Late, Excused, Absent; who left early gets what Moodle has for half an hour. Other states say nothing."""


def moodle_rows(report: CourseReport, hour: Key) -> list[tuple[str, str]]:
    """A row for each student with a state in that hour, as COLUMNS; who has none is left out, never absent."""
    states = ((row.student, row.tally.hours.get(hour)) for row in report.rows)
    return [(student, ACRONYMS[state]) for student, state in states if state in ACRONYMS]


def moodle_file(rows: Sequence[Sequence[str]]) -> str:
    """The CSV text, in which numbers stand as they are: it is read by Moodle and by no spreadsheet."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([COLUMNS, *rows])
    return text.getvalue()
