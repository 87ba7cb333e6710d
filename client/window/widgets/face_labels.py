"""Say whose faces are in a picture, in labels of which none covers another."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from client.window.language.translator import tr
from client.window.language.words import alike
from client.window.widgets.appearance import FACES, INK, PaintStyle
from protocol.messages import Face

# Between a box and its label.
GAP: Final = 3.0


@dataclass(frozen=True, slots=True)
class Label:
    """What is said, and where."""

    text: str
    area: QRectF


NOTHING: Final = Label("", QRectF())


def place_labels(
    boxes: Sequence[QRectF], wordings: Sequence[Sequence[str]], metrics: QFontMetricsF, within: QRect
) -> list[Label]:
    """A label for each box; those in front choose first.

    wordings: of each face, longest first. The longest that finds room without covering another label or face; where
    none does, nothing.
    """
    placed: list[Label] = []
    for number, box in enumerate(boxes):
        taken = [label.area for label in placed] + [other for place, other in enumerate(boxes) if place != number]
        choices = [label for text in wordings[number] for label in _around(box, text, metrics, within)]
        free = (each for each in choices if not any(each.area.intersects(area) for area in taken))
        placed.append(next(free, NOTHING))
    return placed


def _around(box: QRectF, text: str, metrics: QFontMetricsF, within: QRect) -> tuple[Label, Label]:
    """Under the box and over it, as far as that lies within the widget."""
    size = QRectF(0, 0, metrics.horizontalAdvance(text) + 12, metrics.height() + 4)
    under = label_area(box, size, within)
    over = under.translated(0, max(0.0, box.top() - GAP - size.height()) - under.top())
    return Label(text, under), Label(text, over)


def label_area(box: QRectF, size: QRectF, within: QRect) -> QRectF:
    """Where a label of this size stands: under the box, and all of it within the widget."""
    left = max(0.0, min(box.center().x() - size.width() / 2, within.width() - size.width()))
    return size.translated(left, min(box.bottom() + GAP, within.height() - size.height()))


def face_wordings(face: Face) -> list[str]:
    """`? 이바다 (alike)`, `? 이바다`, `?`: what may be said of a face, longest first."""
    mark = FACES[face.verdict].mark
    name = tr("unknown") if face.student is None else face.name or face.student
    words = f" ({alike(face.candidates[0])})" if face.verdict == "check" and face.candidates else ""
    return [f"{mark} {name}{words}", f"{mark} {name}", mark]


def draw_label(painter: QPainter, label: Label, style: PaintStyle) -> None:
    """Black on the colour of the verdict."""
    if not label.text:
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(style.colour))
    painter.drawRoundedRect(label.area, 3, 3)
    painter.setPen(QColor(INK))
    painter.drawText(label.area, int(Qt.AlignmentFlag.AlignCenter), label.text)
