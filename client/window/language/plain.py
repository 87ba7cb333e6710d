"""Show texts as they are: Qt would read `<b>` in a name as markup, and `&` as the mark of a key."""

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from client.window.widgets.appearance import sized


class PlainLabel(QLabel):
    """A label without markup. size: times that of other text. style: a name of the style sheet, faint or banner."""

    def __init__(
        self, text: str = "", *, size: float = 1.0, bold: bool = False, style: str = "", wrap: bool = False
    ) -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        if bold or size != 1.0:
            self.setFont(sized(self.font(), size, bold=bold))
        self.setObjectName(style)
        self.setWordWrap(wrap)


def plain_tip(text: str) -> str:
    """A tool tip that shows this text."""
    return f"<qt>{escape(text)}</qt>" if "<" in text else text


def plain_caption(text: str) -> str:
    """A button's text that shows this."""
    return text.replace("&", "&&")
