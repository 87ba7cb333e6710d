"""Bring decisions to the outbox and boards from the server into the session's model; every method returns at once."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from client.api import new_key, now_utc
from client.outbox import Keyed, RollOf
from client.window.board_poller import BoardPoller
from client.window.language.translator import tr
from client.window.outbox_worker import OutboxWorker
from client.window.session_model import SessionModel
from protocol.marks import MOST_ROWS
from protocol.messages import (
    BoardShown,
    BothThere,
    Confirm,
    ConfirmItem,
    Face,
    Mark,
    MarkItem,
    Marks,
    SessionInfo,
    SessionState,
    SetSession,
    State,
)

# How often the board is asked for without a reason: others may decide too, and the room's camera goes on.
REFRESH_MS: Final = 4000


class SessionController(QObject):
    """Between the pages and the threads that wait."""

    changed = Signal()
    """The model shows something else."""
    joined = Signal()
    """A session has been taken up."""
    told = Signal(str)
    """A sentence for the person."""

    def __init__(self, poller: BoardPoller, outbox_worker: OutboxWorker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.model = SessionModel()
        self._poller = poller
        self._outbox_worker = outbox_worker
        self._acknowledged: set[str] = set()
        self._asked_with: frozenset[str] | None = None
        self._again = False
        self._timer = QTimer(self, interval=REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        poller.opened.connect(self.join)
        poller.board_came.connect(self._show_board)
        poller.board_failed.connect(self._board_failed)
        outbox_worker.acknowledged.connect(self._settle)
        outbox_worker.refused.connect(self._give_up)
        outbox_worker.not_written.connect(self._give_up)
        outbox_worker.not_written.connect(self._find_answers)
        outbox_worker.answers_came.connect(self._take_up)

    # ---- the session

    def join(self, session: SessionInfo) -> None:
        """Take up a session and ask for its board again and again."""
        self.model.join(session)
        self._find_answers()
        self._timer.start()
        self.joined.emit()
        self.changed.emit()
        self.refresh()

    def leave(self) -> None:
        """No session any more; what is in the outbox is sent all the same."""
        self._timer.stop()
        self.model = SessionModel()
        self.changed.emit()

    def select_hour(self, hour: int) -> None:
        self.model.select(hour)
        self.changed.emit()
        self.refresh()

    def refresh(self) -> None:
        """Once at a time, and once more where something changed meanwhile."""
        session, hour = self.model.session, self.model.hour
        if session is None or hour is None:
            return
        if self._asked_with is not None:
            self._again = True
            return
        self._asked_with = frozenset(self._acknowledged)
        self._poller.ask_board(session, hour)

    def _show_board(self, of_hour: BoardShown, whole: BoardShown) -> None:
        settled, self._asked_with = self._asked_with or frozenset(), None
        self._acknowledged -= settled
        if self.model.session is not None and self.model.session.session == whole.session.session:
            self.model.show_board(of_hour, whole, settled)
            self.changed.emit()
        self._ask_again()

    def _board_failed(self) -> None:
        self._asked_with = None
        self._again = False

    def _ask_again(self) -> None:
        if self._again or (self.model.session is not None and not self.model.is_loaded):
            self._again = False
            self.refresh()

    # ---- decisions

    def decide(self, student: str, state: State) -> bool:
        """One student's state in the hour that is shown; False: the session takes no marks."""
        session, hour = self.model.session, self.model.hour
        if session is None or hour is None or self._is_closed():
            return False
        message = Mark(
            student=student,
            course=session.course,
            session=session.session,
            hour=hour,
            state=state,
            at=now_utc(),
            key=new_key(),
            source="professor",
        )
        self.model.decide([student], state, message.key)
        self._record(message)
        return True

    def accept(self, student: str) -> bool:
        """The camera's proposal for one student; False: there is none that may be accepted."""
        row = self.model.row(student)
        if row is None or row.acceptable is None:
            return False
        if not row.is_proposed(row.acceptable):
            return self.decide(student, row.acceptable)
        if self._confirm([ConfirmItem(student=student, hour=row.here.hour, state=row.acceptable)]):
            self.model.remember_step(student)
            return True
        return False

    def confirm_sure(self, *, everywhere: bool) -> int:
        """All that the camera is sure of, in this hour or in every one; how many they are."""
        items = self.model.sure_everywhere() if everywhere else self.model.sure_items()
        batches = [items[start : start + MOST_ROWS] for start in range(0, len(items), MOST_ROWS)]
        return sum(len(batch) for batch in batches if self._confirm(batch))

    def _confirm(self, items: Sequence[ConfirmItem]) -> bool:
        assert self.model.session is not None  # noqa: S101 - items are of a session
        if self._is_closed():
            return False
        session = self.model.session.session
        message = Confirm(session=session, items=tuple(items), at=now_utc(), key=new_key(), partial=True)
        self.model.decide_items(items, message.key)
        self._record(message)
        return True

    def correct(self, face: Face, student: str) -> bool:
        """This face is that student, present. As decide."""
        if not self.decide(student, "present"):
            return False
        if face.student and face.student != student:
            self.model.doubt(face.student)
        return True

    def submit(self, both_there: Sequence[BothThere] = ()) -> None:
        """The session as it stands, behind everything that was decided before.

        both_there: the answers to what was asked before.
        """
        self._set("submitted", both_there=both_there)

    def reopen(self, why: str) -> None:
        """The session is a draft again, and takes marks."""
        self._set("draft", why)

    def _is_closed(self) -> bool:
        if self.model.state == "closed":
            self.told.emit(tr("This session is closed and takes no marks: reopen it by Ctrl+Enter."))
        return self.model.state == "closed"

    def _set(self, state: SessionState, why: str = "", both_there: Sequence[BothThere] = ()) -> None:
        if self.model.session is not None:
            session, at = self.model.session.session, now_utc()
            message = SetSession(
                session=session, state=state, why=why, at=at, key=new_key(), both_there=tuple(both_there)
            )
            self.model.want(state, message.key)
            self._record(message)

    def _record(self, message: Keyed, ends: RollOf | None = None) -> None:
        self._outbox_worker.add(message, ends)
        self.changed.emit()

    # ---- a roll call

    def add_answer(self, item: MarkItem) -> None:
        """One answer, on disk before the roll call ends."""
        if (roll := self._roll()) is not None:
            self.model.answers.note(item)
            self._outbox_worker.add_answer(roll, item)

    def throw_answers_away(self) -> None:
        """Those of the hour that is shown."""
        if (roll := self._roll()) is not None:
            self._end_roll()
            self._outbox_worker.forget_answers(roll)

    def send_roll(self, items: Sequence[MarkItem]) -> None:
        """A roll call has ended: its answers in one batch."""
        if self.model.session is None or not items:
            return
        session = self.model.session.session
        message = Marks(marks=tuple(items), session=session, key=new_key(), source="roll_call", partial=True)
        for item in items:
            self.model.decide([item.student], item.state, message.key)
        self._end_roll()
        self._record(message, self._roll())

    def _end_roll(self) -> None:
        if self.model.hour is not None:
            self.model.answers.end(self.model.hour)

    def _roll(self) -> RollOf | None:
        session = self.model.session
        return RollOf(session.course, session.date, self.model.hour) if session else None

    def _find_answers(self) -> None:
        """After the start, and where a batch could not be written."""
        if self.model.session is not None:
            self._outbox_worker.find_answers(self.model.session.course, self.model.session.date)

    def _take_up(self, course: str, date: str, items: Sequence[MarkItem]) -> None:
        session = self.model.session
        if session is not None and (session.course, session.date) == (course, date):
            self.model.answers.take_up(items)
            self.changed.emit()

    # ---- what came of it

    def _settle(self, key: str) -> None:
        """The server has it: the next board shows it."""
        self._acknowledged.add(key)
        self.refresh()

    def _give_up(self, key: str, text: str) -> None:
        """It will not be recorded: show again what stands, and say why."""
        self.model.forget([key])
        self.changed.emit()
        self.told.emit(tr("Not recorded: {text}", text=text))
        self.refresh()
