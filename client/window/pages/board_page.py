"""Show a session on one page, with the keys for all of it; decides nothing and knows no server."""

from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSplitter, QTabBar, QVBoxLayout, QWidget

from client.window.language.plain import PlainLabel
from client.window.language.translator import tr
from client.window.language.words import counts_sentence, hour_name, session_state, state_sentence
from client.window.session_model import SessionModel
from client.window.widgets.camera_view import CameraView
from client.window.widgets.card import StudentCard
from client.window.widgets.keys import STATE_KEYS, KeyButton, is_back, is_yes, letter
from client.window.widgets.layouts import filled, row
from client.window.widgets.three_lists import ThreeLists
from protocol.messages import SessionInfo

# Tabs that say when their hour ends too; more of them would not fit beside each other on a small screen.
MOST_WHOLE: Final = 2


class HourTabs(QTabBar):
    """One tab an hour; what a program selects is not told."""

    hour_selected = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._numbers: list[int] = []
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setAccessibleName(tr("Class hours"))
        self.currentChanged.connect(self._tell)

    def show_session(self, session: SessionInfo | None, hour: int | None) -> None:
        """The tabs of this session, the one of `hour` in front."""
        hours = session.hours if session else ()
        whole = [hour_name(each.hour, each.starts, each.ends) for each in hours]
        names = whole if len(hours) <= MOST_WHOLE else [hour_name(each.hour, each.starts) for each in hours]
        self.blockSignals(True)
        if [self.tabText(place) for place in range(self.count())] != names:
            while self.count():
                self.removeTab(0)
            for name, tip in zip(names, whole, strict=True):
                self.setTabToolTip(self.addTab(name), tip)
        self._numbers = [each.hour for each in hours]
        if hour in self._numbers:
            self.setCurrentIndex(self._numbers.index(hour))
        self.blockSignals(False)

    def _tell(self, place: int) -> None:
        if 0 <= place < len(self._numbers):
            self.hour_selected.emit(self._numbers[place])


class BoardPage(QWidget):
    """Signals name students by number."""

    decided = Signal(str, str)
    """Student and State."""
    accepted = Signal(str)
    """The camera's proposal for this student is right."""
    candidate_chosen = Signal(str, int)
    """Of this student's candidates the one of that number is it."""
    confirm_all = Signal()
    confirm_everywhere = Signal()
    """All sure, of every hour of the session."""
    back = Signal()
    roll_call = Signal()
    submit = Signal()
    reopen = Signal()
    hour_selected = Signal(int)
    other_course = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.camera = CameraView()
        self.card = StudentCard()
        self.lists = ThreeLists()
        self.hours = HourTabs()
        self.counts = PlainLabel(wrap=True)
        self.state = PlainLabel(bold=True)
        self.confirm_button = KeyButton("", self.confirm_all.emit, main=True)
        self.everywhere_button = KeyButton("", self.confirm_everywhere.emit)
        self.next_button = KeyButton("", self._go_to_next_hour, main=True)
        self.course_button = KeyButton(tr("Other course"), self.other_course.emit)
        self.roll_button = KeyButton(f"{tr('Roll call')}  R", self.roll_call.emit)
        self.submit_button = KeyButton("", self._change_state, main=True)
        self._model = SessionModel()
        self._waits_for_first_board = True
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        left, right = QWidget(), QWidget()
        filled(QVBoxLayout(left), (self.camera, 1), self.card, margins=(0, 0, 0, 0))
        head = row((self.hours, 1), self.state, self.course_button)
        confirming = (self.confirm_button, self.everywhere_button, self.next_button, self.roll_button)
        buttons = row(*confirming, 1, self.submit_button)
        filled(QVBoxLayout(right), head, (self.lists, 1), self.counts, buttons, margins=(4, 0, 0, 0))
        whole = QSplitter(Qt.Orientation.Horizontal)
        whole.setChildrenCollapsible(False)
        for place, side in enumerate((left, right)):
            whole.addWidget(side)
            whole.setStretchFactor(place, 1)
        filled(QVBoxLayout(self), whole, margins=(10, 8, 10, 8))

    def _connect(self) -> None:
        self.lists.chosen_changed.connect(self._show_chosen)
        self.lists.double_clicked.connect(partial(self._of_chosen, self.accepted))
        self.hours.hour_selected.connect(self._select_hour)
        self.card.back.connect(self.back)
        self.card.decided.connect(partial(self._of_chosen, self.decided))
        self.card.candidate_chosen.connect(partial(self._of_chosen, self.candidate_chosen))

    # ---- showing

    def show_model(self, model: SessionModel) -> None:
        """Everything anew; what is selected stays selected."""
        self._model = model
        self.hours.show_session(model.session, model.hour)
        self.state.setText(session_state(model.session, model.wanted) if model.session else "")
        self.lists.show_model(model)
        self._show_counts()
        self._show_buttons()
        self._show_chosen()
        if self._waits_for_first_board and model.is_loaded:
            self._waits_for_first_board = False
            self.go_on(None)

    def _show_counts(self) -> None:
        here = [counts for counts in self._model.counts if counts.hour == self._model.hour]
        sentences = [counts_sentence(counts) + "." for counts in here]
        if self._model.session is not None and self._model.session.shadow:
            sentences.append(tr("The camera only watches in this course: its proposals are kept and not shown."))
        if self._model.session is not None:
            sentences.append(state_sentence(self._model.session, self._model.state))
        self.counts.setText(" ".join(filter(None, sentences)))

    def _show_buttons(self) -> None:
        takes_marks = self._model.state != "closed"
        self._show_confirming(takes_marks)
        self.roll_button.setEnabled(bool(self._model.rows()) and self._model.answers.known and takes_marks)
        self.submit_button.setText(f"{tr('Submit') if self._is_draft() else tr('Reopen')}  Ctrl+Enter")
        self.submit_button.setEnabled(self._model.is_loaded)

    def _show_confirming(self, takes_marks: bool) -> None:
        """All sure of this hour, and of every one; where this hour has none left, the next that has somebody open."""
        here, everywhere = len(self._model.sure_items()), len(self._model.sure_everywhere())
        following = self._model.next_hour() if takes_marks else None
        self.confirm_button.setText(f"{tr('Confirm all sure ({count})', count=here)}  S")
        self.confirm_button.setEnabled(here > 0 and takes_marks)
        self.everywhere_button.setText(f"{tr('All hours ({count})', count=everywhere)}  Shift+S")
        self.everywhere_button.setVisible(everywhere > here and takes_marks)
        self.next_button.setVisible(following is not None and not here and not self._model.doubtful())
        self.confirm_button.setVisible(self.next_button.isHidden())
        if following is not None:
            hour, still_open = following
            self.next_button.setText(f"{tr('Hour {hour}', hour=hour)}: {tr('{count} open', count=still_open)}  Enter")

    def _go_to_next_hour(self) -> None:
        if (following := self._model.next_hour()) is not None:
            self._select_hour(following[0])

    def _is_draft(self) -> bool:
        return self._model.state in (None, "draft")

    def _change_state(self) -> None:
        (self.submit if self._is_draft() else self.reopen).emit()

    def _show_chosen(self) -> None:
        student = self.chosen()
        found = self._model.row(student) if student else None
        self.card.show_row(found, takes_marks=self._model.state != "closed")

    # ---- what is selected

    def start_anew(self) -> None:
        """Another session comes: its first board decides where to begin."""
        self._waits_for_first_board = True

    def chosen(self) -> str | None:
        """The student who is selected."""
        return self.lists.chosen()

    def choose(self, student: str) -> None:
        """Select a student, and hand the keys to their list."""
        self.lists.choose(student)

    def go_on(self, after: str | None) -> None:
        """To what is left: the sure ones, then the doubtful one by one, then submitting."""
        following = self._model.next_open(after)
        if after is None and self.confirm_button.isEnabled():
            self.confirm_button.setFocus()
        elif following is not None:
            self.choose(following)
        elif self.confirm_button.isEnabled():
            self.confirm_button.setFocus()
        elif not self.next_button.isHidden():
            self.next_button.setFocus()
        else:
            self.submit_button.setFocus()

    # ---- keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = letter(event)
        if key in STATE_KEYS:
            self._of_chosen(self.decided, STATE_KEYS[key])
        elif key in ("1", "2", "3"):
            self._of_chosen(self.candidate_chosen, int(key) - 1)
        elif is_yes(event):
            self._of_chosen(self.accepted)
        elif is_back(event):
            self.back.emit()
        elif not self._press_button(event, key):
            super().keyPressEvent(event)

    def _press_button(self, event: QKeyEvent, key: str) -> bool:
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        button = {"s": self.confirm_button, "r": self.roll_button}.get(key)
        if control and enter:
            button = self.submit_button
        elif key == "s" and shift and not self.everywhere_button.isHidden():
            button = self.everywhere_button
        if button is not None:
            button.click()
        return button is not None

    def _of_chosen(self, signal: SignalInstance, *values: object) -> None:
        """Tell something about the student who is selected, if there is one."""
        if (student := self.chosen()) is not None:
            signal.emit(student, *values)

    def _select_hour(self, hour: int) -> None:
        self._waits_for_first_board = True
        self.hour_selected.emit(hour)
