"""Read roster files and check every row.

Any mistake in a list refuses it all; of what programs write (OneRoster, LTI) the line alone is passed over.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final
from zipfile import ZipFile

from server.domain.enrolments import joined
from server.domain.identifiers import flaw, normal
from server.errors import BadRequest, TooLarge
from server.services.plans.course_file import MOST_TITLE
from server.services.rosters.date_codes import is_date_like
from server.services.rosters.headings import CODES, Headings
from server.services.rosters.memberships import is_memberships, read_memberships
from server.services.rosters.oneroster import Enrolment, find_oneroster, read_oneroster
from server.store import RosterLine
from tables.archives import ZIP, open_zip
from tables.delimited import read_delimited
from tables.errors import TableError, TableTooLarge
from tables.lines import Table
from tables.xlsx.sheets import is_xlsx, read_sheet
from texts.identifiers import is_changed, is_printable, normal_name, spelt_out

MAX_ROSTER_BYTES: Final = 16 * 1024 * 1024  # a university of 30 000 students with ten courses each has about 12 MB
MAX_NAME_LENGTH: Final = 100  # as the wire and the database have it
MOST_PROBLEMS_SHOWN: Final = 20
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
    remarks: tuple[str, ...] = ()  # how lines were read, where it is not as they stand there
    unread: tuple[str, ...] = ()  # sentences about lines that were not read: whoever stands there is not among the rows
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
        _read_table(reading, data, "" if alone else f"{name}, ")
    except (BadRequest, TooLarge) as error:
        if alone:
            raise
        raise type(error)(f"{name}: {error.text}") from error


def _read_table(reading: "_Reading", data: bytes, before: str) -> None:
    try:
        reading.read(data, before)
    except TableTooLarge as error:
        raise TooLarge(error.text) from error
    except TableError as error:
        raise BadRequest(error.text) from error


def _other_zip(names: Sequence[str]) -> str:
    if "content.xml" in names:
        return "The file is a spreadsheet of the kind .ods, or the like: save it as .xlsx, and import that file."
    if any(name.startswith("Index/") for name in names):
        return "The file is a spreadsheet of Numbers: export it as .xlsx, and import that file."
    return "The ZIP is neither an .xlsx file nor OneRoster: it has no enrollments.csv."


class _Reading:
    """The rows of the files so far, and what is wrong with them."""

    def __init__(self, headings: Headings) -> None:
        self._headings = headings
        self._rows: dict[tuple[str, str], list[RosterLine]] = {}
        self._gone: dict[tuple[str, str], None] = {}
        self._problems: list[str] = []
        self._remarks: list[str] = []
        self._unread: list[str] = []
        self._first: dict[tuple[str, str], str] = {}
        self._name: dict[str, tuple[str, str]] = {}
        self._changes_only = False

    def read(self, data: bytes, before: str) -> None:
        """Take the lines of one file. before: what its places in messages begin with."""
        if is_memberships(data):
            self._take_lines(read_memberships(data, self._headings.course), before)
            return
        if not data.startswith(ZIP):
            self._take_list(read_delimited(data, self._headings), before)
            return
        with open_zip(data) as archive:
            if (folder := find_oneroster(archive)) is not None:
                self._take_oneroster(archive, folder, before)
            elif is_xlsx(archive):
                self._take_list(read_sheet(archive, self._headings, CODES, self._headings.sheet), before)
            else:
                raise BadRequest(_other_zip(archive.namelist()))

    def result(self) -> ImportedRoster:
        if self._problems:
            raise BadRequest(_summary(self._problems))
        rows = [row for of_pair in self._rows.values() for row in of_pair]
        gone = [pair for pair in self._gone if pair not in self._rows]
        if not rows and not gone:
            raise BadRequest(
                _summary(self._unread)
                if self._unread
                else "The roster holds no student; below the header each line is one student of one course."
            )
        return ImportedRoster(rows, gone, self._changes_only, tuple(self._remarks), tuple(self._unread))

    def _take_list(self, table: Table, before: str) -> None:
        """Take a list that people wrote: whoever stands there twice is a mistake, unless the line is the same."""
        for line in _lines(table, self._headings.course):
            where = before + line.where
            row, problems = self._row(line, where)
            if not line.wrong and not problems:
                problems = self._add(row, where)
            if problems := [line.wrong] if line.wrong else problems:
                self._problems.append(f"{where}: {'; '.join(problems)}")
        self._unread += [before + each for each in table.unread]

    def _take_oneroster(self, archive: ZipFile, folder: str, before: str) -> None:
        found = read_oneroster(archive, folder)
        self._changes_only |= found.changes_only
        self._take_lines(found.lines, before)

    def _take_lines(self, lines: Iterable[Enrolment], before: str) -> None:
        """Take what a program wrote: a line that cannot be read is passed over, and told."""
        for line in lines:
            where = before + line.where
            row, problems = self._row(line, where)
            if line.gone:
                problems = [each for each in problems if not each.startswith("name ")]
            if problems := [line.wrong] if line.wrong else problems:
                self._unread.append(f"{where}: {'; '.join(problems)}")
            elif line.gone:
                self._gone[row.course, row.student] = None
            else:
                self._add_span(self._with_first_name(row, where))

    def _row(self, line: Enrolment, where: str) -> tuple[RosterLine, list[str]]:
        """What the line says, and what is wrong with it by itself."""
        student, course, name = normal(line.student), normal(line.course), normal_name(line.name)
        title = normal_name(line.title)[:MOST_TITLE]
        row = RosterLine(student, name, course, line.begins, line.ends, title if is_printable(title) else "")
        problems = _wrong_id("student_id", student) + _wrong_name(name) + _wrong_id("course_code", course)
        if not problems and not line.wrong:
            self._remark(where, ("student_id", line.student, student), ("course_code", line.course, course))
            if is_changed(line.name, name):
                self._remarks.append(f"{where}: the name holds letters that nobody sees, which were left out")
        return row, problems

    def _remark(self, where: str, *read: tuple[str, str, str]) -> None:
        for column, written, taken in read:
            if is_changed(written, taken):
                self._remarks.append(f"{where}: {column} {spelt_out(written.strip())} is read as {taken}")

    def _add(self, row: RosterLine, where: str) -> list[str]:
        problems = []
        first = self._first.setdefault((row.student, row.course), where)
        name, named = self._name.setdefault(row.student, (row.name, where))
        if name != row.name:
            problems.append(
                f"student {row.student} has another name in {named}: give both lines one name, or put the number right"
            )
        if first == where:
            self._rows[row.course, row.student] = [row]
        elif row != self._rows[row.course, row.student][0]:
            problems.insert(0, f"student {row.student} is in course {row.course} already, in {first}")
        return problems

    def _with_first_name(self, row: RosterLine, where: str) -> RosterLine:
        name, named = self._name.setdefault(row.student, (row.name, where))
        if name == row.name:
            return row
        self._remarks.append(f"{where}: student {row.student} has another name in {named}, and that one is taken")
        return replace(row, name=name)

    def _add_span(self, row: RosterLine) -> None:
        """Days that touch or overlap are one enrolment: accounts and lines of the same may be two."""
        held = self._rows.setdefault((row.course, row.student), [])
        days = joined([(each.begins, each.ends) for each in (*held, row)])
        first = held[0] if held else row
        held[:] = [replace(first, begins=begins, ends=ends) for begins, ends in days]


def _lines(table: Table, course: str) -> Iterator[Enrolment]:
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


def _wrong_id(column: str, value: str) -> list[str]:
    if is_date_like(value):
        how = "a date: a spreadsheet makes one of what is typed like 3-1"
        return [f"{column} {value} is {how}; format the column as text, enter it again"]
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
    return [] if is_printable(value) else ["name holds control characters"]


def shortened(sentences: Sequence[str]) -> list[str]:
    """The first of many, and how many more there are."""
    more = len(sentences) - MOST_PROBLEMS_SHOWN
    return [*sentences[:MOST_PROBLEMS_SHOWN], *([f"… and {more} more"] if more > 0 else [])]


def _summary(problems: Sequence[str]) -> str:
    shown = "\n".join(f"  {each}" for each in shortened(problems))
    return f"The roster has mistakes, and nothing of it was imported:\n{shown}"
