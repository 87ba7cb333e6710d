"""Put the window together, and run it."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from cameras.capture import Capture
from cameras.inspection import PictureInspector
from cameras.opening import open_camera
from cameras.reading import Camera
from cameras.settings import CameraSettings, CaptureThresholds, Schedule
from client.api import Api
from client.config import ClientSettings
from client.outbox import Outbox
from client.snapshots import SnapshotSender
from client.transport import transport_to
from client.window.board_poller import BoardPoller
from client.window.language.translator import choose, install
from client.window.outbox_worker import OutboxWorker
from client.window.pages.main_window import MainWindow
from client.window.recognition_worker import RecognitionWorker
from client.window.sign_in_controller import SignInController
from client.window.sign_in_worker import SignInWorker
from client.window.widgets.appearance import dress
from client.zones import RoomZones

# The most that a board may take before the server is shown as away: it is milliseconds where all is well.
BOARD_PATIENCE_S: Final = 10.0
# How often Python gets to look for Ctrl-C while Qt waits.
_HEARTBEAT_MS: Final = 200


def start_qt(language: str | None) -> QApplication:
    """In the language that is asked for or the system's."""
    _forget_cv2s_qt()
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("Rollcall")
    dress(application)
    install(application, choose(language))
    return application


def _forget_cv2s_qt() -> None:
    """opencv-python carries a Qt of its own and points every Qt of the process to its plugins, which are another's."""
    for name in ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR"):
        if "cv2" in Path(os.environ.get(name, "")).parts:
            del os.environ[name]


@dataclass(frozen=True, slots=True)
class WindowOptions:
    """course, camera, language: None: not said. quality: JPEG, percent."""

    course: str | None = None
    camera: str | None = None
    language: str | None = None
    reading: CameraSettings = field(default_factory=CameraSettings)
    schedule: Schedule = field(default_factory=Schedule)
    thresholds: CaptureThresholds = field(default_factory=CaptureThresholds)
    quality: int = 90


def run_window(settings: ClientSettings, outbox: Outbox, options: WindowOptions) -> int:
    """The exit status, once the window is closed. Raises NoSuchCamera."""
    application = start_qt(options.language)
    with window(settings, outbox, options) as shown, _ctrl_c_ends(application):
        shown.show()
        return application.exec()


@contextmanager
def window(settings: ClientSettings, outbox: Outbox, options: WindowOptions) -> Iterator[MainWindow]:
    """Not shown yet; at the end everything that was decided is on disk."""

    def connect(timeout_s: float = settings.timeout_s) -> Api:
        return Api(transport_to(settings, timeout_s), settings.device, token=settings.token or None)

    with ExitStack() as stack:
        camera = stack.enter_context(open_camera(options.camera, options.reading)) if options.camera else None
        poller = stack.enter_context(closing(BoardPoller(connect(min(BOARD_PATIENCE_S, settings.timeout_s)))))
        outbox_worker = stack.enter_context(closing(OutboxWorker(outbox, connect)))
        recognition = (
            stack.enter_context(closing(_recognition(connect(), camera, settings, options))) if camera else None
        )
        address = transport_to(settings, settings.timeout_s).address
        shown = MainWindow(
            poller, outbox_worker, address, course=options.course, camera=camera, recognition=recognition
        )
        if settings.token:
            sign_in = stack.enter_context(closing(SignInWorker(outbox, connect())))
            SignInController(sign_in, poller, shown)
        if outbox.set_aside is not None:
            shown.tell_of_damage(outbox.set_aside)
        yield shown
        shown.close()


def _recognition(api: Api, camera: Camera, settings: ClientSettings, options: WindowOptions) -> RecognitionWorker:
    inspector = PictureInspector(options.quality)
    capture = Capture(inspector, options.schedule, options.thresholds)
    sender = SnapshotSender(api, settings.kept_pictures, settings.kept_pictures_s)
    return RecognitionWorker(sender, camera, inspector, capture, RoomZones(api))


@contextmanager
def _ctrl_c_ends(application: QApplication) -> Iterator[None]:
    """Ctrl-C in the terminal closes the window as its own button does."""
    # Not at once: what is closed before Qt's loop has begun would not end it.
    before = signal.signal(signal.SIGINT, lambda *_: QTimer.singleShot(0, application.closeAllWindows))
    heartbeat = QTimer(interval=_HEARTBEAT_MS)
    heartbeat.timeout.connect(lambda: None)
    heartbeat.start()
    try:
        yield
    finally:
        heartbeat.stop()
        signal.signal(signal.SIGINT, before)
