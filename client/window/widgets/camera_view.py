"""Show the live picture with a box and a name over each face."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from cameras.frame import CameraFrame
from client.window.language.translator import tr
from client.window.widgets.appearance import FACES, sized
from client.window.widgets.face_labels import Label, draw_label, face_wordings, place_labels
from protocol.messages import Face, Faces

# Size of the labels where there are more faces than FEW_FACES.
OUTLINE: Final = 3
FEW_FACES: Final = 12
SMALL: Final = 0.85
# Whose names come first where not all have room: those that somebody has to look at.
_FIRST_NAMED: Final = ("check", "sure", "unknown")
_DARK: Final = "#15191E"
_PLACEHOLDER: Final = "#C9D1D9"


class CameraView(QWidget):
    """Shows frames as they are handed over, and the faces of one of them until the next are known."""

    face_chosen = Signal(object)
    """The protocol Face that was clicked, or chosen by keys."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMinimumSize(320, 180)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Camera picture"))
        self._frame: CameraFrame | None = None  # the image has its pixels
        self._image = QImage()
        self._faces: tuple[Face, ...] = ()
        self._of = (1, 1)
        self._text, self._more = tr("No camera"), ""
        self._labels: list[Label] = []
        self._chosen: int | None = None
        self._over: int | None = None

    def sizeHint(self) -> QSize:
        return QSize(640, 360)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """At most as high as most cameras' pictures, 16 to 9; less where what stands below needs the room."""
        super().resizeEvent(event)
        self.setMaximumHeight(max(self.width() * 9 // 16, self.minimumHeight()))
        self._labels = []

    @property
    def faces(self) -> tuple[Face, ...]:
        return self._faces

    def show_frame(self, frame: CameraFrame) -> None:
        """The pixels are drawn from where they lie: a frame must not be written to afterwards."""
        height, width, _ = frame.image.shape
        self._frame = frame
        self._image = QImage(frame.image.data, width, height, frame.image.strides[0], QImage.Format.Format_BGR888)
        self.update()

    def show_text(self, text: str, more: str = "") -> None:
        """Where there is no picture, or the one shown is no longer live. more: why, where there is room."""
        if (text, more) != (self._text, self._more):
            self._text, self._more = text, more
            self.update()

    def placeholder(self) -> str:
        """What stands where there is no picture."""
        return "\n\n".join(part for part in (self._text, self._more) if part)

    def forget_faces(self) -> None:
        """They are too old for the picture."""
        self._faces, self._labels, self._chosen, self._over = (), [], None, None
        self.update()

    def show_faces(self, faces: Faces) -> None:
        """Boxes and names of a picture that the server has looked at."""
        self._faces = tuple(sorted(faces.faces, key=lambda face: _FIRST_NAMED.index(face.verdict)))
        self._of = (faces.width, faces.height)
        self._chosen, self._over, self._labels = None, None, []
        names = ", ".join(face_wordings(face)[0] for face in self._faces)
        self.setAccessibleDescription(names)
        self.update()

    # ---- where things are

    def picture_rect(self) -> QRectF:
        """Where the picture is drawn: whole, in its proportions."""
        width, height = (self._image.width(), self._image.height()) if not self._image.isNull() else (16, 9)
        factor = min(self.width() / width, self.height() / height)
        size = (width * factor, height * factor)
        return QRectF((self.width() - size[0]) / 2, (self.height() - size[1]) / 2, *size)

    def face_rect(self, face: Face) -> QRectF:
        """Where a face's box is drawn."""
        area = self.picture_rect()
        across, down = area.width() / self._of[0], area.height() / self._of[1]
        left, top, right, bottom = face.box
        return QRectF(
            area.left() + left * across, area.top() + top * down, (right - left) * across, (bottom - top) * down
        )

    def face_at(self, point: QPointF) -> int | None:
        """The number of the smallest face there."""
        found = [
            (self.face_rect(face).width(), number)
            for number, face in enumerate(self._faces)
            if self.face_rect(face).adjusted(-6, -6, 6, 26).contains(point)
        ]
        return min(found)[1] if found else None

    # ---- drawing

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(_DARK))
        if self._image.isNull():
            painter.setPen(QColor(_PLACEHOLDER))
            painter.drawText(self.rect().adjusted(24, 24, -24, -24), _CENTRED, self.placeholder())
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(self.picture_rect(), self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, face in enumerate(self._faces):
            self._draw_box(painter, face, chosen=number == self._chosen)
        self._draw_labels(painter)
        if self._text:
            _draw_notice(painter, self.picture_rect(), self._text, self.font())

    def _draw_labels(self, painter: QPainter) -> None:
        """Those of all faces beside each other, and above them the whole one of the face that is meant."""
        font = sized(self.font(), 1.0 if len(self._faces) <= FEW_FACES else SMALL, bold=True)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        if not self._labels:
            boxes = [self.face_rect(face) for face in self._faces]
            least = 0 if len(self._faces) <= FEW_FACES else 1
            said = [face_wordings(face)[least:] for face in self._faces]
            self._labels = place_labels(boxes, said, metrics, self.rect())
        for face, label in zip(self._faces, self._labels, strict=True):
            draw_label(painter, label, FACES[face.verdict])
        meant = self._chosen if self._over is None else self._over
        if meant is not None:
            face = self._faces[meant]
            whole = place_labels([self.face_rect(face)], [face_wordings(face)[:1]], metrics, self.rect())
            draw_label(painter, whole[0], FACES[face.verdict])

    def _draw_box(self, painter: QPainter, face: Face, *, chosen: bool) -> None:
        style, box = FACES[face.verdict], self.face_rect(face)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(_DARK), OUTLINE + 2))
        painter.drawRect(box)
        painter.setPen(QPen(QColor("white" if chosen else style.colour), OUTLINE + 1, style.line))
        painter.drawRect(box)

    # ---- choosing a face

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self.face_at(event.position())
        if number is not None and event.button() == Qt.MouseButton.LeftButton:
            self._choose(number)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self.face_at(event.position())
        self.setCursor(Qt.CursorShape.ArrowCursor if over is None else Qt.CursorShape.PointingHandCursor)
        if over != self._over:
            self._over = over
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right go from face to face, Enter opens the one with the white box."""
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(event.key()))
        if step and self._faces:
            start = -1 if self._chosen is None and step == 1 else (self._chosen or 0)
            self._chosen = (start + step) % len(self._faces)
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._chosen is not None:
            self._choose(self._chosen)
        else:
            super().keyPressEvent(event)

    def _choose(self, number: int) -> None:
        self._chosen = number
        self.update()
        self.face_chosen.emit(self._faces[number])


_CENTRED: Final = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)


def _draw_notice(painter: QPainter, area: QRectF, text: str, font: QFont) -> None:
    """A line over the picture, where it is no longer live."""
    painter.setFont(sized(font, 1.0, bold=True))
    strip = QRectF(area.left(), area.top(), area.width(), QFontMetricsF(painter.font()).height() + 12)
    painter.fillRect(strip, QColor(0, 0, 0, 190))
    painter.setPen(QColor("white"))
    painter.drawText(strip, int(Qt.AlignmentFlag.AlignCenter), text)
