"""Read roster files and check every row; any mistake refuses them all."""

import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from server.domain.identifiers import flaw
from server.errors import BadRequest, TooLarge
from server.services.plans.course_file import MOST_TITLE
from server.services.rosters.headings import Headings, RosterTable
from server.services.rosters.oneroster import Enrolment, is_oneroster, read_oneroster
from server.services.rosters.text_files import read_text
from server.store import RosterLine

MAX_ROSTER_BYTES: Final = 16 * 1024 * 1024  # a university of 30 000 students with ten courses each has about 12 MB
# Of a ZIP's entries together: a sheet with 300 000 lines has about 80 MB, and a "zip bomb" has gigabytes.
MAX_UNPACKED_BYTES: Final = 128 * 1024 * 1024
MAX_ENTRIES: Final = 1000
MAX_NAME_LENGTH: Final = 100  # as the wire and the database have it
MOST_PROBLEMS_SHOWN: Final = 20
_ZIP: Final = b"PK\x03\x04"
# How spreadsheets corrupt numbers, and what is left of attempts to prevent it.
_SPOILT: Final = {
    re.compile(r"[0-9]+([.,][0-9]+)?E\+[0-9]+"): "a number that a spreadsheet has shortened",
    re.compile(r"-[0-9]+([.,][0-9]+)?"): "a number below zero",
    re.compile(r"[0-9]+[.,]0+"): "a number to which a spreadsheet has added decimals",
    re.compile(r"'.*"): "a number before which a spreadsheet's mark for text was left",
    re.compile(r"=.*"): "a number that was written as a spreadsheet's formula",
    re.compile(r"#([A-Z0/]+[!?]|N/A)"): "what a spreadsheet shows of a formula that it cannot compute",
}


@dataclass(frozen=True, slots=True)
class ImportedRoster:
    """What roster files say."""

    rows: list[RosterLine]
    gone: list[tuple[str, str]]  # course and student of enrolments that the sender has deleted
    changes_only: bool = False  # whoever is missing may be on the course all the same
    # Since when a course's list of an earlier term is over, of which no first day was known.
    over: Mapping[str, date] = field(default_factory=dict)
    late: frozenset[tuple[str, str]] = frozenset()  # course and student of those who join after a class was held


def read_rosters(files: Sequence[tuple[str, bytes]], headings: Headings) -> ImportedRoster:
    """The rows of files, names with bytes: CSV, .xlsx or a OneRoster ZIP, told apart by their bytes.

    Raises TooLarge, or BadRequest with every wrong line and its place.
    """
    reading = _Reading(headings)
    for name, data in files:
        _read_one(reading, name, data, alone=len(files) == 1)
    return reading.result()


def _read_one(reading: "_Reading", name: str, data: bytes, *, alone: bool) -> None:
    try:  # an error begins with the file's name where there are several
        if len(data) > MAX_ROSTER_BYTES:
            raise TooLarge(f"The roster has {len(data)} bytes; at most {MAX_ROSTER_BYTES} are read. Split the file.")
        reading.read(data, "" if alone else f"{name}, ")
    except (BadRequest, TooLarge) as error:
        if alone:
            raise
        raise type(error)(f"{name}: {error.text}") from error


@contextmanager
def _open_zip(data: bytes) -> Iterator[zipfile.ZipFile]:
    """Raises BadRequest where the archive is damaged, also for what is found while it is read; TooLarge."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _require_small(archive.infolist())  # zipfile reads no further than the entries say
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise BadRequest(f"The roster is damaged ({error}): export it again.") from error


def _require_small(entries: Sequence[zipfile.ZipInfo]) -> None:
    if any(each.flag_bits & 1 for each in entries):
        raise BadRequest("The roster is under a password: save it without one.")
    size = sum(each.file_size for each in entries)
    if size > MAX_UNPACKED_BYTES or len(entries) > MAX_ENTRIES:
        raise TooLarge(
            f"The roster unpacks to {size} bytes in {len(entries)} parts; at most {MAX_UNPACKED_BYTES} bytes in "
            f"{MAX_ENTRIES} parts are read. Split the file."
        )


class _Reading:
    """The rows of the files so far, and what is wrong with them."""

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
        if not data.startswith(_ZIP):
            self._take(_lines(read_text(data, self._headings), self._headings.course), before)
            return
        with _open_zip(data) as archive:
            if is_oneroster(archive):
                found = read_oneroster(archive)
                self._changes_only |= found.changes_only
                self._take(found.lines, before)
            elif "[Content_Types].xml" in archive.namelist():
                # openpyxl takes a tenth of a second to import, and only spreadsheets need it.
                from server.services.rosters.spreadsheets import read_sheet

                self._take(_lines(read_sheet(data, self._headings), self._headings.course), before)
            else:
                raise BadRequest("The ZIP is neither an .xlsx file nor OneRoster: enrollments.csv is not at its root.")

    def result(self) -> ImportedRoster:
        if self._problems:
            raise BadRequest(_summary(self._problems))
        if not self._rows and not self._gone:
            raise BadRequest("The roster holds no student; below the header each line is one student of one course.")
        return ImportedRoster(self._rows, self._gone, self._changes_only)

    def _take(self, lines: Iterable[Enrolment], before: str) -> None:
        for line in lines:
            if problems := [line.wrong] if line.wrong else self._add(line, before + line.where):
                self._problems.append(f"{before}{line.where}: {'; '.join(problems)}")

    def _add(self, line: Enrolment, where: str) -> list[str]:
        """What is wrong with the line by itself, else with the lines before it."""
        title = " ".join(_normal(line.title).split())[:MOST_TITLE]
        row = RosterLine(
            _normal(line.student),
            " ".join(_normal(line.name).split()),
            _normal(line.course),
            line.begins,
            line.ends,
            title if title.isprintable() else "",
        )
        problems = _wrong_id("student_id", row.student) + _wrong_name(row.name) + _wrong_id("course_code", row.course)
        return problems or self._add_row(row, line.gone, where)

    def _add_row(self, row: RosterLine, gone: bool, where: str) -> list[str]:
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


def _lines(table: RosterTable, course: str) -> Iterator[Enrolment]:
    """The lines of a table. course: of all of them, "" where its column says it."""
    said = ""
    for line in table.lines:
        values = {
            column: line.fields[place].strip() for column, place in table.places.items() if place < len(line.fields)
        }
        if line.wrong:
            yield Enrolment(line.where, wrong=line.wrong)
        if line.wrong or not any(values.values()):  # a sum or a note below the list
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
