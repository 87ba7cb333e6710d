"""Order a board for the page: three lists, who is to be decided next, and whom one button confirms."""

from dataclasses import dataclass
from typing import Final, get_args

import msgspec

from language.words import SHARED_FACES
from protocol.board import BoardCounts, BoardHour, BoardShown, BoardStudent
from protocol.fields import BoardList, State
from protocol.sessions import BothThere

# What Enter accepts of the camera's proposals: that somebody was there. Absence is never accepted unseen.
MAY_BE_ACCEPTED: Final = ("present", "late", "left_early")
# A mark that is taken back stands as this, and is to be decided again.
UNDECIDED: Final = (None, "not_taken")
# So many pairs are asked about at once; the rest after them.
MOST_SHARED: Final = 100
TITLES: Final[dict[BoardList, tuple[str, str]]] = {
    "sure": ("✓", "Sure"),
    "check": ("?", "Check"),
    "not_seen": ("○", "Not seen"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A student in the hour that is shown. cells: all hours of the session."""

    student: BoardStudent
    here: BoardHour

    @property
    def decided(self) -> bool:
        return self.here.mark not in UNDECIDED

    @property
    def state(self) -> State | None:
        """What stands, else what is proposed."""
        return self.here.mark if self.decided else self.here.proposed

    @property
    def acceptable(self) -> State | None:
        """What Enter says: the proposal, or that a doubtful face is this student's; None: a person has to say more."""
        if self.here.proposed in MAY_BE_ACCEPTED:
            return self.here.proposed
        return "present" if self.student.reason == "doubtful_face" and self.here.seen else None

    @property
    def may_be_confirmed(self) -> bool:
        """Whether the button for everybody who is sure takes this student along."""
        return self.here.sure and not self.decided and self.here.proposed in MAY_BE_ACCEPTED


@dataclass(frozen=True, slots=True)
class BoardView:
    """rows: by number, of the hour that is shown."""

    board: BoardShown
    hour: int
    rows: tuple[Row, ...]

    @property
    def lists(self) -> dict[BoardList, list[Row]]:
        return {which: [row for row in self.rows if row.student.list == which] for which in get_args(BoardList)}

    @property
    def counts(self) -> BoardCounts:
        return next((each for each in self.board.counts if each.hour == self.hour), BoardCounts(hour=self.hour))

    @property
    def sure(self) -> list[Row]:
        return [row for row in self.rows if row.may_be_confirmed]

    @property
    def to_decide(self) -> list[Row]:
        """Who has to be decided by name: the doubtful, then the unseen, then what is left of the others."""
        lists = self.lists
        ordered = [*lists["check"], *lists["not_seen"], *lists["sure"]]
        return [row for row in ordered if not row.decided and not row.may_be_confirmed]

    @property
    def takes_marks(self) -> bool:
        return self.board.session.state != "closed"


def board_view(board: BoardShown, hour: int | None) -> BoardView:
    """hour: the one to show; None: the one that is on, else the first that has someone to decide, else the first."""
    shown = hour if hour in [each.hour for each in board.counts] else None
    shown = shown or board.session.hour_now or _unfinished(board) or board.counts[0].hour
    return BoardView(board, shown, tuple(Row(each, _hour_of(each, shown)) for each in board.students))


def unseen_by_camera(board: BoardShown) -> list[tuple[int, str]]:
    """By hour the names of those who are marked by hand, and whom the camera would have seen and never saw."""
    hours = [each.hour for each in board.counts]
    found = [
        (hour, [each.name for each in board.students if _hour_of(each, hour).not_seen_by_camera]) for hour in hours
    ]
    return [(hour, ", ".join(names)) for hour, names in found if names]


@dataclass(frozen=True, slots=True)
class SharedFaceShown:
    """A pair to be answered for. answer: what the form sends, as JSON."""

    hour: int
    template: str
    one: str
    other: str
    answer: str


def unanswered(board: BoardShown) -> list[SharedFaceShown]:
    """Students who are marked as there, whom the camera took for one, and nobody has answered for."""
    names = {each.student: f"{each.name} ({each.student})" for each in board.students}
    asked = [each for each in board.shared_faces if not each.answered][:MOST_SHARED]
    return [
        SharedFaceShown(
            each.hour,
            SHARED_FACES[each.why],
            names.get(each.student, each.student),
            names.get(each.other, each.other),
            msgspec.json.encode(BothThere(hour=each.hour, student=each.student, other=each.other)).decode(),
        )
        for each in asked
    ]


def _unfinished(board: BoardShown) -> int | None:
    return next((each.hour for each in board.counts if each.undecided), None)


def _hour_of(student: BoardStudent, hour: int) -> BoardHour:
    return next((each for each in student.hours if each.hour == hour), BoardHour(hour=hour))
