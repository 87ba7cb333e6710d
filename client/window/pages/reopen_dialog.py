"""Why a session that was submitted or closed is to be opened again: a reason in, or nothing done."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from client.window.language.plain import PlainLabel
from client.window.language.translator import tr
from client.window.widgets.appearance import sized
from client.window.widgets.keys import KeyButton, is_enter

LONGEST_REASON: Final = 200
"""As protocol.fields.Why."""


class ReopenDialog(QDialog):
    """Accepted: reopen, for `why`, which is never empty then."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Reopen"))
        self.setMinimumWidth(560)
        question = PlainLabel(tr("Reopen this session?"))
        question.setFont(sized(self.font(), 1.5, bold=True))
        explained = PlainLabel(
            tr("It is a draft again and takes marks; submit it afterwards. The reason is kept with it.")
        )
        explained.setWordWrap(True)
        self.reason = QLineEdit(maxLength=LONGEST_REASON)
        self.reason.setAccessibleName(tr("Reason"))
        self.reason.setPlaceholderText(tr("Reason, such as: a certificate came"))
        self.reason.textChanged.connect(self._show_button)
        self.reopen = KeyButton(f"{tr('Reopen')}  Enter", main=True)
        self.reopen.clicked.connect(self._accept)
        self.back = KeyButton(f"{tr('Back')}  Esc")
        self.back.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.back)
        buttons.addWidget(self.reopen)
        box = QVBoxLayout(self)
        box.setContentsMargins(20, 18, 20, 16)
        box.setSpacing(12)
        for widget in (question, explained, self.reason):
            box.addWidget(widget)
        box.addLayout(buttons)
        self._show_button()
        self.reason.setFocus()

    @property
    def why(self) -> str:
        return self.reason.text().strip()

    def _show_button(self) -> None:
        self.reopen.setEnabled(bool(self.why))

    def _accept(self) -> None:
        if self.why:
            self.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_enter(event):
            self._accept()
        elif event.key() == Qt.Key.Key_Escape:
            self.reject()
        elif not event.isAutoRepeat():
            super().keyPressEvent(event)
