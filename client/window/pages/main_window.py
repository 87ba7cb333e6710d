"""Show the pages and the status line, and connect signals; SessionController and the workers do the rest."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

from PySide6.QtCore import QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from cameras.frame import CameraFrame
from cameras.reading import CameraState
from client.outbox import Unfinished
from client.window.board_actions import BoardActions
from client.window.board_poller import BoardPoller
from client.window.language.plain import PlainLabel
from client.window.language.translator import tr
from client.window.language.words import error_words
from client.window.outbox_worker import OutboxWorker
from client.window.pages.board_page import BoardPage
from client.window.pages.roll_call_page import RollCallPage
from client.window.pages.start_page import StartPage
from client.window.recognition_worker import RecognitionWorker
from client.window.session_controller import SessionController
from client.window.widgets.layouts import filled
from client.window.widgets.status_line import Level, StatusLine
from protocol.messages import Faces, SessionList
from protocol.sentences import Sentence

# 25 pictures a second.
FRAMES_MS: Final = 40
# How much longer than the server's look took, and counted from its end, boxes stay where no newer ones come: a full
# room on a busy server takes seconds, and the next answer takes as many again.
FACES_STAY_S: Final = 8.0
TELL_MS: Final = 12_000

_CAMERA: Final[dict[CameraState, tuple[Level, str]]] = {
    "opening": ("waiting", "Camera: opening"),
    "live": ("good", "Camera: live"),
    "lost": ("bad", "Camera: lost, trying again"),
    "ended": ("off", "Camera: recording is over"),
}
_STATES_SET: Final = {
    "submitted": "Submitted. Corrections stay possible until the session closes.",
    "draft": "Reopened: marks are taken again. Submit it afterwards.",
    "closed": "The session is closed.",
}


class LiveCamera(Protocol):
    """What the window needs of cameras.Camera."""

    name: str

    @property
    def state(self) -> CameraState: ...

    @property
    def sentence(self) -> Sentence: ...

    def latest(self) -> CameraFrame | None: ...


class MainWindow(QMainWindow):
    """Owns the pages; the threads are handed in, and closed by whoever made them."""

    def __init__(
        self,
        poller: BoardPoller,
        outbox_worker: OutboxWorker,
        address: str,
        *,
        course: str | None = None,
        camera: LiveCamera | None = None,
        recognition: RecognitionWorker | None = None,
    ) -> None:
        super().__init__()
        self._poller, self._outbox_worker, self._address = poller, outbox_worker, address
        self._reached = False
        self._update = ""
        self._camera, self._recognition = camera, recognition
        self._shown = 0
        self._faces_until: datetime | None = None
        self.controller = SessionController(poller, outbox_worker, self)
        self.start = StartPage()
        self.board = BoardPage()
        self.roll = RollCallPage()
        self.status = StatusLine()
        self.banner = PlainLabel(style="banner", wrap=True)
        self.board_actions = BoardActions(self.controller, self.board, self.roll, self)
        self._lay_out()
        self._connect(poller, outbox_worker)
        self._start(course)

    def _lay_out(self) -> None:
        self.setWindowTitle(tr("Attendance"))
        self.pages = QStackedWidget()
        for page in (self.start, self.board, self.roll):
            self.pages.addWidget(page)
        self.banner.hide()
        whole = QWidget()
        filled(QVBoxLayout(whole), self.banner, (self.pages, 1), margins=(0, 0, 0, 0), spacing=0)
        self.setCentralWidget(whole)
        self.setStatusBar(self.status)
        self.resize(1320, 690)

    def _connect(self, poller: BoardPoller, outbox_worker: OutboxWorker) -> None:
        self.start.opened.connect(poller.open)
        self.start.joined.connect(self.controller.join)
        poller.found.connect(self._show_sessions)
        poller.refused.connect(self._tell_of_refusal)
        poller.reached.connect(self._show_server)
        poller.outdated.connect(self._tell_of_update)
        outbox_worker.counted.connect(self.status.show_outbox)
        outbox_worker.session_set.connect(self._say_state)
        outbox_worker.left_over.connect(self._tell_of_left_over)
        self.controller.joined.connect(self._show_board_page)
        self.controller.told.connect(self._tell)
        self.board.other_course.connect(self.choose_course)
        self.board_actions.page_wanted.connect(self.pages.setCurrentWidget)
        self.board_actions.said.connect(self._say)
        if self._recognition is not None:
            self._recognition.saw.connect(self._show_faces)
            self._recognition.recorded.connect(self.controller.refresh)
            self._recognition.refused.connect(self._tell)

    def _start(self, course: str | None) -> None:
        self._hide_banner = QTimer(self, singleShot=True, interval=TELL_MS)
        self._hide_banner.timeout.connect(self.banner.hide)
        self._find = QTimer(self, interval=5000)
        self._find.timeout.connect(self._look_for_sessions)
        self._find.start()
        if course:
            self.start.show_course(course)
        self._look_for_sessions()
        self._outbox_worker.find_left_over()
        self.start.focus()
        if self._camera is not None:
            self._frames = QTimer(self, interval=FRAMES_MS)
            self._frames.timeout.connect(self._show_frame)
            self._frames.start()

    # ---- the session

    def _look_for_sessions(self) -> None:
        if self.pages.currentWidget() is self.start:
            self._poller.find(datetime.now(UTC).date())

    def _show_sessions(self, found: SessionList) -> None:
        self._find.stop()
        self.start.show_sessions(found.sessions)
        if found.room_course and not self.start.chosen():
            self.start.show_course(found.room_course)

    def put_away(self, page: QWidget) -> None:
        """Show this page and nothing of a class any more; what was decided is sent all the same."""
        question = QApplication.activeModalWidget()
        if question is not None:
            question.close()
        if self._recognition is not None:
            self._recognition.watch(None)
        self.controller.leave()
        self.board.camera.forget_faces()
        self.setWindowTitle(tr("Attendance"))
        self.pages.setCurrentWidget(page)

    def choose_course(self) -> None:
        """Back to the first page."""
        self.put_away(self.start)
        self._look_for_sessions()
        self._find.start()
        self.start.course.setFocus()

    def _show_board_page(self) -> None:
        session = self.controller.model.session
        if session is None:
            return
        title = f"{session.title} ({session.course})" if session.title else session.course
        self.setWindowTitle(f"{title} · {session.date} · {tr('Attendance')}")
        self.board.start_anew()
        self.pages.setCurrentWidget(self.board)
        if self._recognition is not None:
            # What the camera sees now says nothing of another day.
            self._recognition.watch(session if session.hour_now is not None else None)

    def _say_state(self, state: str) -> None:
        self._tell(tr(_STATES_SET[state]))
        self.controller.refresh()

    def _tell_of_left_over(self, found: Sequence[Unfinished]) -> None:
        """Answers of a day ago or more: they are sent only where that roll call is opened and ended."""
        rolls = ", ".join(f"{each.roll.course} {each.roll.date} ({each.answers})" for each in found)
        self._tell(
            tr(
                "Roll calls that were never ended are kept on this PC and not sent: {rolls}. Open the session "
                "and press R to go on; “outbox --forget-answers” forgets them.",
                rolls=rolls,
            )
        )

    def tell_of_damage(self, aside: Path) -> None:
        """The outbox was damaged: for as long as the person does not go on."""
        self._tell(
            tr(
                "What was kept on this PC was damaged and is set aside as {path}. Decisions that waited in it "
                "were not sent: tell the staff, and look over the last sessions.",
                path=aside,
            )
        )
        self._hide_banner.stop()

    # ---- camera and status

    def _show_frame(self) -> None:
        camera = self._camera
        if camera is None:
            return
        frame, state = camera.latest(), camera.state
        level, text = _CAMERA[state]
        if frame is not None and frame.number != self._shown:
            self._shown = frame.number
            self.board.camera.show_frame(frame)
        said = error_words(camera.sentence)
        self.board.camera.show_text("" if state in ("live", "ended") else tr(text), said)
        self.status.show_camera(level, tr(text), said)
        if self._faces_until and frame and frame.taken_at > self._faces_until:
            self._faces_until = None
            self.board.camera.forget_faces()

    def _show_faces(self, faces: Faces, frame: CameraFrame) -> None:
        newest = self._camera.latest() if self._camera is not None else None
        now = newest.taken_at if newest is not None else frame.taken_at
        self._faces_until = now + (now - frame.taken_at) + timedelta(seconds=FACES_STAY_S)
        self.board.camera.show_faces(faces)
        if faces.turn_deg:
            self._tell(
                tr(
                    "The camera lies: its picture must be turned by {degrees} degrees to the left until faces stand "
                    "upright. Turn the camera, or its picture in its settings.",
                    degrees=faces.turn_deg,
                )
            )

    def _show_server(self, there: bool, why: str) -> None:
        self.status.show_server(there, why, self._address, self._update)
        if there and not self._reached:
            self._outbox_worker.send_now()
        self._reached = there
        if self.pages.currentWidget() is self.start:
            self.start.show_note(why)

    def _tell_of_update(self, text: str) -> None:
        """For a while at the top, and at the foot for as long as this program runs."""
        self._update = text
        self._show_server(True, "")
        self._tell(text)

    def _say(self, text: str) -> None:
        self.status.showMessage(text, TELL_MS)

    def _tell_of_refusal(self, text: str) -> None:
        """The first page says it itself."""
        if self.pages.currentWidget() is not self.start:
            self._tell(text)

    def _tell(self, text: str) -> None:
        """A sentence that must not be missed, for a while at the top, and not beside what was said before."""
        self.status.clearMessage()
        self.banner.setText(text)
        self.banner.show()
        self._hide_banner.start()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._recognition is not None:
            self._recognition.watch(None)
        self.controller.leave()
        event.accept()
