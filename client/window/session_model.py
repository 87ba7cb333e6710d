"""Hold a session's board, and what was decided in this window since it came.

A decision stands over the board only until the server has acknowledged it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from protocol.messages import (
    BoardCounts,
    BoardHour,
    BoardShown,
    BoardStudent,
    Candidate,
    ConfirmItem,
    MarkItem,
    SessionInfo,
    SessionState,
    SharedFace,
    State,
)

# Proposals that Enter accepts: that somebody was seen. Absence is never accepted unseen.
LISTS: Final = ("sure", "check", "not_seen")
_MAY_BE_CONFIRMED: Final = ("present", "late", "left_early")


@dataclass(frozen=True, slots=True)
class Cell:
    """state: what stands, else what is proposed. waiting: the server does not know it yet."""

    hour: int
    state: State | None
    decided: bool
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """here, cell: of the hour that is shown. hours, cells: all of the session."""

    student: str
    name: str
    list: str
    reason: str
    here: BoardHour
    cell: Cell
    hours: tuple[BoardHour, ...]
    cells: tuple[Cell, ...]
    candidates: tuple[Candidate, ...]

    @property
    def decided(self) -> bool:
        return self.cell.decided

    @property
    def acceptable(self) -> State | None:
        """What Enter says: the proposal, or that a doubtful face is this student's; None: a person has to say more."""
        if self.here.proposed in _MAY_BE_CONFIRMED:
            return self.here.proposed
        return "present" if self.reason == "doubtful_face" and self.here.seen else None

    def is_proposed(self, state: State) -> bool:
        """Whether this would confirm what the camera proposes, and not correct it."""
        return state == self.here.proposed and self.reason != "corrected"


@dataclass(frozen=True, slots=True)
class _Decision:
    state: State
    key: str


class RollCallAnswers:
    """What was answered in roll calls that have not ended. known: the disk has told what there was before."""

    def __init__(self) -> None:
        self.known = False
        self._of_hour: dict[int, dict[str, MarkItem]] = {}

    def take_up(self, items: Iterable[MarkItem]) -> None:
        """All that there is."""
        self.known = True
        self._of_hour = {}
        for item in items:
            self.note(item)

    def note(self, item: MarkItem) -> None:
        """One more answer, or another one for the same student."""
        if item.hour is not None:
            self._of_hour.setdefault(item.hour, {})[item.student] = item

    def of(self, hour: int) -> dict[str, MarkItem]:
        """By student, in the order of answering."""
        return dict(self._of_hour.get(hour, {}))

    def end(self, hour: int) -> None:
        """They were sent, or thrown away."""
        self._of_hour.pop(hour, None)


class SessionModel:
    """wanted: the session's state that was decided here and that the server does not know yet."""

    def __init__(self) -> None:
        self.session: SessionInfo | None = None
        self.hour: int | None = None
        self.wanted: SessionState | None = None
        self.answers = RollCallAnswers()
        self._wanted_key = ""
        self._of_hour: BoardShown | None = None
        self._whole: BoardShown | None = None
        self._decisions: dict[tuple[str, int], _Decision] = {}
        self._doubted: set[str] = set()
        self._steps: list[str] = []

    # ---- what the server says

    def join(self, session: SessionInfo) -> None:
        """Take up another session, at the hour that is on now."""
        self._of_hour = self._whole = None
        self._decisions, self._steps = {}, []
        self._doubted.clear()
        self.wanted, self.answers = None, RollCallAnswers()
        self.session = session
        self.hour = session.hour_now or (session.hours[0].hour if session.hours else None)

    def show_board(self, of_hour: BoardShown, whole: BoardShown, settled: Iterable[str]) -> None:
        """settled: keys of the decisions that had been acknowledged when the board was asked for."""
        self.session = whole.session
        self._whole = whole
        self.forget(settled)
        if self.hour not in [each.hour for each in of_hour.counts]:
            return  # of an hour that is no longer shown
        self._of_hour = of_hour

    def forget(self, keys: Iterable[str]) -> None:
        """Decisions that the server knows, or has refused."""
        gone = set(keys)
        if self._wanted_key in gone:
            self.wanted = None
        self._decisions = {place: each for place, each in self._decisions.items() if each.key not in gone}

    def want(self, state: SessionState, key: str) -> None:
        """Note what was sent under `key` for the session as a whole."""
        self.wanted, self._wanted_key = state, key

    @property
    def state(self) -> SessionState | None:
        """The session's, as it was decided last; None: no session."""
        return self.wanted or (self.session.state if self.session else None)

    def select(self, hour: int) -> None:
        """Show another hour; its board is to be asked for."""
        if hour != self.hour:
            self.hour, self._of_hour, self._steps = hour, None, []
            self._doubted.clear()

    @property
    def counts(self) -> tuple[BoardCounts, ...]:
        """The server's counts, an hour each; decisions that it does not know yet are not in them."""
        return self._whole.counts if self._whole else ()

    @property
    def shared_faces(self) -> tuple[SharedFace, ...]:
        """Pairs of students, taken for one by the camera, for whom nobody has answered yet."""
        return tuple(each for each in self._whole.shared_faces if not each.answered) if self._whole else ()

    def name_of(self, student: str) -> str:
        """Name and number, as the whole board has them."""
        named = {each.student: each.name for each in self._whole.students} if self._whole else {}
        return f"{named.get(student, '')} ({student})".lstrip()

    @property
    def is_loaded(self) -> bool:
        return self._of_hour is not None

    # ---- what is shown

    def rows(self, which: str | None = None) -> list[Row]:
        """The students of one of LISTS, or all, by number."""
        if self._of_hour is None or self.hour is None:
            return []
        elsewhere = {each.student: each for each in self._whole.students} if self._whole else {}
        found = (self._row(each, elsewhere.get(each.student, each)) for each in self._of_hour.students)
        return [row for row in found if which in (None, row.list)]

    def row(self, student: str) -> Row | None:
        return next((row for row in self.rows() if row.student == student), None)

    def _row(self, entry: BoardStudent, whole: BoardStudent) -> Row:
        assert self.hour is not None  # noqa: S101 - rows() has looked
        here = next((each for each in entry.hours if each.hour == self.hour), BoardHour(hour=self.hour))
        hours = tuple(here if each.hour == self.hour else each for each in whole.hours) or (here,)
        cells = tuple(self._cell(entry.student, each) for each in hours)
        doubted = entry.student in self._doubted
        return Row(
            entry.student,
            entry.name,
            "check" if doubted else entry.list,
            "corrected" if doubted else entry.reason,
            here,
            self._cell(entry.student, here),
            hours,
            cells,
            entry.candidates,
        )

    def _cell(self, student: str, hour: BoardHour) -> Cell:
        if (decision := self._decisions.get((student, hour.hour))) is not None:
            return Cell(hour.hour, decision.state, decided=True, waiting=True)
        return Cell(hour.hour, hour.mark or hour.proposed, decided=hour.mark is not None)

    # ---- what a person decides

    def decide(self, students: Iterable[str], state: State, key: str) -> None:
        """Note what was sent under `key` for these students in the hour that is shown."""
        for student in students:
            self._note(student, state, key)

    def decide_items(self, items: Iterable[ConfirmItem], key: str) -> None:
        """As decide, each in its own state and hour."""
        for item in items:
            self._decisions[item.student, item.hour] = _Decision(item.state, key)
            self._doubted.discard(item.student)

    def _note(self, student: str, state: State, key: str) -> None:
        if self.hour is None:
            return
        self._decisions[student, self.hour] = _Decision(state, key)
        self._doubted.discard(student)
        self.remember_step(student)

    def remember_step(self, student: str) -> None:
        """This one was decided last, by itself."""
        self._steps = [each for each in self._steps if each != student] + [student]

    def doubt(self, student: str) -> None:
        """Somebody else was chosen for this student's face: do not confirm them unseen."""
        if (row := self.row(student)) is not None and not row.decided:
            self._doubted.add(student)

    def take_back(self) -> str | None:
        """The student decided last, to be decided anew; None: there was none."""
        return self._steps.pop() if self._steps else None

    # ---- what is next

    def sure_items(self) -> list[ConfirmItem]:
        """What `confirm all sure` confirms: sure proposals of the hour without a mark."""
        return [
            ConfirmItem(student=row.student, hour=row.here.hour, state=row.here.proposed)
            for row in self.rows("sure")
            if row.here.sure and row.here.proposed and not row.decided
        ]

    def sure_everywhere(self) -> list[ConfirmItem]:
        """The same of every hour of the session; nobody whose face was corrected."""
        others = [
            ConfirmItem(student=student, hour=hour.hour, state=hour.proposed)
            for student, hour in self._other_hours()
            if hour.sure
            and hour.seen
            and hour.proposed
            and student not in self._doubted
            and not self._cell(student, hour).decided
        ]
        return self.sure_items() + others

    def next_hour(self) -> tuple[int, int] | None:
        """The next hour, round from the one shown, that has pictures or marks and students without a mark; how many."""
        cells = [(hour, self._cell(student, hour)) for student, hour in self._other_hours()]
        still_open = Counter(cell.hour for _, cell in cells if not cell.decided)
        begun = {cell.hour for hour, cell in cells if hour.pictures or cell.decided}
        following = sorted(begun & still_open.keys(), key=lambda each: (each < (self.hour or 0), each))
        return (following[0], still_open[following[0]]) if following else None

    def _other_hours(self) -> Iterator[tuple[str, BoardHour]]:
        """Students, and each of their hours that is not shown."""
        for student in self._whole.students if self._whole else ():
            yield from ((student.student, hour) for hour in student.hours if hour.hour != self.hour)

    def doubtful(self) -> list[Row]:
        """Who is to be decided one by one: to check, then not seen; without a mark."""
        return [row for which in ("check", "not_seen") for row in self.rows(which) if not row.decided]

    def next_open(self, after: str | None = None) -> str | None:
        """The next student to decide behind `after`, round from the beginning; None: there is none left."""
        order = [row.student for which in ("check", "not_seen") for row in self.rows(which)]
        still_open = {row.student for row in self.doubtful()}
        start = order.index(after) + 1 if after in order else 0
        return next((each for each in order[start:] + order[:start] if each in still_open), None)

    @property
    def waiting(self) -> int:
        """How many decisions the server does not know yet."""
        return len(self._decisions)
