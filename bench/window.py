"""The professor's window: from the camera's frame to names on the screen, and what the live preview costs.

Drawn without a screen (Qt's offscreen platform): the pixels are the same, only the graphics card's part is missing.
"""

import multiprocessing
import os
import statistics
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtWidgets import QApplication

from bench.server_wire import PHOTOGRAPHS
from bench.table import Row, limited
from cameras.capture import Capture
from cameras.frame import CameraFrame
from cameras.inspection import PictureInspector
from cameras.opening import open_camera
from cameras.reading import CameraState
from cameras.settings import CaptureThresholds, Schedule
from client.api import Api, now_utc
from client.outbox import Outbox
from client.snapshots import SnapshotSender
from client.transport import TcpTransport
from client.window.application import start_qt
from client.window.board_poller import BoardPoller
from client.window.outbox_worker import OutboxWorker
from client.window.pages.main_window import LiveCamera, MainWindow
from client.window.recognition_worker import PAUSE_S, RecognitionWorker
from client.zones import RoomZones
from demo.programs import running_server
from demo.scene import COURSE, ENROLLED, make_scene
from demo.scene import SEATED_SIZE as DEMO_SEATED
from demo.scene import SEATS as DEMO_SEATS
from protocol.messages import Candidate, Face, Faces, Verdict
from protocol.sentences import Sentence
from server.bootstrap.family import set_family
from server.bootstrap.recognition import recogniser_of
from server.bootstrap.store import store_of
from server.clock import utc_now
from server.config import Settings
from server.faces import Recogniser
from server.store import RosterLine

SIZE: Final = (1280, 720)
SEATS: Final = ((60, 120), (370, 120), (680, 120), (990, 120))
SEATED: Final = (240, 320)
LOOKS: Final = 15
FRAMES_A_SECOND: Final = 25
PREVIEW_S: Final = 10.0
WINDOW: Final = (1366, 700)
"""What a screen of 1366x768 has room for."""

Image_ = NDArray[np.uint8]


def rows() -> Iterator[Row]:
    """Both figures. Takes about a minute."""
    application = _offscreen()
    with tempfile.TemporaryDirectory(prefix="rollcall-bench-") as name:
        folder = Path(name)
        whole_s, recogniser_s = frame_to_names_s(application, folder)
        cores = preview_cores(application, folder)
    what = f"frame of {SIZE[0]}x{SIZE[1]} with {len(SEATS)} faces to names on the screen, median of {LOOKS}"
    median_ms, alone_ms = (1000 * statistics.median(each) for each in (whole_s, recogniser_s))
    yield Row(f"{what}; reference: the recogniser alone", median_ms, alone_ms, None, None, "ms")
    # Of the least of each: what else the machine does only ever adds, and not to both alike.
    yield limited("share of it that is not the recogniser's", 100 * (1 - min(recogniser_s) / min(whole_s)), 15, "%")
    yield limited(
        f"live preview, {FRAMES_A_SECOND} frames a second of {SIZE[0]}x{SIZE[1]}, decoded and drawn with "
        f"{len(SEATS)} boxes: of one core",
        100 * cores,
        50,
        "%",
    )


def _offscreen() -> QApplication:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    return start_qt("ko")


# ---- from the frame to the names


def frame_to_names_s(application: QApplication, folder: Path) -> tuple[list[float], list[float]]:
    """Seconds from a frame to its names being drawn, and of the recogniser alone on the same picture, in turn."""
    image = class_picture(folder)
    settings = Settings(database=str(folder / "rollcall.sqlite"), key_file=folder / "key", knowns=folder / "knowns")
    with store_of(settings) as store:
        roster = [RosterLine(ENROLLED, "김민준", COURSE)]
        store.rosters.change(roster, at=utc_now(), by="bench", day=utc_now().date())
    rgb = np.ascontiguousarray(image[..., ::-1])
    with ExitStack() as stack:
        server = stack.enter_context(running_server(folder))
        window, camera, recognition = stack.enter_context(_window(folder, server.port))
        apart = stack.enter_context(_recogniser_apart(settings))
        drawn: list[float] = []
        recognition.saw.connect(lambda *_: drawn.append(_draw(window)))
        whole, alone = [], []
        for _ in range(LOOKS + 1):
            alone.append(apart.submit(_recognise_s, rgb).result())
            _run(application, seconds=PAUSE_S)  # it looks again only so long after an answer
            drawn.clear()
            published = camera.publish(image)
            _run(application, until=drawn)
            whole.append(drawn[0] - published)
        assert len(window.board.camera.faces) == len(SEATS)
    return whole[1:], alone[1:]


_apart: list[Recogniser] = []
"""The recogniser of the process that has nothing else to do."""


def _recogniser_apart(settings: Settings) -> ProcessPoolExecutor:
    """One process with a recogniser as the server's."""
    return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _open_recogniser, (settings,))


def _open_recogniser(settings: Settings) -> None:
    warnings.filterwarnings("ignore", "pkg_resources is deprecated")  # as in bench.__main__, whose filter is not here
    _apart.append(recogniser_of(settings, set_family(settings)))


def _recognise_s(rgb: Image_) -> float:
    """Seconds that the recogniser takes for a picture."""
    started = time.perf_counter()
    assert len(_apart[0].faces(rgb)) == len(SEATS)
    return time.perf_counter() - started


def _draw(window: MainWindow) -> float:
    """When the names stood on the screen."""
    window.board.camera.repaint()
    return time.perf_counter()


def class_picture(folder: Path) -> Image_:
    """Four faces of the photographs that set-up fetched, as a camera gives them: BGR (720, 1280, 3)."""
    scene = make_scene(PHOTOGRAPHS, folder)
    with Image.open(scene.class_picture) as picture:
        width, height = DEMO_SEATED
        people = [picture.crop((x, y, x + width, y + height)).resize(SEATED) for x, y in DEMO_SEATS]
        room = picture.resize((8, 8)).resize(SIZE)
    for number, seat in enumerate(SEATS):
        room.paste(people[number % len(people)], seat)
    return np.ascontiguousarray(np.asarray(room)[..., ::-1])


class StillCamera:
    """A camera that gives a frame when it is told to."""

    name = "bench"
    state: CameraState = "live"
    sentence = Sentence("")

    def __init__(self) -> None:
        self._frame: CameraFrame | None = None
        self._changed = threading.Condition()

    def next_frame(self, after: int, timeout_s: float) -> CameraFrame | None:
        with self._changed:
            self._changed.wait_for(lambda: self._number() > after, timeout_s)
            return self._frame if self._number() > after else None

    def latest(self) -> CameraFrame | None:
        return self._frame

    def publish(self, image: Image_) -> float:
        """The next frame; when it was taken."""
        published = time.perf_counter()
        with self._changed:
            self._frame = CameraFrame(image, now_utc(), self._number() + 1)
            self._changed.notify_all()
        return published

    def _number(self) -> int:
        return self._frame.number if self._frame else 0


@contextmanager
def _window(folder: Path, port: int) -> Iterator[tuple[MainWindow, StillCamera, RecognitionWorker]]:
    """A window whose session is open, its camera and its recognition."""

    def connect() -> Api:
        return Api(TcpTransport("127.0.0.1", port, 60.0), "bench")

    with ExitStack() as stack:
        camera, inspector = StillCamera(), PictureInspector()
        outbox = stack.enter_context(closing(Outbox(folder / "outbox.sqlite", "bench:1")))
        poller = stack.enter_context(closing(BoardPoller(connect())))
        outbox_worker = stack.enter_context(closing(OutboxWorker(outbox, connect)))
        capture = Capture(inspector, Schedule(), CaptureThresholds())
        api = connect()
        recognition = stack.enter_context(
            closing(RecognitionWorker(SnapshotSender(api), camera, inspector, capture, RoomZones(api)))
        )
        window = _shown(
            MainWindow(poller, outbox_worker, "bench", course=COURSE, camera=camera, recognition=recognition)
        )
        poller.open(COURSE)
        yield window, camera, recognition
        window.close()


def _shown(window: MainWindow) -> MainWindow:
    window.resize(*WINDOW)
    window.show()
    return window


def _run(application: QApplication, *, until: list[float] | None = None, seconds: float = 60.0) -> None:
    """Let the window work until something is in the list, or for so many seconds."""
    end = time.perf_counter() + seconds
    while not until and time.perf_counter() < end:
        application.processEvents()
        time.sleep(0.001)


# ---- the preview


def preview_cores(application: QApplication, folder: Path) -> float:
    """How much of a core a camera's thread and the window take, at 25 frames a second with boxes over them."""
    video = folder / "camera.avi"
    _write_video(video, class_picture(folder / "preview"))
    with ExitStack() as stack:
        camera: LiveCamera = stack.enter_context(open_camera(str(video)))
        outbox = stack.enter_context(closing(Outbox(folder / "outbox.sqlite", "bench:1")))
        nowhere = Api(TcpTransport("127.0.0.1", 9, 1.0), "bench")
        poller = stack.enter_context(closing(BoardPoller(nowhere)))
        outbox_worker = stack.enter_context(closing(OutboxWorker(outbox, lambda: nowhere)))
        window = _shown(MainWindow(poller, outbox_worker, "bench", course=COURSE, camera=camera))
        window.pages.setCurrentWidget(window.board)
        window.board.camera.show_faces(_four_faces())
        application.processEvents()
        started = time.process_time(), time.perf_counter(), _number(camera)
        _run(application, seconds=PREVIEW_S)
        used, passed, frames = (
            now - then
            for now, then in zip((time.process_time(), time.perf_counter(), _number(camera)), started, strict=True)
        )
        window.close()
    assert frames >= 0.9 * FRAMES_A_SECOND * passed, f"only {frames} frames came in {passed:.1f} s"
    return used / passed


def _number(camera: LiveCamera) -> int:
    frame = camera.latest()
    return frame.number if frame else 0


def _write_video(path: Path, image: Image_) -> None:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), FRAMES_A_SECOND, SIZE)
    for _ in range(round(FRAMES_A_SECOND * (PREVIEW_S + 2))):
        writer.write(image)
    writer.release()


def _four_faces() -> Faces:
    verdicts: tuple[Verdict, ...] = ("sure", "check", "unknown", "sure")
    who = Candidate(student=ENROLLED, name="김민준", distance=0.4, alike="very")
    return Faces(
        width=SIZE[0],
        height=SIZE[1],
        faces=tuple(
            Face(
                box=(x, y, x + SEATED[0], y + SEATED[1]),
                score=1.0,
                verdict=verdict,
                student=student,
                name=name,
                candidates=(who,),
            )
            for (x, y), verdict, student, name in zip(
                SEATS, verdicts, (ENROLLED, ENROLLED, None, ENROLLED), ("김민준", "김민준", None, "김민준"), strict=True
            )
        ),
    )
