"""A ZIP as OneRoster 1.1 or 1.2 has it in (users, classes, enrollments, manifest), who takes which course out.

Teachers and other roles are passed over. Knows no database.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from zipfile import ZipFile

from server.errors import BadRequest

MANIFEST: Final = "manifest.csv"
COLUMNS: Final = {
    "users.csv": ("sourcedId", "givenName", "familyName", "identifier"),
    "classes.csv": ("sourcedId", "classCode"),
    "enrollments.csv": ("classSourcedId", "userSourcedId", "role"),
    MANIFEST: ("propertyName", "value"),
}
"""The columns that are read and must be there; title, beginDate, endDate and status are read where they are."""
VERSIONS: Final = ("1.1", "1.2")
_GONE: Final = "tobedeleted"
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A line of enrollments.csv about a student, with what it points to; all texts as they stand there.

    where: for messages. ends: the first day on which the student is no longer in the class. gone: the sender has
    deleted it. wrong: why the line cannot be taken.
    """

    where: str
    student: str = ""
    name: str = ""
    course: str = ""
    begins: date | None = None
    ends: date | None = None
    gone: bool = False
    wrong: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class OneRoster:
    """changes_only: the files hold what has changed since the last ones (`delta`), not everything (`bulk`)."""

    enrolments: Iterator[Enrolment]
    changes_only: bool


def is_oneroster(archive: ZipFile) -> bool:
    """Whether the archive holds one of the files at its root."""
    return any(name in COLUMNS for name in archive.namelist())


def read_oneroster(archive: ZipFile) -> OneRoster:
    """The enrolments of students. Raises BadRequest where a file or a column is missing, or of another version."""
    if missing := [name for name in COLUMNS if name not in archive.namelist()]:
        raise BadRequest(f"The OneRoster file lacks {', '.join(missing)} at the root of the ZIP.")
    manifest = {row["propertyName"]: row["value"] for _, row in _rows(archive, MANIFEST)}
    version = manifest.get("oneroster.version", "")
    if version not in VERSIONS:
        raise BadRequest(f"{MANIFEST} says OneRoster version {version!r}; {' and '.join(VERSIONS)} can be read.")
    return OneRoster(_Files(archive).enrolments(), manifest.get("file.enrollments") == "delta")


class _Files:
    """Users and classes by sourcedId, each with the place of its line."""

    def __init__(self, archive: ZipFile) -> None:
        self._lines = _rows(archive, "enrollments.csv")
        self._users = {row["sourcedId"]: (where, row) for where, row in _rows(archive, "users.csv")}
        self._classes = {row["sourcedId"]: (where, row) for where, row in _rows(archive, "classes.csv")}
        self._first_with_code: dict[str, str] = {}
        for key, (_, row) in self._classes.items():
            self._first_with_code.setdefault(_code(row), key)

    def enrolments(self) -> Iterator[Enrolment]:
        for where, row in self._lines:
            if row["role"].strip().lower() == "student":
                try:
                    yield self._enrolment(where, row)
                except ValueError as error:
                    yield Enrolment(where, wrong=str(error))

    def _enrolment(self, where: str, row: Row) -> Enrolment:
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
    """A class's code, by which people call it; where it has none, the sender's own."""
    return row["classCode"].strip() or row["sourcedId"].strip()


def _name(user: Row) -> str:
    """한글: the family's name first and without a space; otherwise as the file has its columns."""
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
