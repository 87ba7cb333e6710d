"""What happens with a session in this window: decisions go to the outbox, boards come from the server, the desk holds
both. Knows no widget; every method returns at once.
"""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from client.api import now_utc
from client.outbox import Keyed, RollOf
from client.window import decisions
from client.window.board_poller import Clerk
from client.window.language.translator import tr
from client.window.outbox_worker import Keeper
from client.window.session_model import Desk
from protocol.marks import MOST_ROWS
from protocol.messages import BoardShown, ConfirmItem, Face, MarkItem, SessionInfo, SetSession, State

REFRESH_MS: Final = 4000
"""How often the board is asked for without a reason: others may decide too, and the room's camera goes on."""


class Work(QObject):
    """Between the pages and the threads that wait."""

    changed = Signal()
    """The desk shows something else."""
    joined = Signal()
    """A session has been taken up."""
    told = Signal(str)
    """A sentence for the person."""

    def __init__(self, clerk: Clerk, keeper: Keeper, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk = Desk()
        self._clerk = clerk
        self._keeper = keeper
        self._acknowledged: set[str] = set()
        self._asked_with: frozenset[str] | None = None
        self._again = False
        self._timer = QTimer(self, interval=REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        clerk.opened.connect(self.join)
        clerk.board_came.connect(self._show_board)
        clerk.board_failed.connect(self._board_failed)
        keeper.acknowledged.connect(self._settle)
        keeper.refused.connect(self._give_up)
        keeper.not_kept.connect(self._give_up)
        keeper.not_kept.connect(self._find_answers)
        keeper.answers_came.connect(self._take_up)

    # ---- the session

    def join(self, session: SessionInfo) -> None:
        """Take up a session and ask for its board, again and again."""
        self.desk.join(session)
        self._find_answers()
        self._timer.start()
        self.joined.emit()
        self.changed.emit()
        self.refresh()

    def leave(self) -> None:
        """No session any more; what is in the outbox is sent all the same."""
        self._timer.stop()
        self.desk = Desk()
        self.changed.emit()

    def select_hour(self, hour: int) -> None:
        self.desk.select(hour)
        self.changed.emit()
        self.refresh()

    def refresh(self) -> None:
        """Ask for the board; only once at a time, and once more where something changed meanwhile."""
        session, hour = self.desk.session, self.desk.hour
        if session is None or hour is None:
            return
        if self._asked_with is not None:
            self._again = True
            return
        self._asked_with = frozenset(self._acknowledged)
        self._clerk.ask_board(session, hour)

    def _show_board(self, of_hour: BoardShown, whole: BoardShown) -> None:
        settled, self._asked_with = self._asked_with or frozenset(), None
        self._acknowledged -= settled
        if self.desk.session is not None and self.desk.session.session == whole.session.session:
            self.desk.show_board(of_hour, whole, settled)
            self.changed.emit()
        self._ask_again()

    def _board_failed(self) -> None:
        self._asked_with = None
        self._again = False

    def _ask_again(self) -> None:
        if self._again or (self.desk.session is not None and not self.desk.is_loaded):
            self._again = False
            self.refresh()

    # ---- decisions

    def decide(self, student: str, state: State) -> bool:
        """One student's state in the hour that is shown; False: the session takes no marks."""
        session, hour = self.desk.session, self.desk.hour
        if session is None or hour is None or self._is_closed():
            return False
        message = decisions.mark(session, hour, student, state, now_utc())
        self.desk.decide([student], state, message.key)
        self._keep(message)
        return True

    def accept(self, student: str) -> bool:
        """The camera's proposal for one student; False: there is none that may be accepted."""
        row = self.desk.row(student)
        if row is None or row.acceptable is None:
            return False
        if not row.is_proposed(row.acceptable):
            return self.decide(student, row.acceptable)
        if self._confirm([ConfirmItem(student=student, hour=row.here.hour, state=row.acceptable)]):
            self.desk.remember_step(student)
            return True
        return False

    def confirm_sure(self, *, everywhere: bool) -> int:
        """All that the camera is sure of, in this hour or in every one; how many they are."""
        items = self.desk.sure_everywhere() if everywhere else self.desk.sure_items()
        batches = [items[start : start + MOST_ROWS] for start in range(0, len(items), MOST_ROWS)]
        return sum(len(batch) for batch in batches if self._confirm(batch))

    def _confirm(self, items: Sequence[ConfirmItem]) -> bool:
        assert self.desk.session is not None  # noqa: S101 - items are of a session
        if self._is_closed():
            return False
        message = decisions.confirmation(self.desk.session, items, now_utc())
        self.desk.decide_items(items, message.key)
        self._keep(message)
        return True

    def correct(self, face: Face, student: str) -> bool:
        """This face is that student: present. Whom the server took it for is not confirmed unseen. As decide."""
        if not self.decide(student, "present"):
            return False
        if face.student and face.student != student:
            self.desk.doubt(face.student)
        return True

    def submit(self) -> None:
        """The session as it stands, behind everything that was decided before."""
        if self.desk.session is not None:
            self._set(decisions.submission(self.desk.session, now_utc()))

    def reopen(self, why: str) -> None:
        """The session is a draft again, and takes marks."""
        if self.desk.session is not None:
            self._set(decisions.reopening(self.desk.session, why, now_utc()))

    def _is_closed(self) -> bool:
        if self.desk.state == "closed":
            self.told.emit(tr("This session is closed and takes no marks: reopen it by Ctrl+Enter."))
        return self.desk.state == "closed"

    def _set(self, message: SetSession) -> None:
        self.desk.want(message.state, message.key)
        self._keep(message)

    def _keep(self, message: Keyed, ends: RollOf | None = None) -> None:
        self._keeper.keep(message, ends)
        self.changed.emit()

    # ---- a roll call

    def keep_answer(self, item: MarkItem) -> None:
        """One answer, on disk before the roll call ends."""
        if (roll := self._roll()) is not None:
            self.desk.answers.note(item)
            self._keeper.keep_answer(roll, item)

    def throw_answers_away(self) -> None:
        """Those of the hour that is shown."""
        if (roll := self._roll()) is not None:
            self._end_roll()
            self._keeper.forget_answers(roll)

    def send_roll(self, items: Sequence[MarkItem]) -> None:
        """A roll call has ended: its answers in one batch."""
        if self.desk.session is None or not items:
            return
        message = decisions.roll(self.desk.session, items)
        for item in items:
            self.desk.decide([item.student], item.state, message.key)
        self._end_roll()
        self._keep(message, self._roll())

    def _end_roll(self) -> None:
        if self.desk.hour is not None:
            self.desk.answers.end(self.desk.hour)

    def _roll(self) -> RollOf | None:
        session = self.desk.session
        return RollOf(session.course, session.date, self.desk.hour) if session else None

    def _find_answers(self) -> None:
        """What is on disk: after the start, and where a batch that should have taken it up could not be written."""
        if self.desk.session is not None:
            self._keeper.find_answers(self.desk.session.course, self.desk.session.date)

    def _take_up(self, course: str, date: str, items: Sequence[MarkItem]) -> None:
        session = self.desk.session
        if session is not None and (session.course, session.date) == (course, date):
            self.desk.answers.take_up(items)
            self.changed.emit()

    # ---- what came of it

    def _settle(self, key: str) -> None:
        """The server has it: the next board shows it."""
        self._acknowledged.add(key)
        self.refresh()

    def _give_up(self, key: str, text: str) -> None:
        """It will not be recorded: show again what stands, and say why."""
        self.desk.forget([key])
        self.changed.emit()
        self.told.emit(tr("Not recorded: {text}", text=text))
        self.refresh()
