"""Show the code by which a person signs in on this PC, and the same as a QR code for their phone."""

from typing import Final

import segno
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPixmap
from PySide6.QtWidgets import QVBoxLayout, QWidget

from client.window.language.plain import PlainLabel
from client.window.language.translator import tr
from client.window.widgets.keys import KeyButton, is_enter
from client.window.widgets.layouts import filled, row
from protocol.messages import PairingCode

_WIDTH: Final = 560
_QR_SIDE: Final = 260
# The light margin without which phones do not find a code (ISO/IEC 18004, 4 modules).
_MARGIN: Final = 4


class SignInPage(QWidget):
    """Shown while a person has to sign in."""

    code_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = PlainLabel(tr("Sign in"), size=2.2, bold=True)
        self.code = PlainLabel(size=4.0, bold=True)
        self.code.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self.how = PlainLabel(size=1.15, wrap=True)
        self.picture = PlainLabel()
        self.note = PlainLabel(style="faint", wrap=True)
        self.button = KeyButton(f"{tr('New code')}  Enter", self.code_wanted.emit, main=True)
        column = QWidget()
        column.setFixedWidth(_WIDTH)
        filled(QVBoxLayout(column), title, self.how, self.code, self.picture, self.note, self.button, spacing=14)
        filled(QVBoxLayout(self), 1, row(1, column, 1), 2)
        self.show_waiting()

    def show_waiting(self) -> None:
        """A code has been asked for."""
        self._show("", "", tr("The server is asked for a code."))
        self.button.hide()

    def show_code(self, shown: PairingCode) -> None:
        where = shown.page.partition("?")[0]
        how = (
            tr("Scan this with your phone, or open {page} and type the code.", page=where)
            if where
            else tr("Approve this code where you are signed in.")
        )
        self._show(
            shown.code, how, tr("No password is typed on this PC. Marks are yours until you sign out by Ctrl+L.")
        )
        self.code.setAccessibleName(" ".join(shown.code))
        if shown.page:
            self.picture.setPixmap(qr_code(shown.page))
            self.picture.setAccessibleName(tr("QR code of the page where you approve it"))
        self.picture.setVisible(bool(shown.page))
        self.button.hide()

    def show_over(self, why: str) -> None:
        """No code is shown; why: the sentence that says it."""
        self._show("", "", why)
        self.button.show()
        self.button.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_enter(event) and self.button.isVisible():
            self.button.click()
        else:
            super().keyPressEvent(event)

    def _show(self, code: str, how: str, note: str) -> None:
        self.code.setText(code)
        self.how.setText(how)
        self.note.setText(note)
        self.picture.hide()


def qr_code(text: str) -> QPixmap:
    """In black on white, whatever the window's colours are."""
    rows = segno.make(text, micro=False, error="m").matrix
    side = len(rows) + 2 * _MARGIN
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    for y, modules in enumerate(rows, _MARGIN):
        for x, dark in enumerate(modules, _MARGIN):
            if dark:
                image.setPixelColor(x, y, QColor("black"))
    times = max(_QR_SIDE // side, 2)
    return QPixmap.fromImage(image.scaled(side * times, side * times))
