"""Settings to store, recogniser, gallery, services and listener: the one place that names concrete classes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from server import __version__
from server.config import Settings
from server.dispatch import About, Campus, Dispatcher, Services
from server.doctor import Finding
from server.model_id import model_id_of
from server.recognition import Recogniser, decode_image, open_recogniser
from server.recognition.camera import probe_camera, without_password
from server.recognition.engines import choose
from server.recognition.model_files import find_model_files, open_networks
from server.services.board import Boards
from server.services.courses import Courses
from server.services.decisions import Decisions
from server.services.evidence import Evidence
from server.services.forgetting import Forgetting
from server.services.galleries import Galleries
from server.services.keeping import Keeping
from server.services.recognise import Recognition
from server.services.record import Recorder
from server.services.roster import RosterService
from server.services.sessions import Sessions
from server.services.work_queue import WorkQueue
from server.store import open_store
from server.store.base import Store
from server.store.cipher import key_file_problems
from server.store.engine import missing_file
from server.tcp import Limits, TcpServer

STOP_PATIENCE_S = 30.0
"""How long a stop waits for what was accepted: as long as a picture may wait for its turn."""

@contextmanager
def store_of(settings: Settings) -> Iterator[Store]:
    """The database, its tables ready; closed at the end. A SQLite file is made or upgraded, MySQL is not.

    Raises SetupProblem and Unavailable with what to do.
    """
    store = open_store(settings.database_url, key_file=settings.key_path)
    try:
        if not settings.database_url.startswith(("mysql", "mariadb")):
            store.upgrade()
        store.check_schema()
        yield store
    finally:
        store.close()


def missing_database(settings: Settings) -> Path | None:
    """Where the SQLite file would be, if it is not there yet: to be asked where opening it must not make it."""
    return missing_file(settings.database_url)


def upgrade_database(settings: Settings) -> tuple[str, str]:
    """Make the tables or bring them to this version; the version before ("" for none) and after."""
    store = open_store(settings.database_url, key_file=settings.key_path)
    try:
        return store.upgrade()
    finally:
        store.close()


def recogniser_of(settings: Settings) -> Recogniser:
    """The detector, alignment and embedder that are set. Raises SetupProblem where a model cannot be used."""
    return open_recogniser(
        engine=settings.engine, detector=settings.detector, min_face_px=settings.min_face_px,
        embedder=settings.embedder, threads=settings.threads or None, max_faces=settings.max_faces,
    )


@dataclass(frozen=True, slots=True)
class Desk:
    """What a class day needs, around one store: the server's and the commands' alike. `recorder` ends with `close`."""

    store: Store
    recorder: Recorder
    courses: Courses
    sessions: Sessions
    boards: Boards
    decisions: Decisions


def desk_around(store: Store, zone: ZoneInfo, galleries: Galleries) -> Desk:
    """A desk with what it needs; its recorder is the caller's to close."""
    recorder, courses = Recorder(store), Courses(store, zone)
    sessions = Sessions(store, courses, Evidence(store, galleries), recorder)
    return Desk(store, recorder, courses, sessions, Boards(store, sessions), Decisions(store, courses, recorder))


@contextmanager
def desk_of(settings: Settings, store: Store) -> Iterator[Desk]:
    """A desk for a command; it looks at no picture, only at what was kept of them. Raises SetupProblem."""
    galleries = Galleries(store, model_id_of(settings.embedder), settings.fpir)
    desk = desk_around(store, settings.zone, galleries)
    try:
        yield desk
    finally:
        desk.recorder.close()


__all__ = [
    "Desk", "Server", "check_camera", "check_engine", "check_key_file", "check_models", "desk_around", "desk_of",
    "key_file_problems", "missing_database", "recogniser_of", "store_of", "upgrade_database",
]


class Server:
    """The whole server around a store and a recogniser. `port` is bound at once, `start` begins to answer.

    `stop` answers what was accepted, then ends every thread.
    """

    def __init__(
        self, settings: Settings, store: Store, recogniser: Recogniser, clock: Callable[[], datetime]
    ) -> None:
        self.galleries = Galleries(store, recogniser.model_id, settings.fpir)
        self.forgetting = Forgetting(store, settings.sightings_days)
        self._desk = desk_around(store, settings.zone, self.galleries)
        self.keeping = Keeping(store, self._desk.sessions, settings.zone, settings.sightings_days)
        self._queue = WorkQueue("recognition", workers=1, most_waiting=settings.max_waiting_images)
        decode = partial(decode_image, max_pixels=settings.max_image_pixels)
        recognition = Recognition(recogniser, decode, store, self.galleries, self._queue)
        services = Services(
            store=store, decisions=self._desk.decisions, courses=self._desk.courses, sessions=self._desk.sessions,
            boards=self._desk.boards, roster=RosterService(store), recognition=recognition,
            about=_about(settings, recogniser),
        )
        campus = Campus(settings.zone, settings.legacy_course)
        self._listener = TcpServer(settings.host, settings.port, Dispatcher(services, campus, clock), _limits(settings))

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._listener.port

    def listen(self) -> None:
        """Let clients connect; they are answered from `serve` on. Raises SetupProblem where the port is taken."""
        self._listener.listen()

    def serve(self) -> None:
        """Answer until `stop` is called from another thread."""
        self._listener.serve_forever(poll_interval=0.1)

    def stop(self) -> bool:
        """Answer what was accepted, then end; False where something did not end within the patience."""
        answered = self._listener.stop(STOP_PATIENCE_S)
        recognised = self._queue.close(patience_s=1.0)
        self._desk.recorder.close()
        return answered and recognised


def _limits(settings: Settings) -> Limits:
    return Limits(
        connections=settings.max_connections, message_timeout_s=settings.message_timeout_s,
        idle_timeout_s=settings.idle_timeout_s, legacy_silence_s=settings.legacy_silence_s,
        payload_bytes=settings.max_payload_bytes,
    )


def _about(settings: Settings, recogniser: Recogniser) -> About:
    return About(
        version=__version__, engine=recogniser.engine, detector=recogniser.detector,
        min_face_px=recogniser.min_face_px, max_payload_bytes=settings.max_payload_bytes,
        max_image_pixels=settings.max_image_pixels, max_connections=settings.max_connections,
        message_timeout_s=settings.message_timeout_s, idle_timeout_s=settings.idle_timeout_s,
    )


def check_models(settings: Settings) -> Iterator[Finding]:
    """For `doctor`: the model files are whole."""
    files = find_model_files(settings.embedder)
    networks = open_networks(files)
    which = "dlib's published embedder" if files.published else str(files.embedder)
    yield Finding("models", "fine", f"{which}, SHA-256 {networks.embedder_sha256[:16]}…")


def check_engine(settings: Settings) -> Iterator[Finding]:
    """For `doctor`: which engine runs the models, and why."""
    choice = choose(settings.engine, settings.threads)
    yield Finding("engine", "fine", f"{choice.engine.detail}. {choice.reason}")


def check_key_file(settings: Settings) -> Iterator[Finding]:
    """For `doctor`: the key that encrypts the templates is there, whole, and nobody else's to read."""
    path = settings.key_path
    if problems := key_file_problems(path):
        yield from (Finding("key file", "warning", problem) for problem in problems)
    elif path.exists():
        yield Finding("key file", "fine", f"{path}; keep a copy apart from the database's backup")
    else:
        yield Finding("key file", "fine", f"{path} does not exist yet; it is made with the first enrolment")


def check_camera(source: str) -> Iterator[Finding]:
    """For `doctor`: the camera gives a picture."""
    width, height = probe_camera(source)
    yield Finding("camera", "fine", f"{without_password(source)} gives {width} x {height} pixels")
