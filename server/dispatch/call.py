"""What a handler is given beside its message: the services, the campus, who asks, and when."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from protocol.fields import Message
from server.access import Kind, Principal
from server.domain.calendar import campus_day
from server.services.class_day.board import Boards
from server.services.class_day.courses import Courses
from server.services.class_day.decisions import Decisions
from server.services.class_day.fair_order import Sender
from server.services.class_day.live_pictures import LivePictures
from server.services.class_day.recognition import Recognition
from server.services.class_day.sessions import ClassSessions
from server.services.class_day.vetoes import FaceVetoes
from server.services.identity.authentication import Authentication
from server.services.identity.pairings import Pairings
from server.services.identity.web_sessions import WebSessions
from server.services.student.services import StudentServices
from server.services.viewings import Viewings
from server.store import Store

if TYPE_CHECKING:
    from server.services.rooms.checks import RoomChecks


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the server says of itself."""

    version: str
    engine: str
    detector: str
    min_face_px: int  # the smallest face looked for
    max_payload_bytes: int
    max_image_pixels: int
    max_connections: int
    message_timeout_s: float
    idle_timeout_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The use cases that messages reach."""

    store: Store  # for use cases that are functions
    decisions: Decisions
    courses: Courses
    sessions: ClassSessions
    boards: Boards
    recognition: Recognition
    live: LivePictures
    vetoes: FaceVetoes
    rooms: "RoomChecks"
    authentication: Authentication
    pairings: Pairings
    web_sessions: WebSessions
    viewings: Viewings
    students: StudentServices
    about: About


@dataclass(frozen=True, slots=True)
class Campus:
    """What the old wire and the calendar need to know of this campus."""

    zone: ZoneInfo
    legacy_course: str | None = None

    def day(self, moment: datetime) -> date:
        return campus_day(moment, self.zone)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks."""

    address: str  # of their machine, without a port
    connected_since: datetime  # what they decided before, an outbox kept
    principal: Principal
    claimed_device: str = ""  # the name that they gave their machine
    is_there: Callable[[], bool] = lambda: True  # whether somebody waits for the answer still

    @property
    def device(self) -> str:
        """Their machine: as its token says, and as they say where nobody is asked for one."""
        return self.claimed_device if self.principal.kind is Kind.LOCAL else self.principal.device

    def sender(self, *, has_time: bool = False) -> Sender:
        """As the recogniser knows them. has_time: as of Sender."""
        return Sender(self.address, self.device, self.is_there, has_time)

    @property
    def name(self) -> str:
        """Who a change is by where the message names nobody."""
        return self.principal.name or self.device or self.address

    @property
    def origin(self) -> str:
        """Where a change came from, whatever the message says of who made it."""
        return f"{self.device} ({self.address})" if self.device else self.address

    def key(self, chosen: str) -> str:
        """A key that nobody else's is taken for, though they choose the same."""
        scope = self.principal.key_scope
        return hashlib.sha256(f"{scope}\0{chosen}".encode()).hexdigest() if scope else chosen

    def decides_as(self, claimed: str | None) -> str:
        """Who a change is by. What a message claims counts only where nobody has to say who they are."""
        return claimed or self.name if self.principal.kind is Kind.LOCAL else self.name


@dataclass(frozen=True, slots=True)
class Call:
    """What a handler may know beside the message."""

    services: Services
    campus: Campus
    caller: Caller
    now: datetime  # when the message arrived, UTC-aware
    payload: bytes = b""


def digest_of(message: Message) -> bytes:
    """By which a key that is used again for other content is found out."""
    return hashlib.sha256(msgspec.json.encode(message)).digest()
