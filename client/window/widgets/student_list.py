"""Show one of the three lists: a student a row, with a chip for each hour."""

from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from client.window.language.plain import plain_tip
from client.window.language.translator import tr
from client.window.language.words import look_words, reason_words, state_word
from client.window.session_model import Cell, Row
from client.window.widgets.appearance import CHOSEN, FAINT, INK, LINE, LISTS, PAPER, RUST, sized
from language.words import SIGNS

Index = QModelIndex | QPersistentModelIndex

# Hours beside a name, where there is room; a course of more hours a day shows the last of them.
ROW: Final = Qt.ItemDataRole.UserRole
MOST_CHIPS: Final = 4
# In heights of a line, what the chips leave for the name and the number: one chip at least is shown all the same.
ROOM_FOR_NAME: Final = 5.5


class StudentModel(QAbstractListModel):
    """The rows of one list. Told anew as a whole; rows that stay the same keep their place and the selection."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Row] = []

    def show_rows(self, rows: list[Row]) -> None:
        if [row.student for row in rows] == [row.student for row in self._rows]:
            self._rows = rows
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def place_of(self, student: str) -> int | None:
        return next((place for place, row in enumerate(self._rows) if row.student == student), None)

    def row_at(self, index: Index) -> Row | None:
        return self._rows[index.row()] if 0 <= index.row() < len(self._rows) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row_at(index)
        if row is None:
            return None
        if role == ROW:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return spoken(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(spoken(row))
        return None


def spoken(row: Row) -> str:
    """A row as a screen reader says it: name, number, reason, and each hour in words."""
    parts = [row.name, row.student, reason_words(row.reason), look_words(row.here)]
    parts += [tr("Hour {hour}", hour=cell.hour) + ": " + _cell_words(cell) for cell in row.cells]
    return ", ".join(part for part in parts if part)


def _cell_words(cell: Cell) -> str:
    if cell.state is None or (cell.state in ("not_taken", "not_visible") and not cell.decided):
        return tr("undecided")
    if not cell.decided:
        return tr("proposed {state}", state=state_word(cell.state))
    return state_word(cell.state) + (f" ({tr('not sent yet')})" if cell.waiting else "")


class RowDelegate(QStyledItemDelegate):
    """Draws a row: the list's mark, the name over reason and number, and a chip for each hour at the right."""

    def __init__(self, which: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = LISTS[which]

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        return QSize(150, round(option.fontMetrics.height() * 2.1) + 10)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Row = index.data(ROW)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(option.rect, QColor(CHOSEN if chosen else PAPER))
        edge = QRect(option.rect.left(), option.rect.top(), 5, option.rect.height())
        painter.fillRect(edge, QColor(self._style.colour))
        painter.setPen(QColor(LINE))
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
        chips = shown_cells(row, self._room_for_chips(option))
        text = option.rect.adjusted(13, 4, -len(chips) * (chip_size(option) + 3) - 16, -4)
        self._draw_text(painter, option, row, text)
        self._draw_chips(painter, option, chips, row.here.hour)
        painter.restore()

    def _room_for_chips(self, option: QStyleOptionViewItem) -> int:
        """How many fit beside a name."""
        room = option.rect.width() - 29 - ROOM_FOR_NAME * option.fontMetrics.height()
        return max(1, min(MOST_CHIPS, int(room / (chip_size(option) + 3))))

    def _draw_text(self, painter: QPainter, option: QStyleOptionViewItem, row: Row, area: QRect) -> None:
        half = area.height() // 2
        above, below = area.adjusted(0, 0, 0, half - area.height()), area.adjusted(0, half, 0, 0)
        name_font = sized(option.font, 1.05, bold=not row.decided)
        _draw_line(painter, above, row.name, name_font, FAINT if row.decided else INK)
        reason = " · ".join(filter(None, (look_words(row.here), reason_words(row.reason), row.student)))
        _draw_line(painter, below, reason, sized(option.font, 0.86), FAINT)

    def _draw_chips(self, painter: QPainter, option: QStyleOptionViewItem, cells: tuple[Cell, ...], here: int) -> None:
        size = chip_size(option)
        top = option.rect.top() + (option.rect.height() - size) // 2
        left = option.rect.right() - 6 - len(cells) * (size + 3)
        for place, cell in enumerate(cells):
            area = QRect(left + place * (size + 3), top, size, size)
            draw_chip(painter, area, cell, option.font, here=cell.hour == here and len(cells) > 1)


def _draw_line(painter: QPainter, area: QRect, text: str, font: QFont, colour: str) -> None:
    painter.setFont(font)
    painter.setPen(QColor(colour))
    line = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    painter.drawText(area, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), line)


def shown_cells(row: Row, most: int) -> tuple[Cell, ...]:
    """So many of a row's hours, next to each other: the last ones, but always with the hour that is shown."""
    here = next((place for place, cell in enumerate(row.cells) if cell.hour == row.here.hour), 0)
    first = max(0, min(here, len(row.cells) - most))
    return row.cells[first : first + most]


# Korean fonts draw them smaller than letters.
_SMALL_SIGNS: Final = {"△": 1.35, "ⓧ": 1.45}


def chip_size(option: QStyleOptionViewItem) -> int:
    """Pixels of a chip's side."""
    return round(option.fontMetrics.height() * 1.45)


def draw_chip(painter: QPainter, area: QRect, cell: Cell, font: Any, *, here: bool) -> None:
    """Filled: it stands; outlined: proposed; with a dot: not sent yet; underlined: the hour that is shown."""
    away = cell.state in ("absent", "left_early")
    ink = RUST if away else INK
    painter.setPen(QPen(QColor(ink), 1.4, Qt.PenStyle.SolidLine if cell.decided else Qt.PenStyle.DotLine))
    painter.setBrush(QColor(ink) if cell.decided else QColor(PAPER))
    painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), 4, 4)
    painter.setPen(QColor(PAPER if cell.decided else ink))
    sign = SIGNS.get(cell.state, "·")
    painter.setFont(sized(font, _SMALL_SIGNS.get(sign, 0.95), bold=True))
    painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), sign)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(INK))
    if here:
        painter.drawRect(area.left() + 3, area.bottom() + 2, area.width() - 6, 2)
    if cell.waiting:
        painter.setBrush(QColor("#E69F00"))
        painter.drawEllipse(area.right() - 6, area.top() - 2, 8, 8)


class StudentList(QListView):
    """A list that knows its students by number; letters are left to the page around it."""

    def __init__(self, which: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.which = which
        self.students = StudentModel(self)
        self.setModel(self.students)
        self.setItemDelegate(RowDelegate(which, self))
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMinimumWidth(150)
        self._hint = ""

    def show_hint(self, text: str) -> None:
        """What an empty list says."""
        self._hint = text
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._hint:
            painter = QPainter(self.viewport())
            painter.setPen(QColor(FAINT))
            flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
            painter.drawText(self.viewport().rect().adjusted(10, 14, -10, -10), int(flags), self._hint)

    def show_rows(self, rows: list[Row]) -> None:
        chosen = self.chosen()
        self.students.show_rows(rows)
        if chosen is not None:
            self.choose(chosen)

    def chosen(self) -> str | None:
        """The number of the selected student."""
        selection = self.selectionModel().selectedIndexes()
        row = self.students.row_at(selection[0]) if selection else None
        return row.student if row else None

    def choose(self, student: str) -> bool:
        """Select a student and scroll there; False: not in this list."""
        place = self.students.place_of(student)
        if place is None:
            return False
        index = self.students.index(place)
        if not self.selectionModel().isSelected(index):
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.scrollTo(index)
        return True

    def choose_first(self) -> None:
        """Select the first student, if there is one."""
        if (row := self.students.row_at(self.students.index(0))) is not None:
            self.choose(row.student)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _MOVES:
            super().keyPressEvent(event)
        else:
            event.ignore()


_MOVES: Final = frozenset(
    {
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
    }
)
