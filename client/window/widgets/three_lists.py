"""Show the three lists of the board, with one student selected in all of them."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from client.window.language.plain import PlainLabel
from client.window.language.translator import tr
from client.window.session_model import LISTS, SessionModel
from client.window.widgets.appearance import LISTS as STYLES
from client.window.widgets.layouts import filled
from client.window.widgets.student_list import StudentList

TITLES: Final = {"sure": "Sure", "check": "Check", "not_seen": "Not seen"}
EMPTY: Final = {"sure": "Nobody is recognised yet.", "check": "Nobody is in doubt.", "not_seen": "Everybody was seen."}


class ThreeLists(QWidget):
    """Shows a SessionModel; students are named by number."""

    chosen_changed = Signal()
    double_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lists = {which: StudentList(which) for which in LISTS}
        self._heads = {which: PlainLabel(size=1.05, bold=True) for which in LISTS}
        row = filled(QHBoxLayout(self), margins=(0, 0, 0, 0), spacing=6)
        for which, students in self.lists.items():
            row.addLayout(self._column(which, students), 1)

    def _column(self, which: str, students: StudentList) -> QVBoxLayout:
        head = self._heads[which]
        head.setBuddy(students)
        students.setAccessibleName(tr(TITLES[which]))
        students.installEventFilter(self)
        students.selectionModel().selectionChanged.connect(lambda *_: self.chosen_changed.emit())
        students.doubleClicked.connect(lambda _: self.double_clicked.emit())
        return filled(QVBoxLayout(), head, (students, 1), spacing=3)

    def show_model(self, model: SessionModel) -> None:
        """The lists anew; what is selected stays selected."""
        nobody = "" if model.rows() else tr("Nobody is on this course's list.")
        for which, students in self.lists.items():
            rows = model.rows(which)
            students.show_rows(rows)
            students.show_hint("" if rows or not model.is_loaded else nobody or tr(EMPTY[which]))
            still_open = sum(not row.decided for row in rows)
            more = f" · {tr('{count} open', count=still_open)}" if still_open else ""
            self._heads[which].setText(f"{STYLES[which].mark} {tr(TITLES[which])}  {len(rows)}{more}")

    def chosen(self) -> str | None:
        """The student of the selected row, in whichever list."""
        return next((found for each in self.lists.values() if (found := each.chosen())), None)

    def choose(self, student: str) -> None:
        """Select a student, and hand the keys to their list."""
        for students in self.lists.values():
            if students.choose(student):
                students.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The list that gets the keys has the selection."""
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, StudentList):
            for each in self.lists.values():
                if each is not watched:
                    each.clearSelection()
            if watched.chosen() is None:
                watched.choose_first()
        return super().eventFilter(watched, event)
