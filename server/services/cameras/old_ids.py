"""Translate student numbers to the ids that an old page knows, and back."""

import csv
import io
from dataclasses import dataclass, field
from typing import Final

from server.domain.identifiers import flaw
from server.errors import SetupProblem

MOST_ID: Final = 64


@dataclass(frozen=True)
class OldIds:
    """Without a table, the number is the id."""

    by_student: dict[str, str] | None = None
    by_id: dict[str, str] = field(default_factory=dict)

    def id_of(self, student: str) -> str | None:
        return student if self.by_student is None else self.by_student.get(student)

    def student_of(self, id: str) -> str | None:
        return id if self.by_student is None else self.by_id.get(id)


def read_old_ids(data: bytes, name: str) -> OldIds:
    """Lines of `student,id`, in UTF-8; a heading is passed over. Raises SetupProblem."""
    try:
        lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error) as error:
        raise SetupProblem(f"{name} cannot be read: save it as CSV in UTF-8, a line `student,id` for each.") from error
    by_student: dict[str, str] = {}
    by_id: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line or [each.strip() for each in line] == ["student", "id"]:
            continue
        student, id = _line(line, f"{name}, line {number}")
        if student in by_student or id in by_id:
            raise SetupProblem(f"{name}, line {number}: the student or the id stands there already; name each once.")
        by_student[student], by_id[id] = id, student
    return OldIds(by_student, by_id)


def _line(line: list[str], where: str) -> tuple[str, str]:
    if len(line) != 2:
        raise SetupProblem(f"{where}: it must be `student,id`.")
    student, id = line[0].strip(), line[1].strip()
    if flaw(student) or not id or len(id) > MOST_ID or not id.isprintable():
        raise SetupProblem(f"{where}: the student number or the id cannot be one.")
    return student, id
