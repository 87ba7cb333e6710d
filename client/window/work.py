"""What happens with a session in this window: decisions go to the outbox, boards come from the server, the desk holds
both. Knows no widget; every method returns at once.
"""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from client.api import now_utc
from client.outbox import Keyed
from client.window import decisions
from client.window.clerk import Clerk
from client.window.desk import Desk
from client.window.keeper import Keeper
from client.window.language import tr
from protocol.messages import BoardShown, ConfirmItem, Face, MarkItem, SessionInfo, State

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

    # ---- the session

    def join(self, session: SessionInfo) -> None:
        """Take up a session and ask for its board, again and again."""
        self.desk.join(session)
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

    def decide(self, student: str, state: State) -> None:
        """One student's state in the hour that is shown."""
        session, hour = self.desk.session, self.desk.hour
        if session is None or hour is None:
            return
        message = decisions.mark(session, hour, student, state, now_utc())
        self.desk.decide([student], state, message.key)
        self._keep(message)

    def accept(self, student: str) -> bool:
        """The camera's proposal for one student; False: there is none that may be accepted."""
        row = self.desk.row(student)
        if row is None or row.acceptable is None:
            return False
        if row.is_proposed(row.acceptable):
            self._confirm([ConfirmItem(student=student, hour=row.here.hour, state=row.acceptable)])
            self.desk.remember_step(student)
        else:
            self.decide(student, row.acceptable)
        return True

    def confirm_sure(self) -> int:
        """All that the camera is sure of; how many they are."""
        items = self.desk.sure_items()
        if items:
            self._confirm(items)
        return len(items)

    def _confirm(self, items: Sequence[ConfirmItem]) -> None:
        assert self.desk.session is not None  # noqa: S101 - items are of a session
        message = decisions.confirmation(self.desk.session, items, now_utc())
        self.desk.decide_items(items, message.key)
        self._keep(message)

    def correct(self, face: Face, student: str) -> None:
        """This face is that student: present. Whom the server took it for is not confirmed unseen."""
        if face.student and face.student != student:
            self.desk.doubt(face.student)
        self.decide(student, "present")

    def send_roll(self, items: Sequence[MarkItem]) -> None:
        """A roll call, in one batch."""
        if self.desk.session is None or not items:
            return
        message = decisions.roll(self.desk.session, items)
        for item in items:
            self.desk.decide([item.student], item.state, message.key)
        self._keep(message)

    def submit(self) -> None:
        """The session as it stands, behind everything that was decided before."""
        if self.desk.session is not None:
            self._keep(decisions.submission(self.desk.session, now_utc()))

    def _keep(self, message: Keyed) -> None:
        self._keeper.keep(message)
        self.changed.emit()

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
