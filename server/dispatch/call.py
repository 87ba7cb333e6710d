"""What a handler is given beside its message: the services, the campus, who asks, and when."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec

from protocol.fields import Message
from server.domain.calendar import campus_day
from server.services.class_day.board import Boards
from server.services.class_day.courses import Courses
from server.services.class_day.decisions import Decisions
from server.services.class_day.recognise import Recognition
from server.services.class_day.sessions import Sessions
from server.services.rosters.imports import RosterService
from server.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the server says of itself. min_face_px: the smallest face looked for; sizes and times as named."""

    version: str
    engine: str
    detector: str
    min_face_px: int
    max_payload_bytes: int
    max_image_pixels: int
    max_connections: int
    message_timeout_s: float
    idle_timeout_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The use cases that messages reach. store: for those that are functions."""

    store: Store
    decisions: Decisions
    courses: Courses
    sessions: Sessions
    boards: Boards
    roster: RosterService
    recognition: Recognition
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
    """Who asks. address: of their machine, without a port. device: the name they gave it, or "".

    connected_since: a time that they claim and that lies before this was kept by an outbox.
    """

    address: str
    connected_since: datetime
    device: str = ""

    @property
    def name(self) -> str:
        """Who answers for what a message changes that names nobody."""
        return self.device or self.address


@dataclass(frozen=True, slots=True)
class Call:
    """What a handler may know beside the message: its payload, who sent it, when it arrived (UTC-aware)."""

    services: Services
    campus: Campus
    caller: Caller
    now: datetime
    payload: bytes = b""


def digest_of(message: Message) -> bytes:
    """By which the same key with other content is found out."""
    return hashlib.sha256(msgspec.json.encode(message)).digest()
