"""Read who takes which course from a ZIP of OneRoster 1.1 or 1.2; teachers and other roles are passed over."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from zipfile import ZipFile

from server.errors import BadRequest

MANIFEST: Final = "manifest.csv"
# The columns that are read and must be there; title, beginDate, endDate and status are read where they are.
COLUMNS: Final = {
    "users.csv": ("sourcedId", "givenName", "familyName", "identifier"),
    "classes.csv": ("sourcedId", "classCode"),
    "enrollments.csv": ("classSourcedId", "userSourcedId", "role"),
    MANIFEST: ("propertyName", "value"),
}
VERSIONS: Final = ("1.1", "1.2")
_GONE: Final = "tobedeleted"
Row = Mapping[str, str]


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


def is_oneroster(archive: ZipFile) -> bool:
    """Whether the archive holds one of the files at its root."""
    return any(name in COLUMNS for name in archive.namelist())


def read_oneroster(archive: ZipFile) -> OneRoster:
    """Raises BadRequest where a file or a column is missing, or of another version."""
    if missing := [name for name in COLUMNS if name not in archive.namelist()]:
        raise BadRequest(f"The OneRoster file lacks {', '.join(missing)} at the root of the ZIP.")
    manifest = {row["propertyName"]: row["value"] for _, row in _rows(archive, MANIFEST)}
    version = manifest.get("oneroster.version", "")
    if version not in VERSIONS:
        raise BadRequest(f"{MANIFEST} says OneRoster version {version!r}; {' and '.join(VERSIONS)} can be read.")
    return OneRoster(_Files(archive).lines(), manifest.get("file.enrollments") == "delta")


class _Files:
    def __init__(self, archive: ZipFile) -> None:
        self._enrollments = _rows(archive, "enrollments.csv")
        # By sourcedId, each with the place of its line.
        self._users = {row["sourcedId"]: (where, row) for where, row in _rows(archive, "users.csv")}
        self._classes = {row["sourcedId"]: (where, row) for where, row in _rows(archive, "classes.csv")}
        self._first_with_code: dict[str, str] = {}
        for key, (_, row) in self._classes.items():
            self._first_with_code.setdefault(_code(row), key)

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
        if self._first_with_code[_code(of_class)] != of_class["sourcedId"]:
            raise ValueError(f"{class_at}: another class has the classCode {_code(of_class)!r} already")
        begins, ends = _day(row, "beginDate"), _day(row, "endDate")
        if begins and ends and ends <= begins:
            raise ValueError(f"endDate {ends} is not after beginDate {begins}")
        return Enrolment(
            where,
            user["identifier"],
            _name(user),
            _code(of_class),
            begins,
            ends,
            title=of_class.get("title", ""),
            gone=any(each.get("status", "").strip().lower() == _GONE for each in (row, user, of_class)),
        )


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
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError(f"{column} {text[:40]!r} is not a day like 2026-09-01") from None


def _rows(archive: ZipFile, name: str) -> list[tuple[str, Row]]:
    """The lines of a file below its header, each with its place. Raises BadRequest."""
    try:
        text = archive.read(name).decode("utf-8-sig")
        reader = csv.DictReader(io.StringIO(text, newline=""), restval="", strict=True)
        if missing := [column for column in COLUMNS[name] if column not in (reader.fieldnames or ())]:
            raise BadRequest(f"{name} has no column {', '.join(missing)}.")
        return [(f"{name} line {reader.line_num}", row) for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadRequest(f"{name} is not CSV in UTF-8 ({error}): export it again.") from error
