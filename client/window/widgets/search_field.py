"""Take what is searched for, the syllable that is still being composed included."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QLineEdit, QWidget


class SearchField(QLineEdit):
    """`searched` tells every change of what is seen in the field; `is_committing`: an input method has ended a word."""

    searched = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.is_committing = False
        self._composed = ""
        self._told = ""
        self.textChanged.connect(lambda _: self._tell())

    @property
    def seen_text(self) -> str:
        place = self.cursorPosition()
        return self.text()[:place] + self._composed + self.text()[place:]

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        # Qt's text has only what the input method has finished with.
        self._composed = event.preeditString()
        self.is_committing = bool(event.commitString())
        super().inputMethodEvent(event)
        self._tell()
        self.is_committing = False

    def _tell(self) -> None:
        if self.seen_text != self._told:
            self._told = self.seen_text
            self.searched.emit(self._told)
