"""The window as a process of its own: somebody calls the roll by keys, and each answer is said once it is on disk.

    python -m tests.client.window.calling OUTBOX PORT KEYS

It never ends by itself: it is there to be killed.
"""

import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from PySide6.QtCore import QEvent, QEventLoop, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from client.config import ClientSettings
from client.outbox import Outbox
from client.window.application import WindowOptions, start_qt, window
from client.window.pages.main_window import MainWindow
from tests.end_to_end.test_serving import COURSE

STEP_MS = 20


def main(path: Path, port: int, keys: str) -> None:
    settings = ClientSettings(server=("127.0.0.1", port), timeout_s=60, device="room 301", outbox=path)
    start_qt("en")
    with (
        closing(Outbox(path, settings.server_name)) as outbox,
        window(settings, outbox, WindowOptions(COURSE)) as shown,
    ):
        shown.show()
        call(shown, outbox, keys)
        wait(lambda: False)


def call(shown: MainWindow, outbox: Outbox, keys: str) -> None:
    shown.start.button.click()
    wait(lambda: shown.controller.model.is_loaded and shown.controller.model.answers.known)
    press(shown.board, "r")
    for count, key in enumerate(keys, start=1):
        press(shown.roll, key)
        wait(lambda count=count: sum(each.answers for each in outbox.drafts.unfinished()) == count)
        print("kept", flush=True)


def press(page: QWidget, key: str) -> None:
    QApplication.sendEvent(page, QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, key))


def wait(condition: Callable[[], bool]) -> None:
    loop = QEventLoop()
    while not condition():
        QTimer.singleShot(STEP_MS, loop.quit)
        loop.exec()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
