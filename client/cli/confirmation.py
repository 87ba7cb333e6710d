"""Ask a person, through a function, which of a picture's students to record."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from protocol.messages import Faces, RosterEntry, RosterList

# What ask_all understands, for the person who answers.
KEY_HELP: Final = "y = yes, n = no, Enter = the capital one, a = all remaining sure ones, b = back, q = ask no more"

# Behind each letter the one that the same key gives while a Korean keyboard is switched to Hangul (KS X 5002).
_YES_OR_NO: Final = {"y": True, "yes": True, "ㅛ": True, "n": False, "no": False, "ㅜ": False}
_ALL_KEYS: Final = frozenset({"a", "ㅁ"})
_BACK_KEYS: Final = frozenset({"b", "ㅠ"})
_END_KEYS: Final = frozenset({"q", "ㅂ"})


@dataclass(frozen=True, slots=True)
class RecognisedStudent:
    """sure: the recogniser is. recorded: the states that stand today, each once."""

    student: str
    name: str
    sure: bool
    recorded: tuple[str, ...] = ()

    @property
    def is_present(self) -> bool:
        """Whether nothing but `present` is recorded."""
        return self.recorded == ("present",)

    @property
    def usual(self) -> bool:
        """What Enter answers: yes for the sure, unless that would overturn a person's decision."""
        return self.sure and not self.recorded

    @property
    def question(self) -> str:
        """`201511041 NAME: record as present?`, and what is recorded."""
        states = ", ".join(self.recorded).replace("_", " ")
        return f"{label(self.student, self.name)}: record as present?{f' (recorded {states} today)' if states else ''}"


class ClassPicture:
    """hour: whose marks count as recorded; None: those of the whole day."""

    def __init__(self, answer: Faces, roster: RosterList, hour: int | None) -> None:
        listed = {entry.student: entry for entry in roster.students}
        verdicts: dict[str, bool] = {}
        names: dict[str, str] = {}
        for face in answer.faces:
            if face.student is not None:
                verdicts[face.student] = verdicts.get(face.student, False) or face.verdict == "sure"
                names[face.student] = face.name or ""
        self.listed = len(listed)
        self.strangers = sum(face.student is None for face in answer.faces)
        self.unseen = tuple(entry for entry in roster.students if entry.student not in verdicts)
        self.seen = tuple(
            _seen(student, names[student], sure, listed.get(student), hour) for student, sure in verdicts.items()
        )

    @property
    def present(self) -> tuple[RecognisedStudent, ...]:
        """Those who need not be asked for."""
        return tuple(each for each in self.seen if each.is_present)

    @property
    def questions(self) -> tuple[RecognisedStudent, ...]:
        """Those to ask for."""
        return tuple(each for each in self.seen if not each.is_present)

    def summary(self) -> str:
        """`18 recognised, 1 to check, 1 unknown; 2 of 20 not seen`; nobody is both recognised and to check."""
        sure = sum(each.sure for each in self.seen)
        found = f"{sure} recognised, {len(self.seen) - sure} to check, {self.strangers} unknown"
        return f"{found}; {len(self.unseen)} of {self.listed} not seen"


def _seen(student: str, name: str, sure: bool, entry: RosterEntry | None, hour: int | None) -> RecognisedStudent:
    states = entry.states if entry else {}
    hours = sorted(states, key=lambda key: (len(key), key)) if hour is None else [str(hour)]
    counting = [states[key] for key in hours if key in states]
    return RecognisedStudent(student, name or (entry.name if entry else ""), sure, tuple(dict.fromkeys(counting)))


def label(student: str, name: str) -> str:
    """Number and name, as a person is asked for."""
    return " ".join(filter(None, (student, name)))


class Answers:
    """Answers are taken back step by step. Not to be shared by threads."""

    def __init__(self, questions: Sequence[RecognisedStudent]) -> None:
        self._questions = questions
        self._answers: dict[str, bool] = {}
        self._steps: list[list[str]] = []

    @property
    def confirmed(self) -> tuple[RecognisedStudent, ...]:
        """In the order of the questions."""
        return tuple(each for each in self._questions if self._answers.get(each.student))

    @property
    def waiting(self) -> tuple[RecognisedStudent, ...]:
        """Those without an answer."""
        return tuple(each for each in self._questions if each.student not in self._answers)

    def answer(self, students: Sequence[RecognisedStudent], yes: bool) -> None:
        """The same answer to each of these, as one step."""
        self._answers |= {each.student: yes for each in students}
        self._steps.append([each.student for each in students])

    def take_back(self) -> None:
        """Undo the last step, if there is one."""
        for student in self._steps.pop() if self._steps else ():
            del self._answers[student]


def ask_all(answers: Answers, ask: Callable[[str], str]) -> None:
    """Until all are answered or the key that ends. ask: returns a line; its EOFError is handed on."""
    hint = ""
    while answers.waiting:
        asked = answers.waiting[0]
        key = ask(f"{hint}{asked.question} [{'Y/n' if asked.usual else 'y/N'}/a/b/q] ").strip().casefold()
        hint = ""
        if key in _END_KEYS:
            return
        if key in _BACK_KEYS:
            answers.take_back()
        elif key in _ALL_KEYS:
            _confirm_rest(answers)
        elif not key or key in _YES_OR_NO:
            answers.answer([asked], _YES_OR_NO.get(key, asked.usual))
        else:
            hint = f"({KEY_HELP}) "


def _confirm_rest(answers: Answers) -> None:
    if rest := [each for each in answers.waiting if each.usual]:
        answers.answer(rest, yes=True)
