"""Put widgets beside or below each other."""

from typing import TypeVar

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QWidget

B = TypeVar("B", bound=QBoxLayout)
Item = QWidget | QLayout | int | tuple[QWidget, int]


def filled(box: B, *items: Item, margins: tuple[int, int, int, int] | None = None, spacing: int | None = None) -> B:
    """The box with these in it; a number is a stretch between them, in a pair the widget's own."""
    if margins is not None:
        box.setContentsMargins(*margins)
    if spacing is not None:
        box.setSpacing(spacing)
    for item in items:
        if isinstance(item, QWidget):
            box.addWidget(item)
        elif isinstance(item, QLayout):
            box.addLayout(item)
        elif isinstance(item, int):
            box.addStretch(item)
        else:
            box.addWidget(*item)
    return box


def row(*items: Item) -> QHBoxLayout:
    """These beside each other."""
    return filled(QHBoxLayout(), *items)
