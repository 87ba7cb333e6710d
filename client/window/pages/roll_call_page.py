"""Call a roll: one name at a time, large, and a key for each answer."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from client.api import now_utc
from client.window.language.plain import PlainLabel
from client.window.language.translator import tr
from client.window.language.words import capitalised, moment, reason_words, state_word
from client.window.session_model import Row
from client.window.widgets.appearance import FAINT, sized
from client.window.widgets.keys import NUMBERS, STATE_KEYS, KeyButton, is_back, is_yes, letter
from client.window.widgets.layouts import filled, row
from protocol.messages import MarkItem, SessionInfo, State

# Times the size of other text: read from some metres away.
NAME_SIZE: Final = 6.0
MARGIN: Final = 28
_SHOWN: Final[tuple[tuple[State, str], ...]] = (
    ("present", "1 P Enter"),
    ("late", "2 L"),
    ("absent", "3 A"),
    ("left_early", "E"),
    ("excused", "X"),
    ("excused_absence", "O"),
)


class RollCallPage(QWidget):
    """Ticks are held here until `ended` hands them over; `ticked` tells each, to be kept on disk."""

    ticked = Signal(object)
    """MarkItem: one answer."""
    thrown_away = Signal()
    """The answers that were taken up are not wanted: begin anew."""
    ended = Signal(object)
    """list[MarkItem], empty where nobody was answered for."""
    all_wanted = Signal()
    """Call everybody and not only the doubtful."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Roll call"))
        self._rows: list[Row] = []
        self._ticks: dict[str, MarkItem] = {}
        self._place = 0
        self._begins = True
        self._session: SessionInfo | None = None
        self._hour = 1
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(8)
        self.head = PlainLabel()
        self.before, self.after = (PlainLabel(size=1.4) for _ in range(2))
        self.name, self.number = PlainLabel(size=NAME_SIZE, bold=True), PlainLabel(size=1.8)
        self.note = PlainLabel(size=1.3)
        self.taken_up = PlainLabel(style="banner", wrap=True)
        self.totals = PlainLabel()
        self._buttons: dict[str, KeyButton] = {}
        self._lay_out()

    def _lay_out(self) -> None:
        shown = (self.before, self.name, self.number, self.note, self.after)
        for label in shown:
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setMinimumWidth(1)
        for label in (self.before, self.after, self.number):
            label.setStyleSheet(f"color: {FAINT}")
        for state, keys in _SHOWN:
            button = self._button(f"{capitalised(state_word(state))}\n{keys}", partial(self.answer, state))
            button.setMinimumSize(104, 58)
            self._buttons[state] = button
        self.throw_button = self._button(f"{tr('Throw them away')}  Del", self._throw_away)
        self.everybody = self._button(f"{tr('Call everybody')}  G", self.all_wanted.emit)
        back = self._button(f"{tr('Back')}  B", self.step_back)
        self.end_button = self._button(f"{tr('End and send')}  Q", self.end)
        self.end_button.setProperty("main", True)
        self.totals.setAlignment(Qt.AlignmentFlag.AlignCenter)
        top = row((self.taken_up, 1), self.throw_button)
        answers = row(1, *self._buttons.values(), 1)
        foot = row(back, self.everybody, (self.totals, 1), self.end_button)
        margins = (MARGIN, 14, MARGIN, 14)
        filled(QVBoxLayout(self), top, self.head, self.progress, 1, *shown, 1, answers, foot, margins=margins)

    def _button(self, text: str, press: Callable[[], None]) -> KeyButton:
        button = KeyButton(text, press)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return button

    # ---- the roll

    def start(
        self, session: SessionInfo, hour: int, rows: Sequence[Row], kept: Mapping[str, MarkItem], *, everybody: bool
    ) -> None:
        """Call these, in order, beginning with the first who is not in `kept`, the answers given before."""
        self._session, self._hour, self._rows = session, hour, list(rows)
        self._ticks = dict(kept)
        self._place = next((place for place, row in enumerate(rows) if row.student not in kept), len(rows))
        self.everybody.setVisible(not everybody)
        self._show_taken_up(list(kept.values()) if self._begins else [])
        self._show()
        self.setFocus()

    def answer(self, state: State) -> None:
        """The answer for the one who is called, and on to the next."""
        if self._session is None or self._place >= len(self._rows):
            return
        row = self._rows[self._place]
        self._ticks[row.student] = MarkItem(
            student=row.student, course=self._session.course, hour=self._hour, state=state, at=now_utc()
        )
        self._place += 1
        self._begins = False
        self._show_taken_up([])
        self._show()
        self.ticked.emit(self._ticks[row.student])

    def step_back(self) -> None:
        self._place = max(self._place - 1, 0)
        self._show()

    def end(self) -> None:
        """Hand over what was answered."""
        ticks, self._ticks, self._begins = list(self._ticks.values()), {}, True
        self.ended.emit(ticks)

    def _throw_away(self) -> None:
        """Only as long as nobody was answered for since."""
        if self._begins and self._ticks:
            self.thrown_away.emit()

    # ---- showing

    def _show(self) -> None:
        done = self._place >= len(self._rows)
        self.head.setText(
            tr(
                "Roll call, hour {hour}: {place} of {total}",
                hour=self._hour,
                place=min(self._place + 1, len(self._rows)),
                total=len(self._rows),
            )
        )
        self.progress.setRange(0, max(len(self._rows), 1))
        self.progress.setValue(self._place)
        self.before.setText(self._beside(self._place - 1))
        self.after.setText(self._beside(self._place + 1))
        row = None if done else self._rows[self._place]
        self.name.setText(row.name if row else tr("End of the list"))
        self._fit_name()
        self.number.setText(row.student if row else "")
        self.note.setText(self._note(row) if row else tr("Enter sends what was answered."))
        self.setAccessibleDescription(f"{self.name.text()} {self.number.text()} {self.note.text()}")
        for state, button in self._buttons.items():
            ticked = row is not None and row.student in self._ticks and self._ticks[row.student].state == state
            button.setProperty("main", ticked)
            button.style().polish(button)
            button.setEnabled(row is not None)
        self.totals.setText(self._totals())

    def _show_taken_up(self, items: Sequence[MarkItem]) -> None:
        """Say what is kept of a roll call that was broken off, until the next answer."""
        for widget in (self.taken_up, self.throw_button):
            widget.setVisible(bool(items))
        if items:
            rows = self._rows[self._place : self._place + 1]
            self.taken_up.setText(
                tr(
                    "{count} answers of {when} are kept and not sent; going on at {name}.",
                    count=len(items),
                    when=moment(items[-1].at),
                    name=rows[0].name if rows else tr("End of the list"),
                )
            )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_name()

    def _fit_name(self) -> None:
        """As large as may be: a long name smaller than a short one."""
        font = sized(self.font(), NAME_SIZE, bold=True)
        wide = QFontMetrics(font).horizontalAdvance(self.name.text())
        room = self.width() - 2 * MARGIN
        self.name.setFont(sized(self.font(), NAME_SIZE * min(1.0, room / max(wide, 1)), bold=True))

    def _beside(self, place: int) -> str:
        if not 0 <= place < len(self._rows):
            return " "
        row = self._rows[place]
        ticked = self._ticks.get(row.student)
        return f"{row.name} · {state_word(ticked.state)}" if ticked else row.name

    def _note(self, row: Row) -> str:
        if (ticked := self._ticks.get(row.student)) is not None:
            return tr("Answered: {state}", state=state_word(ticked.state))
        if row.decided and row.cell.state:
            return tr("Recorded: {state}", state=state_word(row.cell.state))
        unseen = row.list == "not_seen" and row.here.pictures
        return reason_words(row.reason) or (tr("not seen by the camera") if unseen else " ")

    def _totals(self) -> str:
        states = [each.state for each in self._ticks.values()]
        parts = [f"{state_word(state)} {states.count(state)}" for state in STATE_KEYS.values() if state in states]
        return ", ".join(parts) or tr("Nobody answered for yet")

    # ---- keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = letter(event)
        done = self._place >= len(self._rows)
        if is_back(event) or event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Up):
            self.step_back()
        elif key == "q" or event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_End):
            self.end()
        elif key == "g":
            self.all_wanted.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self._throw_away()
        elif key in NUMBERS or key in STATE_KEYS:
            self.answer(NUMBERS.get(key) or STATE_KEYS[key])
        elif is_yes(event):
            self.end() if done else self.answer("present")
        else:
            super().keyPressEvent(event)
