"""Texts from elsewhere, shown as they are: Qt would read `<b>` in a name as markup, and `&` as the mark of a key."""

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel


class PlainLabel(QLabel):
    """A label without markup."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)


def plain_tip(text: str) -> str:
    """What a tool tip has to hold to show this text."""
    return f"<qt>{escape(text)}</qt>" if "<" in text else text


def plain_caption(text: str) -> str:
    """What a button has to hold to show this text."""
    return text.replace("&", "&&")
