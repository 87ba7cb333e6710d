"""Put together what answers the HTTP clients of 2019 and 2020, where that is set."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from cameras.allowed import AllowedCamera, CameraGuard, read_allowed
from cameras.snapshot import SnapshotReader
from server.access import Action
from server.clock import utc_now
from server.config import Settings
from server.dispatch import Services
from server.domain.calendar import campus_day
from server.errors import SetupProblem
from server.http.connection import ConnectionLimits
from server.http.listener import Address, HttpListener
from server.http.seeds.application import SeedAccess, SeedApplication
from server.http.seeds.programs import Program, Seen
from server.process.liveness import Liveness
from server.services.cameras.identity import CameraIdentity
from server.services.cameras.looks import CameraLooks, SeenFace
from server.services.cameras.old_ids import OldIds, read_old_ids
from server.services.class_day.expiring_cache import ExpiringCache
from server.services.class_day.fair_order import Sender
from server.services.class_day.recognition import RecognisedFace
from server.store import AccessLine

THREADS: Final = 24  # a verification holds one for 18 seconds
CONNECTIONS: Final = 64


def seed_listeners(settings: Settings, services: Services, liveness: Liveness) -> dict[str, HttpListener]:
    """By program; their ports taken, answering nobody yet. Raises SetupProblem."""
    if not settings.seed_ports:
        return {}
    seen = _seen(settings, services)
    access = SeedAccess(clients=settings.seed_networks, origins=settings.seed_origins)
    limits = ConnectionLimits(
        connections=CONNECTIONS,
        message_timeout_s=settings.message_timeout_s,
        idle_timeout_s=settings.idle_timeout_s,
    )
    return {
        name: HttpListener(
            Address(host=settings.host, port=port, setting="legacy_http"),
            SeedApplication(Program(name), seen, access),
            limits,
            threads=THREADS,
            liveness=liveness,
        )
        for name, port in settings.seed_ports.items()
    }


def _seen(settings: Settings, services: Services) -> Seen:
    kept: ExpiringCache[list[AllowedCamera]] = ExpiringCache()

    def stored() -> list[AllowedCamera]:
        return [read_allowed(each.url, each.user, each.password) for each in services.store.cameras.opened()]

    # Those with a password first: a network of the settings may hold the same camera.
    reader = SnapshotReader(CameraGuard(lambda: [*kept.get("", stored), *settings.allowed_cameras]))
    recognition = services.recognition

    def read(url: str) -> bytes:
        """A frame without the zones of the camera's room that are never looked at."""
        now, host = utc_now(), urlsplit(url).hostname or ""
        course = services.courses.in_room(host, now) or settings.legacy_course
        return recognition.without_zones(reader.read(url), course, campus_day(now, settings.zone), Sender(host, host))

    def recognise(picture: bytes, url: str) -> Sequence[SeenFace]:
        now = utc_now()
        course = services.courses.in_room(urlsplit(url).hostname or "", now) or settings.legacy_course
        found = recognition.identify(picture, course, campus_day(now, settings.zone))
        return [_seen_face(each) for each in found.faces]

    def is_student(student: str, picture: bytes) -> bool:
        return recognition.verify(student, picture).same

    def note(address: str, camera: str) -> None:
        host = urlsplit(camera if "://" in camera else f"http://{camera}").hostname or ""
        services.viewings.see(
            AccessLine(
                at=utc_now(),
                who=address,
                action=Action.SEND_PICTURE.value,
                subject="",
                device=host[:64],
                subjects=0,
                why="",
                address=address,
                course=settings.legacy_course or "",
                detail="by the HTTP of 2019",
            )
        )

    return Seen(CameraLooks(read, recognise), CameraIdentity(read, is_student), _ids(settings), note)


def _seen_face(face: RecognisedFace) -> SeenFace:
    left, top, right, bottom = map(float, face.box)
    landmarks = tuple(float(each) for each in face.landmarks.T.reshape(-1))
    student = face.match.student_id if face.match.verdict == "sure" else None
    return SeenFace((left, top, right, bottom), landmarks, face.score, student)


def _ids(settings: Settings) -> OldIds:
    file = settings.legacy_http_ids
    if file is None:
        return OldIds()
    try:
        return read_old_ids(file.read_bytes(), file.name)
    except OSError as error:
        raise SetupProblem(f"The table of old ids, {file}, cannot be read: {error.strerror}.") from error
