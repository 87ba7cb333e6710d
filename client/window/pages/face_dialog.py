"""Ask whose face this is: the server's candidates first, then the course's list."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from client.window.language.plain import PlainLabel, plain_tip
from client.window.language.translator import tr
from client.window.language.words import alike
from client.window.session_model import Row
from client.window.widgets.appearance import sized
from client.window.widgets.keys import KeyButton, is_enter
from client.window.widgets.layouts import filled
from client.window.widgets.search_field import SearchField
from protocol.messages import Face
from texts.hangul import matches

_STUDENT: Final = Qt.ItemDataRole.UserRole


class FaceDialog(QDialog):
    """Accepted: `student` is the number that was chosen."""

    def __init__(self, face: Face, roster: Sequence[Row], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Whose face is this?"))
        self.resize(440, 470)
        self.student: str | None = None
        self.is_seen = True  # whether the list was painted since an input method changed it
        self._face = face
        self._roster = roster
        heading = PlainLabel(tr("Whose face is this?"), size=1.4, bold=True)
        self.search = SearchField()
        self.search.setPlaceholderText(tr("Search by number, name or initial consonants (ㄱㅎㄴ)"))
        self.search.setAccessibleName(tr("Search"))
        self.search.setClearButtonEnabled(True)
        self.search.searched.connect(self._fill)
        self.search.installEventFilter(self)
        self.found = QListWidget()
        self.found.setAccessibleName(tr("Students"))
        self.found.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.found.itemDoubleClicked.connect(lambda _: self._choose())
        self.found.viewport().installEventFilter(self)
        button = KeyButton(f"{tr('This student, present')}  Enter", self._choose, main=True)
        filled(QVBoxLayout(self), heading, self.search, self.found, button, margins=(18, 16, 18, 16), spacing=9)
        self._fill("")
        self.search.setFocus()

    def _fill(self, typed: str) -> None:
        self.is_seen = not self.search.is_committing
        self.found.clear()
        candidates = {each.student: alike(each) for each in self._face.candidates}
        names = {row.student: row.name for row in self._roster}
        wanted = [each.student for each in self._face.candidates if each.student in names]
        wanted += [row.student for row in self._roster if row.student not in candidates]
        for student in wanted:
            if typed.strip() and not matches(typed, student, names[student]):
                continue
            words = f"   {candidates[student]}" if student in candidates else ""
            item = QListWidgetItem(f"{names[student]}   {student}{words}")
            item.setToolTip(plain_tip(item.text()))
            item.setData(_STUDENT, student)
            if student in candidates:
                item.setFont(sized(self.font(), 1.0, bold=True))
            self.found.addItem(item)
        self.found.setCurrentRow(0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """From the search field, the arrows go through the list and Enter chooses."""
        if watched is self.found.viewport() and event.type() == QEvent.Type.Paint:
            self.is_seen = True
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step:
                last = self.found.count() - 1
                self.found.setCurrentRow(max(0, min(self.found.currentRow() + step, last)))
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_enter(event):
            self._choose()
        elif not event.isAutoRepeat():
            super().keyPressEvent(event)

    def _choose(self) -> None:
        # The Enter that ends a composition comes before anybody has seen whom it finds.
        item = self.found.currentItem()
        if item is not None and self.is_seen:
            self.student = item.data(_STUDENT)
            self.accept()
