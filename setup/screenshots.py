"""`make screenshots`: the pictures of docs/client.md, made by the real window and a real server, without a screen.

Students are invented and their faces are points in space; the four people in the camera are drawn.
"""

import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from setup.drawn_class import drawn, photographed
from setup.morning import CAMPUS_OFFSET_H, COURSE, NUMBERS, PHOTOGRAPHS, PROJECT, UNSEEN, ZONE, fill

os.environ |= {"QT_QPA_PLATFORM": "offscreen", "TZ": f"CAMPUS{-CAMPUS_OFFSET_H}"}
time.tzset()

from PySide6.QtCore import Qt  # noqa: E402 - what it reads of the environment stands above
from PySide6.QtGui import QPixmap  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication, QWidget  # noqa: E402

from cameras.capture import Capture  # noqa: E402
from cameras.frame import CameraFrame  # noqa: E402
from cameras.inspection import PictureInspector  # noqa: E402
from cameras.reading import CameraState  # noqa: E402
from cameras.settings import CaptureThresholds, Schedule  # noqa: E402
from client.api import Api, now_utc  # noqa: E402
from client.outbox import Outbox  # noqa: E402
from client.snapshots import SnapshotSender  # noqa: E402
from client.transport import TcpTransport  # noqa: E402
from client.window.application import start_qt  # noqa: E402
from client.window.board_poller import BoardPoller  # noqa: E402
from client.window.outbox_worker import OutboxWorker  # noqa: E402
from client.window.pages.face_dialog import FaceDialog  # noqa: E402
from client.window.pages.main_window import MainWindow  # noqa: E402
from client.window.recognition_worker import RecognitionWorker  # noqa: E402
from client.zones import RoomZones  # noqa: E402
from demo.programs import Running, running_server  # noqa: E402
from protocol.sentences import Sentence  # noqa: E402

IMAGES: Final = PROJECT / "docs" / "images"
SCREEN: Final = (1366, 692)
"""What a screen of 1366x768 leaves a window beside its title and a task bar."""
PATIENCE_S: Final = 60.0


class DrawnCamera:
    """Gives the class as a drawing, once it is known where the faces are."""

    name = "front"
    state: CameraState = "live"
    sentence = Sentence("front gives 1280 x 720 pixels.")

    def __init__(self) -> None:
        self._frame: CameraFrame | None = None

    def latest(self) -> CameraFrame | None:
        return self._frame

    def draw(self, boxes: list[tuple[int, int, int, int]]) -> None:
        self._frame = CameraFrame(drawn(boxes), now_utc(), 1)


class PhotographedCamera:
    """Gives the worker what the recogniser needs."""

    def __init__(self) -> None:
        self._frame = CameraFrame(photographed(PHOTOGRAPHS), now_utc(), 1)

    def next_frame(self, after: int, timeout_s: float) -> CameraFrame | None:
        if after < self._frame.number:
            return self._frame
        time.sleep(timeout_s)
        return None


@dataclass
class Photographer:
    """One window, the keys that go to it, and pictures of it."""

    application: QApplication
    window: MainWindow
    camera: DrawnCamera

    def wait(self, condition: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE_S
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError("the window did not come to what is to be shown")
            QTest.qWait(20)

    def press(self, key: str | Qt.Key) -> None:
        top = QApplication.activeModalWidget() or self.window
        top.activateWindow()
        self.wait(lambda: (widget := QApplication.focusWidget()) is not None and top.isAncestorOf(widget))
        widget = QApplication.focusWidget()
        assert widget is not None  # noqa: S101 - it has just been waited for
        if isinstance(key, str):
            QTest.keyClicks(widget, key)
        else:
            QTest.keyClick(widget, key)

    def settle(self) -> None:
        """Until the server has everything, and what happened for a moment is gone."""
        self.wait(lambda: self.window.controller.model.is_loaded and self.window.controller.model.waiting == 0)
        QTest.qWait(100)

    def take(self, name: str, widget: QWidget | None = None) -> None:
        pixels: QPixmap = (widget or self.window).grab()
        pixels.save(str(IMAGES / f"{name}.png"), "PNG")
        print(f"docs/images/{name}.png  {pixels.width()}x{pixels.height()}")


@contextmanager
def opened(folder: Path, server: Running, language: str) -> Iterator[Photographer]:
    """A window on its first page."""

    def connect() -> Api:
        return Api(TcpTransport("127.0.0.1", server.port, 60.0), "301호")

    application = start_qt(language)
    with ExitStack() as stack:
        camera, inspector = DrawnCamera(), PictureInspector()
        outbox = stack.enter_context(closing(Outbox(folder / "outbox.sqlite", server.address)))
        poller = stack.enter_context(closing(BoardPoller(connect())))
        outbox_worker = stack.enter_context(closing(OutboxWorker(outbox, connect)))
        capture = Capture(inspector, Schedule(), CaptureThresholds())
        api = connect()
        recognition = stack.enter_context(
            closing(RecognitionWorker(SnapshotSender(api), PhotographedCamera(), inspector, capture, RoomZones(api)))
        )
        recognition.saw.connect(lambda faces, _: camera.draw([face.box for face in faces.faces]))
        window = MainWindow(
            poller, outbox_worker, "rollcall.example.ac.kr:20060", course=COURSE, camera=camera, recognition=recognition
        )
        window.resize(*SCREEN)
        window.show()
        photographer = Photographer(application, window, camera)
        photographer.wait(lambda: window.status.text_of("server") not in ("Server: connecting", "서버: 연결 중"))
        yield photographer
        window.close()
        window.deleteLater()
        QTest.qWait(50)


def open_board(at: Photographer) -> None:
    at.press(Qt.Key.Key_Return)
    at.settle()
    at.wait(lambda: at.window.board.camera.faces and at.camera.latest())
    at.settle()


def korean(at: Photographer, server: Running) -> None:
    """A class from the first page to a server that has gone."""
    at.take("start")
    open_board(at)
    at.take("board")
    at.window.board.hours.setCurrentIndex(0)
    at.settle()
    at.press("s")
    decide_all(at)
    at.window.board.hours.setCurrentIndex(1)
    at.settle()
    at.press("s")
    at.settle()
    at.window.status.clearMessage()
    at.window.board.choose(at.window.controller.model.rows("check")[1].student)
    at.take("check")
    at.window.board.go_on(None)
    unknown = next(face for face in at.window.board.camera.faces if face.verdict != "sure")
    at.window.board.camera.face_chosen.emit(unknown)
    dialog = at.window.findChild(FaceDialog)
    assert dialog is not None  # noqa: S101 - it has just been opened
    dialog.search.setText("ㅎㄴ")
    at.take("face", dialog)
    dialog.reject()
    at.press("r")
    at.press("p")
    at.press("l")
    QTest.qWait(100)
    at.take("roll-call")
    at.press("q")
    at.settle()
    decide_all(at)
    at.settle()
    at.press(Qt.Key.Key_Return)
    at.wait(lambda: at.window.board_actions.question is not None)
    QTest.qWait(100)
    at.take("submit", at.window.board_actions.question)
    at.press(Qt.Key.Key_Escape)
    server.process.send_signal(signal.SIGTERM)
    server.process.wait()
    at.window.board.choose(NUMBERS[UNSEEN[0]])
    at.press("l")
    at.wait(lambda: "1" in at.window.status.text_of("outbox") and at.window.status.text_of("server") != "서버: 연결됨")
    at.window.status.clearMessage()
    QTest.qWait(100)
    at.take("away")


def decide_all(at: Photographer) -> None:
    while (row := at.window.controller.model.row(at.window.board.chosen() or "")) is not None and not row.decided:
        at.press(Qt.Key.Key_Return if row.acceptable else "a")


def main() -> int:
    if not (PHOTOGRAPHS / "complete").exists():
        print("The photographs are missing: `make setup` fetches them.", file=sys.stderr)
        return 1
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="rollcall-screenshots-") as name:
        folder = Path(name)
        fill(folder)
        with running_server(folder, "--timezone", ZONE) as server:
            with opened(folder, server, "en") as at:
                open_board(at)
                at.take("board-en")
            with opened(folder, server, "ko") as at:
                korean(at, server)
    return 0


if __name__ == "__main__":
    sys.exit(main())
