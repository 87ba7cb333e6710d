"""A window on the offscreen platform, and a person's hands: keys are counted, and go where the keyboard's focus is."""

from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from client.api import Api
from client.config import ClientSettings
from client.outbox import Outbox
from client.window import application
from client.window.application import WindowOptions
from client.window.board_poller import BoardPoller
from client.window.outbox_worker import OutboxWorker
from client.window.pages.main_window import MainWindow

PATIENCE_MS = 60_000


@dataclass
class Hands:
    """One window and who works with it."""

    window: MainWindow
    outbox: Outbox
    qtbot: QtBot
    keys: int = 0
    told: list[str] = field(default_factory=list)
    close: Callable[[], None] = lambda: None

    def press(self, key: Any, modifier: Any = Qt.KeyboardModifier.NoModifier) -> None:
        """One key, to whatever has the focus."""
        self.keys += 1
        widget = self.focus()
        if isinstance(key, str) and not key.isascii():
            QApplication.sendEvent(widget, QKeyEvent(QEvent.Type.KeyPress, 0, modifier, key))
        elif isinstance(key, str):
            self.qtbot.keyClicks(widget, key, modifier)
        else:
            self.qtbot.keyClick(widget, key, modifier)

    def focus(self) -> QWidget:
        """What the keys go to: a question that is open, else the window, as a window manager would have it."""
        top = QApplication.activeModalWidget() or self.window
        if not top.isActiveWindow():
            top.activateWindow()
        self.wait(lambda: (widget := QApplication.focusWidget()) is not None and top.isAncestorOf(widget))
        widget = QApplication.focusWidget()
        assert widget is not None
        return widget

    def wait(self, condition: Callable[[], Any]) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE_MS)

    def wait_for_board(self) -> None:
        """Until a board is shown, and what the disk has of its roll calls is known."""
        self.wait(lambda: self.window.controller.model.is_loaded and self.window.controller.model.answers.known)

    def wait_until_sent(self) -> None:
        """Until the server has everything and the board that came shows it."""
        self.wait(lambda: self.outbox.waiting() == 0 and self.window.controller.model.waiting == 0)

    def open(self) -> None:
        """From the first page to the board."""
        self.press(Qt.Key.Key_Return)
        self.wait_for_board()

    def state_of(self, student: str) -> str | None:
        row = self.window.controller.model.row(student)
        return row.cell.state if row is not None and row.decided else None


class Stage:
    """Makes windows with what is behind them."""

    def __init__(self, qtbot: QtBot, folder: Path, stack: ExitStack) -> None:
        self._qtbot = qtbot
        self._folder = folder
        self._stack = stack

    def program(self, settings: ClientSettings, options: WindowOptions) -> Hands:
        """The window as the program makes it, camera included."""
        outbox = self._stack.enter_context(closing(Outbox(settings.outbox, settings.server_name)))
        window = self._stack.enter_context(application.window(settings, outbox, options))
        return self._shown(window, outbox)

    def window(
        self, connect: Callable[[], Api], *, course: str | None = None, server: str = "room:1", **more: Any
    ) -> Hands:
        """A window whose every connection is made by `connect`; it is closed at the end of the test."""
        stack = self._stack.enter_context(ExitStack())
        outbox = stack.enter_context(closing(Outbox(self._folder / "outbox.sqlite", server)))
        poller = stack.enter_context(closing(BoardPoller(connect())))
        outbox_worker = stack.enter_context(closing(OutboxWorker(outbox, connect)))
        window = MainWindow(poller, outbox_worker, server, course=course, **more)
        stack.callback(window.deleteLater)
        stack.callback(window.close)
        hands = self._shown(window, outbox)
        hands.close = stack.close
        poller.refused.connect(hands.told.append)
        return hands

    def _shown(self, window: MainWindow, outbox: Outbox) -> Hands:
        window.resize(1366, 700)
        with self._qtbot.waitActive(window, timeout=PATIENCE_MS):
            window.show()
        hands = Hands(window, outbox, self._qtbot)
        window.controller.told.connect(hands.told.append)
        return hands
