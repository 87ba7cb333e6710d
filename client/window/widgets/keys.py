"""Say which key means what, with the keyboard switched to Hangul too."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton

from protocol.messages import State

# In a roll call, for a hand on the number pad.
STATE_KEYS: Final[dict[str, State]] = {
    "p": "present",
    "l": "late",
    "a": "absent",
    "e": "left_early",
    "x": "excused",
    "o": "excused_absence",
}
NUMBERS: Final[dict[str, State]] = {"1": "present", "2": "late", "3": "absent"}

# The letter on the same key while a Korean keyboard is switched to Hangul (KS X 5002).
_HANGUL: Final = dict(zip("ㅔㅖㅣㅁㄷㄸㅌㅐㅒㄴㄱㄲㅠㅂㅃㅎ", "pplaeexoosrrbqqg", strict=True))
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def letter(event: QKeyEvent) -> str:
    """The letter or digit of a key without Ctrl or Alt, lower case; empty for any other, and for one that is held."""
    others = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    if event.isAutoRepeat() or event.modifiers() & others:
        return ""
    text = event.text().casefold()
    return _HANGUL.get(text, text if text.isalnum() else "")


def is_enter(event: QKeyEvent) -> bool:
    """Enter of either block of the keyboard, without Ctrl. Held down it counts once: it must not submit a class."""
    if event.isAutoRepeat() or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
        return False
    return event.key() in _ENTER


def is_yes(event: QKeyEvent) -> bool:
    """Enter or Space, pressed and not held."""
    return is_enter(event) or (event.key() == Qt.Key.Key_Space and not event.isAutoRepeat())


def is_back(event: QKeyEvent) -> bool:
    """The step back."""
    return event.key() == Qt.Key.Key_Backspace or letter(event) == "b"


class KeyButton(QPushButton):
    """A button that Enter presses as Space does, so that one finger is enough."""

    def __init__(self, text: str = "", press: Callable[[], object] | None = None, *, main: bool = False) -> None:
        super().__init__(text)
        self.setAutoDefault(False)
        self.setProperty("main", main)
        if press is not None:
            self.clicked.connect(lambda _=False: press())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_enter(event):
            self.click()
        elif not event.isAutoRepeat():
            super().keyPressEvent(event)
