"""Read who takes which course from a ZIP of OneRoster 1.1 or 1.2; teachers and other roles are passed over."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zipfile import ZipFile

from server.errors import BadRequest, TooLarge
from texts.decoding import UnreadableText, decoded

MANIFEST: Final = "manifest.csv"
SESSIONS: Final = "academicSessions.csv"
# The columns that are read and must be there; title, beginDate, endDate and status are read where they are.
COLUMNS: Final = {
    "users.csv": ("sourcedId", "givenName", "familyName", "identifier"),
    "classes.csv": ("sourcedId", "classCode"),
    "enrollments.csv": ("classSourcedId", "userSourcedId", "role"),
    MANIFEST: ("propertyName", "value"),
}
_OF_SESSIONS: Final = ("sourcedId", "startDate", "endDate")
OPTIONAL: Final = ("status", "title", "termSourcedIds", "beginDate", "endDate")
MAX_LINES: Final = 1_000_000  # of one of the files: 30 000 students with ten courses in three terms
MOST_LETTERS: Final = 100_000  # of a line
VERSIONS: Final = ("1.1", "1.2")
# 1.1 has taken the `inactive` of 1.0 out, for which `tobedeleted` stands.
_GONE: Final = frozenset({"tobedeleted", "inactive"})
_OF_MACS: Final = "__MACOSX/"  # a second tree, of what a Mac knows of each file
Row = Mapping[str, str]
Days = tuple[date | None, date | None]


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A student of a course, with the texts as they stand in the file."""

    where: str  # for messages, `line 3`
    student: str = ""
    name: str = ""
    course: str = ""
    begins: date | None = None
    ends: date | None = None  # the first day on which the student is no longer in the class
    gone: bool = False  # the sender has deleted the enrolment
    wrong: str = ""  # why the line cannot be taken
    title: str = ""


@dataclass(frozen=True, slots=True)
class OneRoster:
    """The lines about students in enrollments.csv, each with what it points to."""

    lines: Iterator[Enrolment]
    changes_only: bool  # the files hold what has changed since the last ones (`delta`), not everything (`bulk`)


def find_oneroster(archive: ZipFile) -> str | None:
    """The folder of the archive with the files, "" for its root, None where there are none. Raises BadRequest."""
    found: dict[str, set[str]] = {}
    for name in archive.namelist():
        folder, _, file = name.rpartition("/")
        if file in COLUMNS and not name.startswith(_OF_MACS):
            found.setdefault(f"{folder}/" if folder else "", set()).add(file)
    if not found:
        return None
    most = max(map(len, found.values()))
    folders = [folder for folder, files in found.items() if len(files) == most]
    if len(folders) > 1:
        raise BadRequest(
            "The ZIP has the files of OneRoster in the folders {folders}: import each by itself.",
            folders=", ".join(map(repr, sorted(folders))),
        )
    return folders[0]


def read_oneroster(archive: ZipFile, folder: str) -> OneRoster:
    """Raises BadRequest where a file or a column is missing, or of another version."""
    if missing := [name for name in COLUMNS if folder + name not in archive.namelist()]:
        files = ", ".join(missing)
        if folder:
            raise BadRequest("The OneRoster file lacks {files} in the folder '{folder}'.", files=files, folder=folder)
        raise BadRequest("The OneRoster file lacks {files} at the root of the ZIP.", files=files)
    manifest = {row["propertyName"]: row["value"] for _, row in _rows(archive, folder, MANIFEST, COLUMNS[MANIFEST])}
    version = manifest.get("oneroster.version", "")
    if version not in VERSIONS:
        raise BadRequest(
            "{file} says OneRoster version '{version}'; {versions} can be read.",
            file=MANIFEST,
            version=version,
            versions=" and ".join(VERSIONS),
        )
    return OneRoster(_Files(archive, folder).lines(), manifest.get("file.enrollments") == "delta")


class _Files:
    def __init__(self, archive: ZipFile, folder: str) -> None:
        files = {name: _rows(archive, folder, name, columns) for name, columns in COLUMNS.items()}
        self._enrollments = files["enrollments.csv"]
        # By sourcedId, each with the place of its line.
        self._users = {row["sourcedId"]: (where, row) for where, row in files["users.csv"]}
        self._classes = {row["sourcedId"]: (where, row) for where, row in files["classes.csv"]}
        there = folder + SESSIONS in archive.namelist()
        sessions = _rows(archive, folder, SESSIONS, _OF_SESSIONS) if there else []
        self._sessions = {row["sourcedId"]: row for _, row in sessions}
        self._with_code: dict[str, list[Row]] = {}
        for _, row in self._classes.values():
            if not _is_gone(row):
                self._with_code.setdefault(_code(row), []).append(row)

    def lines(self) -> Iterator[Enrolment]:
        for where, row in self._enrollments:
            if row["role"].strip().lower() == "student":
                try:
                    yield self._line(where, row)
                except ValueError as error:
                    yield Enrolment(where, wrong=str(error))

    def _line(self, where: str, row: Row) -> Enrolment:
        user_at, user = _found(self._users, row["userSourcedId"], "user", "users.csv")
        class_at, of_class = _found(self._classes, row["classSourcedId"], "class", "classes.csv")
        if not user["identifier"].strip():
            raise ValueError(f"{user_at}: the student has no identifier, where the student number should stand")
        gone = any(map(_is_gone, (row, user, of_class)))
        begins, ends = _day(row, "beginDate"), _day(row, "endDate")
        if not gone:
            begins, ends = self._within_term(class_at, of_class, (begins, ends))
        if begins and ends and ends <= begins:
            raise ValueError(f"endDate {ends} is not after beginDate {begins}")
        student, code, title = user["identifier"], _code(of_class), of_class.get("title") or ""
        return Enrolment(where, student, _name(user), code, begins, ends, gone=gone, title=title)

    def _within_term(self, class_at: str, of_class: Row, days: Days) -> Days:
        """The days of an enrolment: those of the class's term where a class of another term has the same code."""
        sharing = self._with_code[_code(of_class)]
        if len(sharing) == 1:
            return days
        earlier = sharing[: [each["sourcedId"] for each in sharing].index(of_class["sourcedId"])]
        if any(not _terms(of_class) or _terms(each) & _terms(of_class) or not _terms(each) for each in earlier):
            raise ValueError(f"{class_at}: another class of its term has the classCode {_code(of_class)!r} already")
        first, last = self._days_of(_terms(of_class))
        begins, ends = days[0] or first, days[1] or last
        if earlier and begins is None:
            raise ValueError(
                f"{class_at}: a class of another term has the classCode {_code(of_class)!r} too, and neither beginDate "
                f"nor {SESSIONS} says when this one is"
            )
        return begins, ends

    def _days_of(self, terms: frozenset[str]) -> Days:
        known = [self._sessions[each] for each in terms if each in self._sessions]
        firsts = [day for each in known if (day := _day(each, "startDate"))]
        lasts = [day for each in known if (day := _day(each, "endDate"))]
        return min(firsts, default=None), max(lasts) + timedelta(days=1) if lasts else None


def _is_gone(row: Row) -> bool:
    return (row.get("status") or "").strip().lower() in _GONE


def _terms(of_class: Row) -> frozenset[str]:
    return frozenset(each.strip() for each in (of_class.get("termSourcedIds") or "").split(",")) - {""}


def _found(known: Mapping[str, tuple[str, Row]], key: str, what: str, file: str) -> tuple[str, Row]:
    if key not in known:
        raise ValueError(f"{what} {key[:64]!r} is not in {file}")
    return known[key]


def _code(row: Row) -> str:
    # What people call the class; where it has no such code, the sender's own.
    return row["classCode"].strip() or row["sourcedId"].strip()


def _name(user: Row) -> str:
    # A Korean name is written without a space and the family's first.
    given, family = user["givenName"].strip(), user["familyName"].strip()
    if any("가" <= char <= "힣" for char in family):
        return family + given
    return f"{given} {family}".strip()


def _day(row: Row, column: str) -> date | None:
    text = (row.get(column) or "").strip()
    try:
        return datetime.fromisoformat(text).date() if text else None
    except ValueError:
        raise ValueError(f"{column} {text[:40]!r} is not a day like 2026-09-01") from None


def _rows(archive: ZipFile, folder: str, name: str, columns: tuple[str, ...]) -> list[tuple[str, Row]]:
    """The lines of a file below its header, each with its place. Raises BadRequest."""
    try:
        text = decoded(archive.read(folder + name))
        _require_short_lines(text, name)
        reader = csv.DictReader(io.StringIO(text, newline=""), restval="", strict=True)
        if missing := [column for column in columns if column not in (reader.fieldnames or ())]:
            raise BadRequest("{file} has no column {columns}.", file=name, columns=", ".join(missing))
        kept = [each for each in (*columns, *OPTIONAL) if each in (reader.fieldnames or ())]
        return [(f"{name} line {reader.line_num}", {each: row[each] for each in kept}) for row in reader]
    except (UnreadableText, csv.Error) as error:
        raise BadRequest("{file} is not CSV in UTF-8 ({why}): export it again.", file=name, why=str(error)) from error


def _require_short_lines(text: str, name: str) -> None:
    """Before every line becomes a row of fields: millions of them would fill the memory."""
    if text.count("\n") > MAX_LINES or text.count("\r") > MAX_LINES:
        raise TooLarge(
            "{file} has more than {most} lines: export each part of the university by itself.",
            file=name,
            most=MAX_LINES,
        )
    if any(len(line) > MOST_LETTERS for line in io.StringIO(text)):
        raise BadRequest(
            "{file} has a line of more than {most} letters: export it again.", file=name, most=MOST_LETTERS
        )
