"""Rosters: a CSV file's bytes in, checked rows out and into the store; and who is on a course today.

Knows no SQL and no messages.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from server.counted import counted
from server.errors import BadRequest, TooLarge
from server.services.roster_file import SEPARATORS, Line, Table, read_table
from server.store.base import RosterChange, RosterEntry, RosterRow, Store

MAX_ROSTER_BYTES: Final = 16 * 1024 * 1024
"""Largest roster file: a university of 30 000 students with ten courses each has about 12 MB."""
MAX_ID_LENGTH: Final = 32
MAX_NAME_LENGTH: Final = 100
"""Of student numbers and course codes, and of names: as the wire and the database have them."""
MOST_PROBLEMS_SHOWN: Final = 20
_SPOILT: Final = {
    re.compile(r"[0-9]+([.,][0-9]+)?E\+[0-9]+"): "that a spreadsheet has shortened",
    re.compile(r"[0-9]+[.,]0+"): "to which a spreadsheet has added decimals",
    re.compile(r"'.*"): "before which a spreadsheet's mark for text was left",
    re.compile(r"=.*"): "that was written as a spreadsheet's formula",
}
"""What spreadsheets make of numbers, and of means against that which were saved with them."""


class RosterService:
    """Who takes a course, and what is recorded for them. May be used from any thread."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def roster(self, course: str, day: date) -> list[RosterEntry]:
        """Students enrolled in the course on that day, by number. Raises UnknownCourse, Unavailable."""
        return self._store.roster(course, day)


def import_roster(store: Store, rows: Sequence[RosterRow], *, at: datetime, by: str) -> RosterChange:
    """Add the rows' students, courses and enrolments in one transaction; nobody is removed. Raises Unavailable."""
    return store.import_roster(rows, at=at, by=by)


def read_roster_csv(data: bytes) -> list[RosterRow]:
    """Rows of a roster file: UTF-8 or cp949, columns `student_id,name,course_code` in any order; see `read_table`.

    Raises TooLarge, or BadRequest with every wrong line and its number (from 1, the header's): all rows or none.
    """
    if len(data) > MAX_ROSTER_BYTES:
        raise TooLarge(f"The roster has {len(data)} bytes; at most {MAX_ROSTER_BYTES} are read. Split the file.")
    table = read_table(data)
    reading = _Reading(table)
    for line in table.lines:
        reading.add(line)
    return reading.rows_or_problems()


class _Reading:
    """The rows of a table so far, and what is wrong with them."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._rows: list[RosterRow] = []
        self._problems: list[str] = []
        self._first_line: dict[tuple[str, str], int] = {}
        self._name: dict[str, tuple[str, int]] = {}

    def add(self, line: Line) -> None:
        if problems := [line.wrong] if line.wrong else self._check(line):
            self._problems.append(f"line {line.number}: {'; '.join(problems)}")

    def rows_or_problems(self) -> list[RosterRow]:
        if self._problems:
            raise BadRequest(_summary(self._problems))
        if not self._rows:
            raise BadRequest("The roster holds no student; below the header each line is one student of one course.")
        return self._rows

    def _check(self, line: Line) -> list[str]:
        """Problems of the line by itself, or, where there are none, those it has with the lines before."""
        columns, width = self._table.columns, self._table.width
        if len(line.fields) <= max(columns) or any(line.fields[width:]):
            return [f"it has {counted(len(line.fields), 'field')}, the header {width}; "
                    f"a name with {SEPARATORS[self._table.separator]} stands in double quotes"]
        student, name, course = (line.fields[place] for place in columns)
        row = RosterRow(_normal(student), " ".join(_normal(name).split()), _normal(course))
        problems = _wrong_id("student_id", row.student) + _wrong_name(row.name) + _wrong_id("course_code", row.course)
        return problems or self._keep(row, line.number)

    def _keep(self, row: RosterRow, number: int) -> list[str]:
        problems = []
        first = self._first_line.setdefault((row.student, row.course), number)
        if first != number:
            problems.append(f"student {row.student} is in course {row.course} already, in line {first}")
        name, named = self._name.setdefault(row.student, (row.name, number))
        if name != row.name:
            problems.append(f"student {row.student} has another name in line {named}")
        self._rows.append(row)
        return problems


def _normal(field: str) -> str:
    return unicodedata.normalize("NFC", field.strip())


def _wrong_id(column: str, value: str) -> list[str]:
    if not value:
        return [f"{column} is missing"]
    if len(value) > MAX_ID_LENGTH:
        return [f"{column} has {len(value)} characters, at most {MAX_ID_LENGTH} are possible"]
    if not value.isprintable() or any(char.isspace() for char in value):
        return [f"{column} {value!r} holds white space or control characters"]
    return _spoilt(column, value)


def _spoilt(column: str, value: str) -> list[str]:
    """What a spreadsheet has made of a number, and how to keep it from that."""
    how = next((how for form, how in _SPOILT.items() if form.fullmatch(value)), None)
    return [f"{column} {value} is a number {how}: format the column as text, enter it again"] if how else []


def _wrong_name(value: str) -> list[str]:
    if not value:
        return ["name is missing"]
    if len(value) > MAX_NAME_LENGTH:
        return [f"name has {len(value)} characters, at most {MAX_NAME_LENGTH} are possible"]
    return [] if value.isprintable() else ["name holds control characters"]


def _summary(problems: Sequence[str]) -> str:
    more = len(problems) - MOST_PROBLEMS_SHOWN
    shown = [*problems[:MOST_PROBLEMS_SHOWN], *([f"… and {more} more"] if more > 0 else [])]
    return "The roster has mistakes, and nothing of it was imported:\n" + "\n".join(f"  {each}" for each in shown)
