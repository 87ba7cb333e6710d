"""Ask for the course, and offer sessions of other days below."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from client.window.language.plain import PlainLabel, plain_tip
from client.window.language.translator import tr
from client.window.language.words import session_state
from client.window.widgets.keys import KeyButton
from client.window.widgets.layouts import filled, row
from protocol.messages import SessionInfo
from texts.identifiers import normal

_WIDTH = 460
_HEIGHT = 34
_OTHERS_HEIGHT = 130


class StartPage(QWidget):
    """Shown until a session is there."""

    opened = Signal(str)
    """The course to open or join."""
    joined = Signal(object)
    """The SessionInfo of another day to go on with."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = PlainLabel(tr("Attendance"), size=2.2, bold=True)
        question = PlainLabel(tr("Which &course?"))
        self.course = QComboBox(editable=True, insertPolicy=QComboBox.InsertPolicy.NoInsert)
        self.course.setAccessibleName(tr("Course"))
        question.setBuddy(self.course)
        edit = self.course.lineEdit()
        if edit is not None:
            edit.setPlaceholderText(tr("Course code, such as ea0017_1"))
            edit.returnPressed.connect(self._open)
        self.button = KeyButton("", self._open, main=True)
        self.course.setMinimumHeight(_HEIGHT)
        self.button.setMinimumHeight(_HEIGHT)
        self.course.editTextChanged.connect(self._show_button)
        self.course.editTextChanged.connect(self._show_other_days)
        self.note = PlainLabel(style="faint", wrap=True)
        self._today: dict[str, SessionInfo] = {}
        self._other_days: list[SessionInfo] = []
        self._others_title = PlainLabel(tr("Sessions of other days"))
        self.others = QListWidget()
        self.others.setAccessibleName(tr("Sessions of other days"))
        self.others.setMaximumHeight(_OTHERS_HEIGHT)
        self.others.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.others.itemActivated.connect(lambda item: self.joined.emit(item.data(Qt.ItemDataRole.UserRole)))
        column = QWidget()
        column.setFixedWidth(_WIDTH)
        box = QVBoxLayout(column)
        for widget in (title, question, self.course, self.button, self.note, self._others_title, self.others):
            box.addWidget(widget)
            box.addSpacing(6)
        filled(QVBoxLayout(self), 1, row(1, column, 1), 2)
        self._show_button()
        self._show_other_days()

    def show_course(self, course: str) -> None:
        """The course that the command line names: one key is enough."""
        self.course.setEditText(course)
        self.button.setFocus()

    def show_sessions(self, sessions: Sequence[SessionInfo]) -> None:
        """Courses held lately, newest first, each once; what is typed stays."""
        typed = self.course.currentText()
        newest = {each.course: each for each in reversed(sessions)}
        self._today = {each.course: each for each in sessions if each.hour_now is not None}
        self.course.blockSignals(True)
        self.course.clear()
        for session in reversed(newest.values()):
            self.course.addItem(f"{session.course}  {session.title}".strip(), session.course)
        self.course.setCurrentIndex(-1)  # or the arrow down would pass over the first
        self.course.setEditText(typed)
        self.course.blockSignals(False)
        self._show_button()
        other_days = (each for each in sessions if each.hour_now is None)
        self._other_days = sorted(other_days, key=lambda each: each.state != "draft")
        self._show_other_days()

    def _show_other_days(self) -> None:
        chosen = self.chosen()
        shown = [each for each in self._other_days if each.state == "draft" or each.course == chosen]
        self.others.clear()
        for session in shown:
            item = QListWidgetItem(f"{session.date}   {session_state(session)}   {session.course}  {session.title}")
            item.setToolTip(plain_tip(item.text()))
            item.setData(Qt.ItemDataRole.UserRole, session)
            self.others.addItem(item)
        for widget in (self._others_title, self.others):
            widget.setVisible(bool(shown))

    def show_note(self, text: str) -> None:
        """What kept the session from being opened."""
        self.note.setText(text)

    def chosen(self) -> str:
        """The code of the course, without the title that the list shows behind it."""
        text = self.course.currentText().strip()
        return normal(text.split()[0]) if text else ""

    def focus(self) -> None:
        (self.button if self.chosen() else self.course).setFocus()

    def _show_button(self) -> None:
        there = self._today.get(self.chosen())
        words = tr("Join today's session") if there else tr("Open today's session")
        self.button.setText(f"{words}  Enter")
        self.button.setEnabled(bool(self.chosen()))

    def _open(self) -> None:
        if self.chosen():
            self.note.setText("")
            self.opened.emit(self.chosen())
