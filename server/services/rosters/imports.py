"""Rosters: the bytes of files in, checked rows out and into the store; and who is on a course today.

Knows no SQL and no messages.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from server.domain.identifiers import flaw
from server.errors import BadRequest, TooLarge
from server.services.plans.course_plan import MOST_TITLE
from server.services.rosters import archives
from server.services.rosters.headings import Headings, Table
from server.services.rosters.oneroster import Enrolment, is_oneroster, read_oneroster
from server.services.rosters.text_files import read_text
from server.store import ListedStudent, RosterLine, Store

MAX_ROSTER_BYTES: Final = 16 * 1024 * 1024
"""Largest roster file: a university of 30 000 students with ten courses each has about 12 MB."""
MAX_NAME_LENGTH: Final = 100
"""As the wire and the database have it."""
MOST_PROBLEMS_SHOWN: Final = 20
_SPOILT: Final = {
    re.compile(r"[0-9]+([.,][0-9]+)?E\+[0-9]+"): "a number that a spreadsheet has shortened",
    re.compile(r"-[0-9]+([.,][0-9]+)?"): "a number below zero",
    re.compile(r"[0-9]+[.,]0+"): "a number to which a spreadsheet has added decimals",
    re.compile(r"'.*"): "a number before which a spreadsheet's mark for text was left",
    re.compile(r"=.*"): "a number that was written as a spreadsheet's formula",
    re.compile(r"#([A-Z0/]+[!?]|N/A)"): "what a spreadsheet shows of a formula that it cannot compute",
}
"""What spreadsheets make of numbers, and of means against that which were saved with them."""


class RosterService:
    """Who takes a course, and what is recorded for them. May be used from any thread."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def roster(self, course: str, day: date) -> list[ListedStudent]:
        """Students enrolled in the course on that day, by number. Raises UnknownCourse, Unavailable."""
        return self._store.rosters.of_day(course, day)


@dataclass(frozen=True, slots=True)
class Roster:
    """What files say. gone: course and student of enrolments that their sender has deleted.

    changes_only: what is not in them may be all the same.
    """

    rows: list[RosterLine]
    gone: list[tuple[str, str]]
    changes_only: bool = False


def read_rosters(files: Sequence[tuple[str, bytes]], headings: Headings) -> Roster:
    """Rows of roster files, each with its name: CSV, .xlsx or a OneRoster ZIP, told apart by their bytes.

    Raises TooLarge, or BadRequest with every wrong line and its place: all rows of all files or none.
    """
    reading = _Reading(headings)
    for name, data in files:
        _read_one(reading, name, data, alone=len(files) == 1)
    return reading.result()


def _read_one(reading: "_Reading", name: str, data: bytes, *, alone: bool) -> None:
    """Read a file; what is said of it begins with its name where there are others."""
    try:
        if len(data) > MAX_ROSTER_BYTES:
            raise TooLarge(f"The roster has {len(data)} bytes; at most {MAX_ROSTER_BYTES} are read. Split the file.")
        reading.read(data, "" if alone else f"{name}, ")
    except (BadRequest, TooLarge) as error:
        if alone:
            raise
        raise type(error)(f"{name}: {error.text}") from error


class _Reading:
    """The rows of files so far, and what is wrong with them."""

    def __init__(self, headings: Headings) -> None:
        self._headings = headings
        self._rows: list[RosterLine] = []
        self._gone: list[tuple[str, str]] = []
        self._problems: list[str] = []
        self._first: dict[tuple[str, str], str] = {}
        self._name: dict[str, tuple[str, str]] = {}
        self._changes_only = False

    def read(self, data: bytes, before: str) -> None:
        """Take the lines of one file. before: what its places in messages begin with."""
        if not data.startswith(archives.MAGIC):
            self._take(_entries(read_text(data, self._headings), self._headings.course), before)
            return
        with archives.open_archive(data, "The roster") as archive:
            if is_oneroster(archive):
                found = read_oneroster(archive)
                self._changes_only |= found.changes_only
                self._take(found.enrolments, before)
            elif "[Content_Types].xml" in archive.namelist():
                # openpyxl takes a tenth of a second to import, and only spreadsheets need it.
                from server.services.rosters.spreadsheets import read_sheet

                self._take(_entries(read_sheet(data, self._headings), self._headings.course), before)
            else:
                raise BadRequest("The ZIP is neither an .xlsx file nor OneRoster: enrollments.csv is not at its root.")

    def result(self) -> Roster:
        if self._problems:
            raise BadRequest(_summary(self._problems))
        if not self._rows and not self._gone:
            raise BadRequest("The roster holds no student; below the header each line is one student of one course.")
        return Roster(self._rows, self._gone, self._changes_only)

    def _take(self, entries: Iterable[Enrolment], before: str) -> None:
        for entry in entries:
            if problems := [entry.wrong] if entry.wrong else self._check(entry, before + entry.where):
                self._problems.append(f"{before}{entry.where}: {'; '.join(problems)}")

    def _check(self, entry: Enrolment, where: str) -> list[str]:
        """Problems of the line by itself, or, where there are none, those it has with the lines before."""
        name = " ".join(_normal(entry.name).split())
        title = " ".join(_normal(entry.title).split())[:MOST_TITLE]
        row = RosterLine(
            _normal(entry.student),
            name,
            _normal(entry.course),
            entry.begins,
            entry.ends,
            title if title.isprintable() else "",
        )
        problems = _wrong_id("student_id", row.student) + _wrong_name(row.name) + _wrong_id("course_code", row.course)
        return problems or self._keep(row, entry.gone, where)

    def _keep(self, row: RosterLine, gone: bool, where: str) -> list[str]:
        problems = []
        first = self._first.setdefault((row.student, row.course), where)
        if first != where:
            problems.append(f"student {row.student} is in course {row.course} already, in {first}")
        name, named = self._name.setdefault(row.student, (row.name, where))
        if name != row.name:
            problems.append(f"student {row.student} has another name in {named}")
        if gone:
            self._gone.append((row.course, row.student))
        else:
            self._rows.append(row)
        return problems


def _entries(table: Table, course: str) -> Iterable[Enrolment]:
    """The lines of a table. course: of all of them, "" where its column says it.

    A line in which none of our columns holds anything is passed over: a sum or a note below the list.
    """
    said = ""
    for line in table.lines:
        values = {
            column: line.fields[place].strip() for column, place in table.places.items() if place < len(line.fields)
        }
        if line.wrong or not any(values.values()):
            yield from [Enrolment(line.where, wrong=line.wrong)] if line.wrong else []
            continue
        of_line = values.get("course_code", "")
        said = said or of_line
        wrong = f"it is of course {of_line}, others of {said}, so --course cannot be right for all"
        yield Enrolment(
            line.where,
            values.get("student_id", ""),
            values.get("name", ""),
            course or of_line,
            wrong=wrong if course and of_line != said else "",
        )


def _normal(field: str) -> str:
    return unicodedata.normalize("NFC", field.strip())


def _wrong_id(column: str, value: str) -> list[str]:
    wrong = flaw(value)
    return [f"{column} {wrong}"] if wrong else _spoilt(column, value)


def _spoilt(column: str, value: str) -> list[str]:
    """What a spreadsheet has made of a number, and how to keep it from that."""
    how = next((how for form, how in _SPOILT.items() if form.fullmatch(value)), None)
    return [f"{column} {value} is {how}: format the column as text, enter it again"] if how else []


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
