"""Call a roll: tick students on a list, from answers typed or in a CSV."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, get_args

from client.api import new_key
from client.errors import UsageError
from protocol.messages import MarkItem, Marks, RosterList, State

# 2000 lines, the most that one batch holds, take a tenth of it.
STATES: Final[tuple[State, ...]] = get_args(State)
COLUMNS: Final = ("student_id", "state")
_KOREAN_COLUMNS: Final = {"학번": "student_id", "학생번호": "student_id", "상태": "state", "출결": "state"}
MAX_CSV_BYTES: Final = 1024 * 1024

# What call_names understands, for the person who answers.
KEY_HELP: Final = "Enter or p = present, l = late, a = absent, b = back, q = end"

# Behind each letter the one that the same key gives while a Korean keyboard is switched to Hangul (KS X 5002).
_STATE_KEYS: Final[Mapping[str, State]] = {
    "": "present",
    "p": "present",
    "ㅔ": "present",
    "l": "late",
    "ㅣ": "late",
    "a": "absent",
    "ㅁ": "absent",
}
_BACK_KEYS: Final = frozenset({"b", "ㅠ"})
_END_KEYS: Final = frozenset({"q", "ㅂ"})

_STATE_WORDS: Final[Mapping[str, State]] = {state: state for state in STATES} | {
    "출석": "present",
    "지각": "late",
    "조퇴": "left_early",
    "결석": "absent",
    "출석인정": "excused",
    "공결": "excused_absence",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """line: counts from 1, the header included."""

    line: int
    student: str
    state: State


class RollCall:
    """Ticks on a course's list. hour: None is the one on now. Not to be shared by threads.

    Hour and session are those of the list where it names them: a roll call that is sent late stays in its own.
    """

    def __init__(self, roster: RosterList, hour: int | None = None) -> None:
        self.course = roster.course
        self.students = roster.students
        self.date = roster.date
        self.session = roster.session
        self.hour = hour or roster.hour
        self._listed = {entry.student for entry in roster.students}
        self._ticks: dict[str, tuple[State, datetime]] = {}

    def lists(self, student: str) -> bool:
        return student in self._listed

    def tick(self, student: str, state: State, at: datetime) -> None:
        """The last one counts. Raises UsageError where the student is not listed."""
        if not self.lists(student):
            raise UsageError(f"Student {student} is not on the list of course {self.course}.")
        self._ticks[student] = (state, at)

    def tick_rest(self, state: State, at: datetime) -> None:
        for entry in self.students:
            self._ticks.setdefault(entry.student, (state, at))

    def clear(self) -> None:
        """Forget every tick."""
        self._ticks.clear()

    def state_of(self, student: str) -> State | None:
        """None: nothing is noted yet."""
        return self._ticks[student][0] if student in self._ticks else None

    def message(self) -> Marks:
        """Under a key of its own; a row that is wrong does not keep the others from being recorded."""
        return Marks(marks=tuple(self.batch()), key=new_key(), session=self.session, partial=True)

    def batch(self) -> list[MarkItem]:
        """In the order of the list; students without a tick are left as they are."""
        return [self.item(entry.student) for entry in self.students if entry.student in self._ticks]

    def item(self, student: str) -> MarkItem:
        state, at = self._ticks[student]
        return MarkItem(student=student, course=self.course, state=state, hour=self.hour, at=at)

    def next_place(self) -> int:
        """Of the first student without a tick; the list's length where there is none."""
        open_places = (place for place, entry in enumerate(self.students) if entry.student not in self._ticks)
        return next(open_places, len(self.students))

    def summary(self) -> str:
        """`57 enrolled: 52 present, 2 late, 1 absent, 2 not called`."""
        counts = Counter(state for state, _ in self._ticks.values())
        parts = [f"{counts[state]} {state.replace('_', ' ')}" for state in STATES if counts[state]]
        if waiting := len(self.students) - len(self._ticks):
            parts.append(f"{waiting} not called")
        return f"{len(self.students)} enrolled: {', '.join(parts)}"


def call_names(
    roll: RollCall,
    ask: Callable[[str], str],
    clock: Callable[[], datetime],
    keep: Callable[[MarkItem], None] = lambda _: None,
) -> None:
    """Ask for each student without a tick, until the list's end or the key that ends.

    ask: takes a prompt and returns a line; its EOFError is handed on. Enter keeps what is noted already, after a step
    back. keep: is handed each answer as it is given.
    """
    place = roll.next_place()
    hint = ""
    while place < len(roll.students):
        key = ask(hint or _prompt(roll, place)).strip().casefold()
        hint = ""
        if key in _END_KEYS:
            return
        if key in _BACK_KEYS:
            place = max(place - 1, 0)
        elif key in _STATE_KEYS:
            student = roll.students[place].student
            noted = None if key else roll.state_of(student)
            roll.tick(student, noted or _STATE_KEYS[key], clock())
            keep(roll.item(student))
            place += 1
        else:
            hint = f"  {KEY_HELP}: "


def _prompt(roll: RollCall, place: int) -> str:
    entry = roll.students[place]
    noted = roll.state_of(entry.student)
    return f"{place + 1}/{len(roll.students)}  {entry.student}  {entry.name}{f'  [{noted}]' if noted else ''}: "


def tick_answers(roll: RollCall, answers: list[Answer], at: datetime) -> None:
    """Raises UsageError, noting nothing, where a student is not on the list."""
    strangers = [
        f"Line {answer.line}: student {answer.student} is not on the list of course {roll.course}."
        for answer in answers
        if not roll.lists(answer.student)
    ]
    _require_none(strangers)
    for answer in answers:
        roll.tick(answer.student, answer.state, at)


def read_answers(content: bytes) -> list[Answer]:
    """Columns `student_id` and `state`, UTF-8 or cp949. Raises UsageError: every wrong line."""
    try:
        table = csv.reader(io.StringIO(_decode_text(content), newline=""), strict=True)
        columns = _find_columns(next(table, []))
        rows = [(table.line_num, row) for row in table if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise UsageError(f"Line {table.line_num} is not CSV ({error}).") from error
    problems: list[str] = []
    answers = list(_read_rows(rows, columns, problems))
    _require_none(problems)
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


def _decode_text(content: bytes) -> str:
    if len(content) > MAX_CSV_BYTES:
        raise UsageError(f"The file has {len(content)} bytes, but at most {MAX_CSV_BYTES} are read.")
    for encoding in ("utf-8-sig", "cp949"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UsageError("The file is neither UTF-8 nor cp949; save it as CSV UTF-8.")


def _find_columns(header: list[str]) -> tuple[int, int]:
    written = [name.strip().casefold() for name in header]
    names = [_KOREAN_COLUMNS.get(name, name) for name in written]
    if any(names.count(column) != 1 for column in COLUMNS):
        raise UsageError(f"Line 1 must be the header {','.join(COLUMNS)}, but it is {','.join(header)[:80]!r}.")
    return names.index(COLUMNS[0]), names.index(COLUMNS[1])


def _read_rows(rows: list[tuple[int, list[str]]], columns: tuple[int, int], problems: list[str]) -> Iterator[Answer]:
    first_lines: dict[str, int] = {}
    for line, row in rows:
        student, word = (row[column].strip() if column < len(row) else "" for column in columns)
        state = _STATE_WORDS.get(word.casefold())
        if not student:
            problems.append(f"Line {line}: the student number is missing.")
        elif state is None:
            problems.append(f"Line {line}: {word!r} is no state; write one of {', '.join(STATES)}.")
        elif student in first_lines:
            problems.append(f"Line {line}: student {student} stands in line {first_lines[student]} already.")
        else:
            first_lines[student] = line
            yield Answer(line, student, state)


def _require_none(problems: list[str]) -> None:
    if problems:
        raise UsageError("\n".join([*problems, "Nothing was sent; mend the file and try again."]))
