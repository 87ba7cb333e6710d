"""Call a roll: tick students on a list, from answers typed or in a file."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, get_args

from client.api import new_key
from client.errors import UsageError
from protocol.messages import MarkItem, Marks, RosterList, State

STATES: Final[tuple[State, ...]] = get_args(State)
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


@dataclass(frozen=True, slots=True)
class Answer:
    """where: the place in the file, `line 3`."""

    where: str
    student: str
    state: State

    @property
    def place(self) -> str:
        """To begin a sentence with."""
        return self.where[:1].upper() + self.where[1:]


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
        f"{answer.place}: student {answer.student} is not on the list of course {roll.course}."
        for answer in answers
        if not roll.lists(answer.student)
    ]
    require_none(strangers)
    for answer in answers:
        roll.tick(answer.student, answer.state, at)


def require_none(problems: list[str]) -> None:
    """Raises UsageError with what is wrong, if anything is."""
    if problems:
        raise UsageError("\n".join([*problems, "Nothing was sent; mend the file and try again."]))
