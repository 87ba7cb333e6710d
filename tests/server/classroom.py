"""A classroom without a network: a dispatcher on a real store, a clock that tests set, and people who do not exist.

A "picture" is a text that names who is in it by place in the class, `0 3 7`; places behind the class are strangers.
`3@0` is somebody in another one's seat.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from protocol import legacy, messages
from protocol.framing import MAX_REPLY_HEADER_BYTES, FrameDecoder
from server.bootstrap.class_day import ClassDayServices, class_day_around
from server.bootstrap.students import students_around
from server.connection import Peer
from server.dispatch import About, Campus, Dispatcher, Services
from server.domain.consents import Policy
from server.errors import BadImage
from server.extraction import LocalExtractor
from server.faces import Face, Frames
from server.services.class_day.galleries import Galleries
from server.services.class_day.live_pictures import LivePictures
from server.services.class_day.recognition import Recognition
from server.services.class_day.work_queue import WorkQueue
from server.services.consent.texts import ConsentTexts
from server.services.identity.authentication import Authentication
from server.services.identity.pairings import Pairings
from server.services.identity.passwords import Passwords
from server.services.identity.principals import Principals
from server.services.identity.web_sessions import WebSessions
from server.services.plans.course_file import read_course_toml
from server.services.viewings import Viewings
from server.store import RosterLine, Store, Template, open_store
from server.wire import Wire
from tests.server.gallery.made_up_people import MadeUpPeople

SEOUL = ZoneInfo("Asia/Seoul")
COURSE = "ea0017_1"
NAMES = ["김하늘", "이바다", "박구름", "최노을", "정이슬", "한별", "오로라"]
MODEL = "made-up"
STRANGERS = 24
TEXTS = ConsentTexts("한국대학교", "privacy@example.ac.kr", 30)
APPEAL_DAYS = 30
PROOF_DAYS = 30
MONDAY = "2026-03-02"
TIMETABLE = """
title = "알고리즘"
room = "B101"
devices = ["10.0.3.7", "front"]
[timetable]
monday = ["3 10:30-11:20", "4 11:30-12:20"]
"""
LYING = b"lying"
"""A picture without an upright face, from a camera that lies on its side."""
ABOUT = About(
    version="1",
    engine="none",
    detector="none",
    min_face_px=30,
    max_payload_bytes=1,
    max_image_pixels=1,
    max_connections=1,
    message_timeout_s=1.0,
    idle_timeout_s=1.0,
)


def seoul(clock: str, day: str = MONDAY) -> datetime:
    """`10:31` on campus."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=SEOUL).astimezone(UTC)


class MadeUpRecogniser:
    model_id = MODEL
    dimensions = 128
    looks_twice = False
    min_face_px = 30

    def __init__(self, people: MadeUpPeople) -> None:
        self._people = people

    def quarter_turns(self, image: Any, min_face_px: int) -> int:
        return 1 if bytes(image[0]) == LYING else 0

    def faces(self, image: Any, **how: Any) -> list[Face]:
        return self.look(image)

    def reduced(self, image: Any, box: Any) -> dict[int, Any]:
        return {}

    def look(self, image: Any) -> list[Face]:
        if bytes(image[0]) == LYING:
            return []
        words = [word.partition("@") for word in bytes(image[0]).decode().split()]
        shown, seats = [int(who) for who, _, _ in words], [int(seat or who) for who, _, seat in words]
        embeddings = self._people.photographs(shown) if shown else []
        return [
            Face((120 * seat, 50, 120 * seat + 99, 149), embedding, np.zeros((5, 2), np.float32), 1.0)
            for seat, embedding in zip(seats, embeddings, strict=True)
        ]


def services_of(
    class_day: ClassDayServices,
    recognition: Recognition,
    authentication: Authentication | None = None,
    knowns: Path = Path("knowns"),
    rooms: Any = None,
) -> Services:
    """authentication: by default nobody has to say who they are."""
    principals = Principals(class_day.store, class_day.courses)
    return Services(
        store=class_day.store,
        decisions=class_day.decisions,
        courses=class_day.courses,
        sessions=class_day.sessions,
        boards=class_day.boards,
        recognition=recognition,
        live=LivePictures(),
        vetoes=class_day.vetoes,
        rooms=rooms,
        authentication=authentication or Authentication(class_day.store, principals, required=False),
        pairings=Pairings(class_day.store, principals, class_day.courses),
        viewings=Viewings(class_day.store),
        students=students_around(class_day, TEXTS, Policy.REQUIRED, knowns, APPEAL_DAYS, PROOF_DAYS),
        web_sessions=WebSessions(class_day.store, principals, Passwords()),
        about=ABOUT,
    )


def dispatcher_of(
    class_day: ClassDayServices,
    recognition: Recognition,
    clock: Callable[[], datetime],
    authentication: Authentication | None = None,
) -> Dispatcher:
    return Dispatcher(services_of(class_day, recognition, authentication), Campus(SEOUL), clock)


def asked(wire: Wire, peer: Peer, message: messages.Message, payload: bytes = b"") -> Any:
    """The answer to one whole message."""
    decoder = FrameDecoder(max_header_bytes=MAX_REPLY_HEADER_BYTES)
    decoder.receive(messages.encode(message, 7, payload))
    frame = decoder.next_frame()
    assert frame is not None
    decoder.receive(b"".join(wire.framed([frame], peer)))
    reply = decoder.next_frame()
    assert reply is not None
    received = messages.decode_reply(reply)
    assert received.id == 7
    return received.message


class Classroom:
    """Speaks to a dispatcher in whole messages; `now` is what its clock says.

    frames: photographs held up are told, by these.
    """

    def __init__(
        self,
        store: Store,
        queue: WorkQueue,
        *,
        students: int = 6,
        knowns: Path = Path("knowns"),
        frames: Frames | None = None,
    ) -> None:
        self.store = store
        self.now = seoul("10:00")
        people = MadeUpPeople(students + STRANGERS, seed=5, apart=0.9, own=0.2)
        self.students = [str(201511041 + place) for place in range(students)]
        rows = [RosterLine(each, name, COURSE) for each, name in zip(self.students, cycle(NAMES), strict=False)]
        store.rosters.change(rows, at=self.now, by="test", day=self.now.date())
        photographs = people.photographs(range(students))
        store.templates.add(
            [
                Template(each, number.to_bytes(32, "big"), f"{each}.jpg", MODEL, photographs[number])
                for number, each in enumerate(self.students)
            ],
            [],
            at=self.now,
        )
        galleries = Galleries(store, MODEL)
        self.class_day: ClassDayServices = class_day_around(store, SEOUL, galleries, tells_held_up=frames is not None)
        self.recogniser, self.decode, self.queue = MadeUpRecogniser(people), _decode_of(students + STRANGERS), queue
        extractor = LocalExtractor(self.recogniser, self.decode, frames)
        self.recognition = Recognition(extractor, store, galleries, queue, keeps_points=frames is not None)
        self.services = services_of(self.class_day, self.recognition, knowns=knowns)
        self.dispatcher = Dispatcher(self.services, Campus(SEOUL), lambda: self.now)
        self.wire = Wire(self.dispatcher)
        self.peer = Peer("10.0.3.7:50000", self.now - timedelta(days=1))

    def set_course(self, text: str = TIMETABLE, rules: str = "") -> None:
        plan = read_course_toml(f"{text}\n[rules]\n{rules}".encode())
        self.class_day.courses.set_plan(COURSE, plan, at=self.now, by="test")

    def ask(self, message: messages.Message, payload: bytes = b"") -> Any:
        return asked(self.wire, self.peer, message, payload)

    def legacy(self, message: legacy.LegacyMessage) -> bytes:
        return self.wire.legacy(message, self.peer)

    def look(self, clock: str, *people: int | str, day: str = MONDAY) -> Any:
        """A recorded picture of these people."""
        self.now = seoul(clock, day)
        return self.ask(messages.Snapshot(course=COURSE, record=True), (" ".join(map(str, people)) or " ").encode())

    def open(self, **more: Any) -> Any:
        reply = self.ask(messages.OpenSession(course=COURSE, key="o", **more))
        assert isinstance(reply, messages.SessionShown), reply
        return reply.session

    def mark(self, place: int, state: str = "present", **more: Any) -> Any:
        """A mark under a key of its own."""
        self._keys = getattr(self, "_keys", 0) + 1
        return self.ask(
            messages.Mark(student=self.students[place], course=COURSE, key=f"mark-{self._keys}", state=state, **more)
        )  # type: ignore[arg-type]

    def set_state(self, session: int, state: str, why: str = "", **more: Any) -> Any:
        """Under a key of its own."""
        self._keys = getattr(self, "_keys", 0) + 1
        key = more.pop("key", f"set-{self._keys}")
        return self.ask(messages.SetSession(session=session, state=state, key=key, why=why, **more))  # type: ignore[arg-type]

    def board(self, session: int, hour: int | None = None) -> Any:
        reply = self.ask(messages.Board(session=session, hour=hour))
        assert isinstance(reply, messages.BoardShown), reply
        return reply

    def lists(self, session: int, hour: int | None = None) -> dict[str, list[int]]:
        """Who is in which of the three lists, by place in the class."""
        found: dict[str, list[int]] = {"sure": [], "check": [], "not_seen": []}
        for row in self.board(session, hour).students:
            found[row.list].append(self.students.index(row.student))
        return found

    def marks(self, session: int) -> dict[tuple[int, int], tuple[str, str]]:
        """(place in the class, hour) -> state and source of what stands."""
        return {
            (self.students.index(row.student), hour.hour): (hour.mark, hour.source)
            for row in self.board(session).students
            for hour in row.hours
            if hour.mark
        }


def _decode_of(people: int) -> Callable[[bytes], Any]:
    """What takes a text that names none but these people for a picture."""

    def decode(data: bytes) -> Any:
        known = all(
            re.fullmatch(rb"\d+(@\d+)?", word) and int(word.partition(b"@")[0]) < people for word in data.split()
        )
        if data != LYING and not known:
            raise BadImage("The image is none.")
        return np.frombuffer(data, np.uint8).reshape(1, -1)

    return decode


@contextmanager
def classroom(url: str, folder: Path, *, store: Any = None, **more: Any) -> Iterator[Classroom]:
    opened = open_store(url, key_file=folder / "rollcall.key")
    opened.health.upgrade()
    queue = WorkQueue("test", workers=1, most_waiting=4)
    room = Classroom(store(opened) if store else opened, queue, knowns=folder / "knowns", **more)
    try:
        yield room
    finally:
        room.class_day.recorder.close()
        queue.close()
        opened.close()
