"""Colours, line styles and fonts of the window.

The colours are those of Okabe and Ito (Color Universal Design, 2008); black text on each has a contrast of at least 4.5
to 1 (WCAG 2.1, 1.4.3). Every difference is told by a shape or a word too.
"""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

# Vermilion, dark enough for a small sign in it on white, or in white on it: 5.6 to 1.
GREEN: Final = "#009E73"
ORANGE: Final = "#E69F00"
SKY: Final = "#56B4E9"
VERMILION: Final = "#D55E00"
RUST: Final = "#AD4A00"
INK: Final = "#1B1F24"
FAINT: Final = "#57606A"
LINE: Final = "#D0D7DE"
PAPER: Final = "#FFFFFF"
GROUND: Final = "#F3F5F7"
CHOSEN: Final = "#DDEBF7"

# Fonts with Hangul, in the order of Windows, macOS, and what Linux has.
_FAMILIES: Final = ("Malgun Gothic", "Apple SD Gothic Neo", "Noto Sans CJK KR", "Noto Sans KR", "NanumGothic")


@dataclass(frozen=True, slots=True)
class PaintStyle:
    """How one of three is drawn: its colour, its mark, and the line around a face."""

    colour: str
    mark: str
    line: Qt.PenStyle


SURE: Final = PaintStyle(GREEN, "✓", Qt.PenStyle.SolidLine)
CHECK: Final = PaintStyle(ORANGE, "?", Qt.PenStyle.DashLine)
UNKNOWN: Final = PaintStyle(SKY, "–", Qt.PenStyle.DotLine)

FACES: Final = {"sure": SURE, "check": CHECK, "unknown": UNKNOWN}
LISTS: Final = {"sure": SURE, "check": CHECK, "not_seen": PaintStyle(VERMILION, "○", Qt.PenStyle.DotLine)}


def dress(application: QApplication) -> None:
    """One look on every system: Qt's own style, light, with a font that has Hangul."""
    application.setStyle("Fusion")
    application.styleHints().setColorScheme(Qt.ColorScheme.Light)
    application.setPalette(_palette())
    application.setStyleSheet(_SHEET)
    there = set(QFontDatabase.families())
    if families := [family for family in _FAMILIES if family in there]:
        font = QFont(application.font())
        font.setFamilies(families)
        application.setFont(font)


def sized(font: QFont, factor: float, *, bold: bool = False) -> QFont:
    """The same font, `factor` times as large."""
    larger = QFont(font)
    larger.setPointSizeF(max(font.pointSizeF(), 1.0) * factor)
    larger.setBold(bold)
    return larger


def _palette() -> QPalette:
    palette = QPalette(QColor(GROUND))
    role = QPalette.ColorRole
    for which, colour in {
        role.Base: PAPER,
        role.AlternateBase: GROUND,
        role.Text: INK,
        role.WindowText: INK,
        role.ButtonText: INK,
        role.Highlight: CHOSEN,
        role.HighlightedText: INK,
        role.PlaceholderText: FAINT,
        role.ToolTipBase: PAPER,
        role.ToolTipText: INK,
    }.items():
        palette.setColor(which, QColor(colour))
    return palette


_SHEET: Final = f"""
QPushButton {{ background: {PAPER}; border: 1px solid #8C959F; border-radius: 5px; padding: 5px 8px; }}
QPushButton:hover {{ background: {CHOSEN}; }}
QPushButton:focus {{ border: 2px solid {INK}; padding: 4px 7px; }}
QPushButton:disabled {{ color: #8C959F; border-color: {LINE}; }}
QPushButton[main="true"] {{ background: #0B5CAD; color: white; border-color: #0B5CAD; font-weight: 600; }}
QPushButton[main="true"]:focus {{ border: 3px solid {INK}; padding: 3px 6px; }}
QPushButton[main="true"]:disabled {{ background: {LINE}; color: {FAINT}; border-color: {LINE}; }}
QListView {{ background: {PAPER}; border: 1px solid {LINE}; border-radius: 5px; outline: 0; }}
QListWidget::item {{ padding: 4px 6px; }}
QListView:focus {{ border: 2px solid {INK}; }}
QLineEdit {{ background: {PAPER}; border: 1px solid #8C959F; border-radius: 5px; padding: 5px 8px; }}
QLineEdit:focus {{ border: 2px solid {INK}; }}
QFrame#card {{ background: {PAPER}; border: 1px solid {LINE}; border-radius: 5px; }}
QLabel#faint {{ color: {FAINT}; }}
QLabel#banner {{ background: #FFF3D6; border: 1px solid {ORANGE}; border-radius: 5px; padding: 6px 10px; }}
QStatusBar {{ background: {PAPER}; border-top: 1px solid {LINE}; }}
QProgressBar {{ background: {LINE}; border: none; border-radius: 4px; }}
QProgressBar::chunk {{ background: #0B5CAD; border-radius: 4px; }}
QTabBar::tab {{ background: {GROUND}; border: 1px solid {LINE}; padding: 5px 12px; margin-right: 3px;
                border-top-left-radius: 5px; border-top-right-radius: 5px; }}
QTabBar::tab:selected {{ background: {PAPER}; border-bottom: 3px solid #0B5CAD; font-weight: 600; }}
"""
