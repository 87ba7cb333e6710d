"""Check a room's camera by pictures that arrive one by one, and keep what was found."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from cameras.scene import Change, Scene, read_scene
from server.errors import BadRequest
from server.faces import Decode, Recogniser
from server.services.class_day.fair_order import Sender
from server.services.class_day.work_queue import WorkQueue
from server.services.rooms.kept_check import KeptCheck, check_text, read_check
from server.services.rooms.light import with_hours_before
from server.services.rooms.prediction import SurePrediction
from server.services.rooms.room_check import RoomCheck, RoomPictures
from server.store import KeptRoomCheck, Store

# Checks that are under way at once; the one that was longest without a picture goes, as does one without any this long.
MOST_CHECKS: Final = 16
IDLE: Final = timedelta(minutes=30)
MOST_PICTURES: Final = 100


@dataclass(frozen=True, slots=True)
class CheckedRoom:
    """change: since the check that was kept before."""

    room: str
    camera: str
    check: RoomCheck
    change: Change


@dataclass(slots=True)
class _UnderWay:
    pictures: RoomPictures
    last_at: datetime
    count: int = 0


class RoomChecks:
    """For any thread. decode: a picture's bytes as they may be looked at to an image."""

    def __init__(
        self,
        store: Store,
        recogniser: Recogniser,
        decode: Decode,
        queue: WorkQueue,
        prediction: Callable[[], SurePrediction],
    ) -> None:
        self._store = store
        self._recogniser = recogniser
        self._decode = decode
        self._queue = queue
        self._prediction = prediction
        self._under_way: OrderedDict[str, _UnderWay] = OrderedDict()
        self._lock = threading.Lock()

    def look(
        self,
        key: str,
        room: str,
        camera: str,
        picture: Callable[[], bytes],
        sender: Sender,
        *,
        hour: int,
        now: datetime,
    ) -> CheckedRoom:
        """Add a picture to the check of that key; what its pictures show so far. hour: of the day on campus.

        Raises BadRequest for one more than a check takes, NoFace where none can be read yet, Busy and Unavailable.
        """
        prediction = self._prediction()
        check = self._queue.run(lambda: self._looked(key, picture, prediction, hour, now), sender)
        return kept_before(self._store, CheckedRoom(room, camera, check, ""), now)

    def keep(self, checked: CheckedRoom, *, now: datetime, by: str) -> None:
        """Keep it for its room. Raises BadRequest for a name that cannot be kept."""
        keep_check(self._store, checked, now=now, by=by)

    def kept(self, room: str, camera: str, now: datetime) -> KeptRoomCheck | None:
        """What is kept of that camera, or of a room whose only check names none."""
        until = now + timedelta(microseconds=1)
        found = self._store.room_checks.of_camera(room, camera, until)
        return found or (self._store.room_checks.of_camera(room, "", until) if camera else None)

    def _looked(
        self, key: str, picture: Callable[[], bytes], prediction: SurePrediction, hour: int, now: datetime
    ) -> RoomCheck:
        # One picture at a time: a check is of one camera, and the queue has one worker or few.
        with self._lock:
            for old in [name for name, each in self._under_way.items() if now - each.last_at > IDLE]:
                del self._under_way[old]
            known = self._under_way.get(key) or _UnderWay(RoomPictures(self._recogniser, self._decode, hour), now)
            self._under_way[key] = known
            self._under_way.move_to_end(key)
            while len(self._under_way) > MOST_CHECKS:
                self._under_way.popitem(last=False)
            known.last_at, known.count = now, known.count + 1
            if known.count > MOST_PICTURES:
                raise BadRequest(f"A check takes {MOST_PICTURES} pictures at most: begin another one.")
            known.pictures.add(picture)
            return known.pictures.checked(prediction)


def kept_before(store: Store, checked: CheckedRoom, now: datetime) -> CheckedRoom:
    """With what changed since the check that was kept before, and the light of its other hours."""
    before = store.room_checks.of_camera(checked.room, checked.camera, now) if checked.room else None
    if before is None:
        return checked
    scene = read_scene(before.scene)
    change: Change = "" if scene is None else scene.changed(checked.check.scene)
    known = read_check(before.result)
    # Of a camera that looks elsewhere the light of before says nothing.
    if known is None or change == "moved" or not checked.check.lights:
        return replace(checked, change=change)
    lights = with_hours_before(checked.check.lights[0], known.lights)
    return replace(checked, change=change, check=replace(checked.check, lights=lights))


def keep_check(store: Store, checked: CheckedRoom, *, now: datetime, by: str) -> None:
    """Raises BadRequest for a name that cannot be kept."""
    scene: Scene = checked.check.scene
    kept = KeptRoomCheck(checked.room, checked.camera, now, check_text(checked.check), scene.data)
    store.room_checks.add(kept, by=by)


def report_file(checked: CheckedRoom, form: str, title: str = "") -> bytes:
    """form: `html`, or `png` for its map alone. title: "": room and camera."""
    # matplotlib takes a second to import.
    from server.services.rooms.check_page import check_page
    from server.services.rooms.check_picture import check_picture

    title = title or " · ".join(filter(None, (checked.room, checked.camera))) or checked.check.family
    picture = check_picture(checked.check, title)
    return picture if form == "png" else check_page(checked.check, title, picture)


def read_kept(kept: KeptRoomCheck) -> KeptCheck | None:
    """None: it was written by another version."""
    return read_check(kept.result)
