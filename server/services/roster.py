"""Rosters: a CSV file's bytes in, checked rows out and into the store; and who is on a course today.

Knows no SQL and no messages.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from server.errors import BadRequest, TooLarge
from server.store.base import RosterChange, RosterEntry, RosterRow, Store

COLUMNS: Final = ("student_id", "name", "course_code")
MAX_ROSTER_BYTES: Final = 16 * 1024 * 1024
"""Largest roster file: a university of 30 000 students with ten courses each has about 12 MB."""
MAX_ID_LENGTH: Final = 32
MAX_NAME_LENGTH: Final = 100
"""Of student numbers and course codes, and of names: as the wire and the database have them."""
MOST_PROBLEMS_SHOWN: Final = 20
_SHORTENED: Final = re.compile(r"[0-9]\.[0-9]+E\+[0-9]+")


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
    """Rows of a roster file: UTF-8 (with or without BOM) or cp949, columns `student_id,name,course_code` in any order.

    Raises TooLarge, or BadRequest with every wrong line and its number (from 1, the header's): all rows or none.
    """
    if len(data) > MAX_ROSTER_BYTES:
        raise TooLarge(f"The roster has {len(data)} bytes; at most {MAX_ROSTER_BYTES} are read. Split the file.")
    lines = _lines(_text(data))
    header = next(lines, None)
    if header is None:
        raise BadRequest(f"The roster is empty; its first line must name the columns {','.join(COLUMNS)}.")
    if header.wrong:
        raise BadRequest(f"The roster's first line cannot be read: {header.wrong}.")
    reading = _Reading(_columns(header.fields), len(header.fields))
    for line in lines:
        reading.add(line)
    return reading.rows_or_problems()


@dataclass(frozen=True, slots=True)
class _Line:
    """number: of the line in the file on which the row begins, from 1. wrong: why it is no row of a CSV file."""

    number: int
    fields: list[str]
    wrong: str = ""


class _Reading:
    """The rows so far and what is wrong with them; columns: places in a line, by COLUMNS; width: of the header."""

    def __init__(self, columns: Sequence[int], width: int) -> None:
        self._columns = columns
        self._width = width
        self._rows: list[RosterRow] = []
        self._problems: list[str] = []
        self._first_line: dict[tuple[str, str], int] = {}
        self._name: dict[str, tuple[str, int]] = {}

    def add(self, line: _Line) -> None:
        problems = [line.wrong] if line.wrong else self._check(line)
        self._problems.extend(f"line {line.number}: {problem}" for problem in problems)

    def rows_or_problems(self) -> list[RosterRow]:
        if self._problems:
            raise BadRequest(_summary(self._problems))
        if not self._rows:
            raise BadRequest("The roster holds no student; below the header each line is one student of one course.")
        return self._rows

    def _check(self, line: _Line) -> list[str]:
        """Problems of the line by itself, or, where there are none, those it has with the lines before."""
        if len(line.fields) <= max(self._columns) or any(line.fields[self._width:]):
            return [f"it has {len(line.fields)} fields, the header {self._width}; "
                    "a name with a comma stands in double quotes"]
        student, name, course = (line.fields[place] for place in self._columns)
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


def _text(data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp949"):  # what Korean offices' spreadsheets write
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadRequest("The roster is neither UTF-8 nor cp949 text; save it as CSV (comma separated, UTF-8).")


def _lines(text: str) -> Iterator[_Line]:
    """Lines that are not blank; a quoted field may go on over several. What follows a broken one is not read."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = 1
    try:
        for fields in reader:
            if any(each.strip() for each in fields):
                yield _Line(number, fields)
            number = reader.line_num + 1
    except csv.Error as error:
        yield _Line(number, [], f"it is not CSV ({error}), and what follows was not read")


def _columns(header: Sequence[str]) -> list[int]:
    names = [name.strip().casefold() for name in header]
    wrong = [column for column in COLUMNS if names.count(column) != 1]
    if wrong:
        found = ", ".join(repr(name[:40]) for name in names[:10]) or "nothing that can be read"
        raise BadRequest(
            f"The roster's first line must name each of the columns {', '.join(COLUMNS)} once, separated by commas; "
            f"{', '.join(wrong)} {'is' if len(wrong) == 1 else 'are'} not there once. It names {found}."
        )
    return [names.index(column) for column in COLUMNS]


def _normal(field: str) -> str:
    return unicodedata.normalize("NFC", field.strip())


def _wrong_id(column: str, value: str) -> list[str]:
    if not value:
        return [f"{column} is missing"]
    if len(value) > MAX_ID_LENGTH:
        return [f"{column} has {len(value)} characters, at most {MAX_ID_LENGTH} are possible"]
    if not value.isprintable() or any(char.isspace() for char in value):
        return [f"{column} {value!r} holds white space or control characters"]
    if _SHORTENED.fullmatch(value):
        return [f"{column} {value} is a number that a spreadsheet has shortened: make its cells text, save it again"]
    return []


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
