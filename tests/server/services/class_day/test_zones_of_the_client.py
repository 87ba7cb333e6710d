"""What is never looked at is painted over before a picture leaves the machine: no face there is found by any way."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cameras.capture import Capture
from cameras.inspection import PictureInspector
from cameras.settings import CaptureThresholds, Schedule
from client.api import Api
from client.errors import Refused, Unreachable
from client.snapshots import SnapshotSender
from client.transport import LoopbackTransport
from client.watch import EventReporter, Watch
from client.zones import AGAIN_S, RoomZones
from protocol.framing import Frame
from protocol.messages import Error, NeverLookedAt, ZoneList, Zones
from server.extraction.messages import identity_of
from server.extraction.pooled import PooledExtractor
from server.recognition import decode_image
from server.recognition.images.painting import painted_over
from server.services.class_day.fair_order import Sender
from server.services.class_day.galleries import Galleries
from server.services.class_day.recognition import Recognition
from tests.client.test_client_watch import MIDNIGHT, SESSION, Camera, Lecture, Shot, Time, timedelta
from tests.photographs import jpeg, side_by_side, small
from tests.server.classroom import COURSE, Classroom
from tests.server.recognition.photographs import recogniser

LEFT = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
ZONES = ZoneList(zones=(NeverLookedAt(points=LEFT),))


@pytest.fixture(scope="module")
def two_people() -> Image.Image:
    one = small("obama.jpg")
    return side_by_side(one, small("biden.jpg").resize(one.size))


def places(picture: bytes) -> list[str]:
    """Where faces are found in it, by whatever is looked with."""
    pixels = decode_image(picture)
    found = [face.box for look in (recogniser().faces, recogniser().look) for face in look(pixels)]
    return sorted({"left" if box[0] < pixels.shape[1] / 2 else "right" for box in found})


class Hidden(Lecture):
    """Knows zones, or what it says of them; and has the bytes of each picture that came."""

    said: Any = ZONES

    def __init__(self) -> None:
        super().__init__()
        self.payloads: list[bytes] = []

    def __call__(self, frame: Frame) -> bytes:
        if frame.payload:
            self.payloads.append(frame.payload)
        return super().__call__(frame)

    def _do(self, request: Any) -> Any:
        return self.said if isinstance(request, Zones) else super()._do(request)


class People(Camera):
    """Shows two people, and something else each time."""

    def __init__(self, time: Time, image: Image.Image) -> None:
        super().__init__(time)
        self.image = np.ascontiguousarray(np.asarray(image.convert("RGB"))[:, :, ::-1])

    def latest(self) -> Any:
        self.given += 1
        image = self.image.copy()
        image[:8] = self.given * 16 % 255
        return Shot(image, self.time.now, self.given)


def watch(room: Hidden, image: Image.Image, minutes: float, happening: Callable[[], None] = lambda: None) -> Any:
    time = Time(MIDNIGHT + timedelta(minutes=60))
    api = Api(LoopbackTransport(room), "pc-301", time)
    inspector = PictureInspector()
    watched = Watch(
        SESSION.course,
        api,
        SnapshotSender(api, monotonic=time.monotonic),
        open_camera=People(time, image).open,
        make_capture=lambda _limits: Capture(inspector, Schedule(), CaptureThresholds()),
        reporter=EventReporter(lambda *_: None, time),
        clock=time,
        monotonic=time.monotonic,
        wait=time.wait,
    )

    def stop() -> None:
        raise KeyboardInterrupt

    time.at.append((time.now + timedelta(seconds=30), happening))
    time.at.append((time.now + timedelta(minutes=minutes), stop))
    with pytest.raises(KeyboardInterrupt):
        watched.run()


def test_no_face_in_a_zone_leaves_the_classroom(two_people: Image.Image) -> None:
    room = Hidden()
    room.said = ZoneList(zones=())
    watch(room, two_people, 0.5)
    assert places(room.payloads[0]) == ["left", "right"], "so they are, without a zone"
    room = Hidden()
    watch(room, two_people, 1)
    assert room.payloads
    assert {"left"} & {each for picture in room.payloads for each in places(picture)} == set()
    assert places(room.payloads[0]) == ["right"]


def test_one_that_is_added_is_painted_within_a_minute_or_so(two_people: Image.Image) -> None:
    room = Hidden()
    room.said = ZoneList(zones=())

    def add() -> None:
        room.said = ZONES

    watch(room, two_people, 4, add)
    assert places(room.payloads[-1]) == ["right"]


def test_an_older_server_knows_no_zones_and_gets_pictures_as_before(two_people: Image.Image) -> None:
    room = Hidden()
    room.said = Error(code="bad_request", text="There is no message of type 'zones'; known: …")
    watch(room, two_people, 0.5)
    assert places(room.payloads[0]) == ["left", "right"]


def test_until_the_server_has_said_what_is_hidden_no_picture_is_even_kept(two_people: Image.Image) -> None:
    room = Hidden()
    room.said = Error(code="unavailable", text="The database is away.", retry=True)

    def back() -> None:
        assert room.payloads == []
        room.said = ZONES

    watch(room, two_people, 3, back)
    assert room.payloads
    assert {each for picture in room.payloads for each in places(picture)} == {"right"}


class Answers:
    """Answers zones by what is next in the list."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)

    def zones(self, _course: str) -> Any:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_what_was_said_last_holds_while_the_server_is_away() -> None:
    now = [0.0]
    zones = RoomZones(Answers((LEFT,), Unreachable("away"), (), Unreachable("away")), lambda: now[0])  # type: ignore[arg-type]
    image = np.full((10, 10, 3), 255, np.uint8)
    zones.ask(COURSE)
    zones.ask(COURSE)  # not yet again
    now[0] += AGAIN_S
    zones.ask(COURSE)
    painted = zones.painted(image)
    assert painted[0, 0].tolist() == [128, 128, 128]
    assert (painted[0, 9].tolist(), image[0, 0].tolist()) == ([255, 255, 255], [255, 255, 255])
    now[0] += AGAIN_S
    zones.ask(COURSE)
    assert zones.painted(image)[0, 0].tolist() == [255, 255, 255]
    with pytest.raises(Unreachable):
        zones.ask("eb0099_1")
    assert not zones.knows("eb0099_1")


def test_a_refusal_that_may_pass_is_no_answer() -> None:
    busy = Refused(Error(code="busy", text="later").text, "busy", True, ())  # type: ignore[arg-type]
    zones = RoomZones(Answers(busy), lambda: 0.0)  # type: ignore[arg-type]
    with pytest.raises(Refused):
        zones.ask(COURSE)
    assert not zones.knows(COURSE)


def test_a_device_is_told_what_the_server_would_paint_of_its_picture(on_sqlite: Classroom) -> None:
    on_sqlite.set_course()
    add = partial(on_sqlite.store.zones.add, at=on_sqlite.now, by="office")
    add("B101", "", LEFT)
    add("B101", "another", ((0.5, 0.5), (1.0, 0.5), (1.0, 1.0)))
    told = on_sqlite.ask(Zones(course=COURSE))
    assert told == ZONES
    assert on_sqlite.ask(Zones(course="nobody")).code == "unknown_course"


def test_the_pool_is_given_a_picture_without_them_whatever_the_client_did(
    on_sqlite: Classroom, two_people: Image.Image
) -> None:
    """A client of before paints nothing: the server does, and neither the pool nor a second look finds a face."""
    on_sqlite.set_course()
    on_sqlite.store.zones.add("B101", "", LEFT, at=on_sqlite.now, by="office")
    real, came = recogniser(), []

    class Pool:
        def __call__(self, body: bytes, _seconds: float) -> tuple[int, bytes]:
            came.append(body)
            return 503, b""

        def close(self) -> None: ...

    extractor = PooledExtractor(Pool(), identity_of(real, max_faces=200, max_image_pixels=10**8, version="1"), real)
    galleries = Galleries(on_sqlite.store, real.model_id)
    paint = partial(painted_over, decode=decode_image)
    recognition = Recognition(extractor, on_sqlite.store, galleries, on_sqlite.queue, paint)
    with pytest.raises(Exception, match=r"."):
        recognition.identify(jpeg(two_people), COURSE, date(2026, 3, 2), Sender("10.0.3.9"))
    assert came
    for body in came:
        start = body.index(b"\xff\xd8\xff")
        assert places(body[start : body.rindex(b"\xff\xd9") + 2]) == ["right"]
