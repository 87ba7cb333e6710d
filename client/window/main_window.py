"""The window: its pages, its status line, and which signal goes where. What happens is in Work and in the threads."""

from datetime import UTC, datetime
from typing import Final, Protocol

from PySide6.QtCore import QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QLabel, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from client.camera.frame import Frame
from client.camera.reading import CameraState
from client.window.board_page import BoardPage
from client.window.clerk import Clerk
from client.window.face_dialog import FaceDialog
from client.window.keeper import Keeper
from client.window.language import tr
from client.window.looker import Looker
from client.window.roll_call_page import RollCallPage
from client.window.start_page import StartPage
from client.window.status_line import Level, StatusLine
from client.window.submit_dialog import SubmitDialog
from client.window.work import Work
from protocol.messages import Face, Faces, MarkItem, SessionInfo

FRAMES_MS: Final = 40
"""25 pictures a second."""
FACES_STAY_S: Final = 8.0
"""A box that is older than this no longer belongs to what the picture shows."""
TELL_MS: Final = 12_000

_CAMERA: Final[dict[CameraState, tuple[Level, str]]] = {
    "opening": ("waiting", "Camera: opening"), "live": ("good", "Camera: live"),
    "lost": ("bad", "Camera: lost, trying again"), "ended": ("off", "Camera: recording is over"),
}  # fmt: skip


class LiveCamera(Protocol):
    """What the window needs of client.camera.Camera."""

    name: str

    @property
    def state(self) -> CameraState: ...

    @property
    def text(self) -> str: ...

    def latest(self) -> Frame | None: ...


class MainWindow(QMainWindow):
    """Owns the pages; the threads are handed in, and closed by whoever made them."""

    def __init__(
        self, clerk: Clerk, keeper: Keeper, address: str, *, course: str | None = None,
        camera: LiveCamera | None = None, looker: Looker | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self._clerk, self._keeper, self._address = clerk, keeper, address
        self._reached = False
        self._camera, self._looker = camera, looker
        self._shown = 0
        self._faces_at: datetime | None = None
        self.work = Work(clerk, keeper, self)
        self.start = StartPage()
        self.board = BoardPage()
        self.roll = RollCallPage()
        self.status = StatusLine()
        self.banner = QLabel()
        self._submitting: SubmitDialog | None = None
        self._lay_out()
        self._connect(clerk, keeper)
        self._start(course)

    def _lay_out(self) -> None:
        self.setWindowTitle(tr("Attendance"))
        self.pages = QStackedWidget()
        for page in (self.start, self.board, self.roll):
            self.pages.addWidget(page)
        self.banner.setObjectName("banner")
        self.banner.setWordWrap(True)
        self.banner.hide()
        whole = QWidget()
        box = QVBoxLayout(whole)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.banner)
        box.addWidget(self.pages, 1)
        self.setCentralWidget(whole)
        self.setStatusBar(self.status)
        self.resize(1320, 690)

    def _connect(self, clerk: Clerk, keeper: Keeper) -> None:
        board, work = self.board, self.work
        self.start.opened.connect(clerk.open)
        clerk.found.connect(self._show_sessions)
        clerk.refused.connect(self._tell)
        clerk.reached.connect(self._show_server)
        keeper.counted.connect(self.status.show_outbox)
        keeper.submitted.connect(self._say_submitted)
        work.joined.connect(self._show_board_page)
        work.changed.connect(self._show_desk)
        work.told.connect(self._tell)
        board.decided.connect(self._decide)
        board.accepted.connect(self._accept)
        board.candidate_chosen.connect(self._choose_candidate)
        board.confirm_all.connect(self._confirm_all)
        board.back.connect(self._step_back)
        board.roll_call.connect(self._call_doubtful)
        board.submit.connect(self._ask_to_submit)
        board.hour_selected.connect(work.select_hour)
        board.other_course.connect(self._choose_course)
        board.camera.face_chosen.connect(self._choose_face)
        self.roll.all_wanted.connect(self._call_everybody)
        self.roll.ended.connect(self._end_roll)
        if self._looker is not None:
            self._looker.saw.connect(self._show_faces)
            self._looker.recorded.connect(work.refresh)
            self._looker.refused.connect(self._tell)

    def _start(self, course: str | None) -> None:
        self._hide_banner = QTimer(self, singleShot=True, interval=TELL_MS)
        self._hide_banner.timeout.connect(self.banner.hide)
        self._find = QTimer(self, interval=5000)
        self._find.timeout.connect(self._look_for_sessions)
        self._find.start()
        if course:
            self.start.show_course(course)
        self._course = course
        self._look_for_sessions()
        self.start.focus()
        if self._camera is not None:
            self._frames = QTimer(self, interval=FRAMES_MS)
            self._frames.timeout.connect(self._show_frame)
            self._frames.start()

    # ---- the session

    def _look_for_sessions(self) -> None:
        if self.pages.currentWidget() is self.start:
            self._clerk.find(datetime.now(UTC).date())

    def _show_sessions(self, sessions: tuple[SessionInfo, ...]) -> None:
        self._find.stop()
        self.start.show_sessions(sessions)

    def _choose_course(self) -> None:
        """Back to the first page; what was decided is sent all the same."""
        if self._looker is not None:
            self._looker.watch(None)
        self.work.leave()
        self.board.camera.forget_faces()
        self.setWindowTitle(tr("Attendance"))
        self.pages.setCurrentWidget(self.start)
        self._look_for_sessions()
        self._find.start()
        self.start.course.setFocus()

    def _show_board_page(self) -> None:
        session = self.work.desk.session
        if session is None:
            return
        title = f"{session.title} ({session.course})" if session.title else session.course
        self.setWindowTitle(f"{title} · {session.date} · {tr('Attendance')}")
        self.board.start_anew()
        self.pages.setCurrentWidget(self.board)
        if self._looker is not None:
            self._looker.watch(session)

    def _show_desk(self) -> None:
        self.board.show_desk(self.work.desk)
        if self._submitting is not None:
            self._submitting.show_desk(self.work.desk)

    # ---- decisions

    def _decide(self, student: str, state: str) -> None:
        self.work.decide(student, state)  # type: ignore[arg-type]
        self.board.go_on(student)

    def _accept(self, student: str) -> None:
        row = self.work.desk.row(student)
        if (row is not None and row.decided) or self.work.accept(student):
            self.board.go_on(student)
        else:
            self.status.showMessage(tr("Not seen: P present, L late, A absent."), TELL_MS)

    def _choose_candidate(self, student: str, number: int) -> None:
        row = self.work.desk.row(student)
        if row is None or number >= len(row.candidates):
            return
        chosen = row.candidates[number]
        if chosen.student == student:
            self._accept(student)
            return
        self.work.desk.doubt(student)
        self._decide(chosen.student, "present")
        self.board.choose(student)
        self.status.showMessage(tr("{name} is present. And {other}?", name=chosen.name, other=row.name), TELL_MS)

    def _confirm_all(self) -> None:
        count = self.work.confirm_sure()
        self.status.showMessage(tr("{count} confirmed.", count=count), TELL_MS)
        self.board.go_on(self.board.chosen())

    def _step_back(self) -> None:
        if (student := self.work.desk.take_back()) is not None:
            self.board.choose(student)

    def _choose_face(self, face: Face) -> None:
        dialog = FaceDialog(face, self.work.desk.rows(), self)
        dialog.accepted.connect(lambda: self._correct(face, dialog.student))
        dialog.open()

    def _correct(self, face: Face, student: str | None) -> None:
        if student is not None:
            self.work.correct(face, student)
            self.board.choose(student)

    # ---- roll call and submission

    def _call_doubtful(self) -> None:
        self._call(everybody=not self.work.desk.doubtful())

    def _call_everybody(self) -> None:
        self._call(everybody=True)

    def _call(self, *, everybody: bool) -> None:
        desk = self.work.desk
        if desk.session is None or desk.hour is None or not desk.is_loaded:
            return
        self.pages.setCurrentWidget(self.roll)
        self.roll.start(desk.session, desk.hour, desk.rows() if everybody else desk.doubtful(), everybody=everybody)

    def _end_roll(self, items: list[MarkItem]) -> None:
        self.work.send_roll(items)
        self.pages.setCurrentWidget(self.board)
        self.status.showMessage(tr("{count} answers of the roll call.", count=len(items)), TELL_MS)
        self.board.go_on(None)

    def _ask_to_submit(self) -> None:
        if self.work.desk.session is None:
            return
        self.work.refresh()
        self._submitting = SubmitDialog(self.work.desk, self)
        self._submitting.finished.connect(self._end_submitting)
        self._submitting.open()

    def _end_submitting(self, result: int) -> None:
        self._submitting = None
        if result:
            self.work.submit()

    def _say_submitted(self) -> None:
        self._tell(tr("Submitted. Corrections stay possible until the session closes."))
        self.work.refresh()

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
        self.board.camera.show_text("" if state in ("live", "ended") else tr(text))
        self.status.show_camera(level, tr(text), camera.text)
        if self._faces_at and frame and (frame.taken_at - self._faces_at).total_seconds() > FACES_STAY_S:
            self._faces_at = None
            self.board.camera.forget_faces()

    def _show_faces(self, faces: Faces, frame: Frame) -> None:
        self._faces_at = frame.taken_at
        self.board.camera.show_faces(faces)

    def _show_server(self, there: bool, why: str) -> None:
        self.status.show_server(there, why, self._address)
        if there and not self._reached:
            self._keeper.send_now()
        self._reached = there
        if self.pages.currentWidget() is self.start:
            self.start.show_note(why)

    def _tell(self, text: str) -> None:
        """A sentence that must not be missed, for a while at the top."""
        self.banner.setText(text)
        self.banner.show()
        self._hide_banner.start()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._looker is not None:
            self._looker.watch(None)
        self.work.leave()
        event.accept()
