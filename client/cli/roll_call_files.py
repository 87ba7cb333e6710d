"""Read a roll call's answers from a file that an office, a spreadsheet or our own report wrote, and write one."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from client.cli.roll_calls import STATES, Answer, require_none
from client.errors import UsageError
from language.words import SIGNS
from protocol.messages import MarkItem, State
from tables.archives import ZIP, open_zip
from tables.delimited import read_delimited
from tables.errors import TableError
from tables.lines import SEARCHED_LINES, FileLine, Table
from tables.xlsx.sheets import is_xlsx, read_sheet
from texts.identifiers import normal

COLUMNS: Final = ("student_id", "state")
_KOREAN: Final = {"학번": "student_id", "학생번호": "student_id", "상태": "state", "출결": "state", "출석": "state"}
# 2000 lines, the most that one batch holds, take a tenth of it.
MAX_FILE_BYTES: Final = 1024 * 1024

_STATE_WORDS: Final[Mapping[str, State]] = (
    {state: state for state in STATES}
    | {sign.casefold(): state for state, sign in SIGNS.items() if state is not None}
    # The same signs as other keyboards and fonts have them.
    | dict.fromkeys("ㅇ○◯〇⭕", "present")
    | dict.fromkeys("▲∆δ", "late")
    | dict.fromkeys("×✕✖❌", "absent")
    | {
        "출석": "present",
        "지각": "late",
        "조퇴": "left_early",
        "결석": "absent",
        "출석인정": "excused",
        "공결": "excused_absence",
        "미실시": "not_taken",
        "확인불가": "not_visible",
    }
)


class _Columns:
    """The header of such a file."""

    def missing(self, header: Sequence[str]) -> list[str]:
        names = _names(header)
        return [column for column in COLUMNS if names.count(column) != 1]

    def places(self, header: Sequence[str]) -> dict[str, int]:
        return {column: _names(header).index(column) for column in COLUMNS}

    def refusal(self, lines: Sequence[FileLine]) -> UsageError:
        said = next((line for line in lines if not line.wrong), None)
        if said is None and lines:
            return UsageError(f"{_capital(lines[0].where)} cannot be read: {lines[0].wrong}.")
        named = ", ".join(map(repr, (name.strip()[:40] for name in said.fields[:10]))) if said else "nothing"
        return UsageError(
            f"One of the first {SEARCHED_LINES} lines must be the header {','.join(COLUMNS)} (or 학번,상태), "
            f"separated by commas, semicolons or tabs; the first that can be read names {named}."
        )


def read_answers(content: bytes) -> list[Answer]:
    """From CSV or .xlsx with the columns `student_id` and `state`. Raises UsageError: every wrong line."""
    if len(content) > MAX_FILE_BYTES:
        raise UsageError(f"The file has {len(content)} bytes, but at most {MAX_FILE_BYTES} are read.")
    problems: list[str] = []
    try:
        table = _table(content)
        answers = list(_answers(table, problems))
    except TableError as error:
        raise UsageError(error.text) from error
    require_none([*problems, *map(_capital, table.unread)])
    if not answers:
        raise UsageError("The file holds no answers below its header; give each student a line.")
    return answers


def write_answers(items: Iterable[MarkItem]) -> str:
    """Marks as a CSV that read_answers takes back."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    rows.writerows((item.student, item.state) for item in items)
    return text.getvalue()


def _table(content: bytes) -> Table:
    if not content.startswith(ZIP):
        return read_delimited(content, _Columns())
    with open_zip(content) as archive:
        if not is_xlsx(archive):
            raise TableError("The file is a ZIP, and neither CSV nor .xlsx: save it as one of them.")
        table = read_sheet(archive, _Columns(), ("student_id",))
        return Table(table.places, list(table.lines), table.unread)


def _answers(table: Table, problems: list[str]) -> Iterator[Answer]:
    first: dict[str, Answer] = {}
    for line in table.lines:
        number, word = (_field(line, table.places[column]) for column in COLUMNS)
        student, state = normal(number), _state(word)
        before = first.get(student)
        if not line.wrong and not student and not word:  # a sum or a note below the list
            continue
        if line.wrong:
            problems.append(f"{_capital(line.where)}: {line.wrong}.")
        elif not student:
            problems.append(f"{_capital(line.where)}: the student number is missing.")
        elif state is None:
            problems.append(
                f"{_capital(line.where)}: {word!r} is no state; write one of {', '.join(STATES)}, "
                "or O, △, ⓧ, X, 인, 공."
            )
        elif before is None:
            first[student] = Answer(line.where, student, state)
            yield first[student]
        elif before.state != state:
            problems.append(f"{_capital(line.where)}: student {student} stands in {before.where} already.")


def _field(line: FileLine, place: int) -> str:
    return line.fields[place].strip() if place < len(line.fields) else ""


def _state(word: str) -> State | None:
    plain = word.casefold()
    # Wide letters are plain ones; ⓧ is a sign by itself, and would become an x.
    return _STATE_WORDS.get(plain) or _STATE_WORDS.get(unicodedata.normalize("NFKC", word).casefold())


def _names(header: Sequence[str]) -> list[str]:
    written = ["".join(normal(name).casefold().split()) for name in header]
    return [_KOREAN.get(name, name) for name in written]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
