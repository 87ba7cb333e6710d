"""The class of the documents' pictures: invented students, and what a camera recorded of two hours, in a database.

Faces are points in space whose distances are like those of dlib's embeddings; two are of set-up's photographs.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.bootstrap.family import set_family
from server.bootstrap.recognition import recogniser_of
from server.bootstrap.store import store_of
from server.config import Settings
from server.faces import Recogniser
from server.services.class_day.courses import Courses
from server.services.plans.course_file import read_course_toml
from server.store import RecordedPicture, RosterLine, Sighting, Store, Template
from setup.drawn_class import photographed

PROJECT: Final = Path(__file__).resolve().parent.parent
PHOTOGRAPHS: Final = PROJECT / ".cache" / "photos"
UTC_NOW: Final = datetime.now(UTC)
CAMPUS_OFFSET_H: Final = (12 - UTC_NOW.hour + 12) % 24 - 12
"""The campus lies where it is shortly after noon now, so that the class of the morning is over and stays the same."""
ZONE: Final = f"Etc/GMT{-CAMPUS_OFFSET_H:+d}" if CAMPUS_OFFSET_H else "Etc/GMT"
APART: Final = 0.8
"""Distance of two people's embeddings."""
OWN: Final = 0.3
"""Distance of two photographs of one person."""

COURSE: Final = "ea0017_1"
FAMILY: Final = "김이박최정강조윤장임한오서신권황안송류홍"
GIVEN: Final = ("하늘", "바다", "구름", "나무", "가람", "누리", "이슬", "노을", "새봄", "다온")
NAMES: Final = {f"2026110{number:02d}": FAMILY[number % 20] + GIVEN[number * 7 % 10] for number in range(1, 58)}
NUMBERS: Final = list(NAMES)
IN_THE_PICTURE: Final = {NUMBERS[8]: "obama.jpg", NUMBERS[20]: "biden.jpg"}
"""Those whose face the camera sees now; all others have sat behind them all morning."""
DOUBTFUL: Final = (4, 13, 27, 35, 44)
UNSEEN: Final = (17, 30, 51)
LEFT: Final = (9,)
CAME_LATE: Final = (22,)
PICTURES: Final = tuple((hour, minute) for hour in (10, 11) for minute in (1, 9, 17, 25, 33, 41, 48))
DOUBT: Final = 2.45
"""How far a doubtful face lies from its own photograph, in the usual distance of two photographs of one person."""


class MadeUpFaces:
    """As many people who do not exist; always the same."""

    def __init__(self, count: int) -> None:
        self._random = np.random.default_rng(3)
        # A few directions hold most of what tells people apart, as in real embeddings.
        scales = 0.97 ** np.arange(128)
        scales *= np.sqrt((APART**2 - OWN**2) / 2 / np.square(scales).sum())
        centre = np.zeros(128)
        centre[0] = 1.25
        self._faces = centre + self._random.normal(size=(count, 128)) * scales

    def photograph(self, place: int, noise: float = 1.0) -> NDArray[np.float32]:
        """A new embedding (128,) of one of them."""
        own = self._random.normal(size=128) * OWN / np.sqrt(2 * 128) * noise
        embedding: NDArray[np.float32] = (self._faces[place] + own).astype(np.float32)
        return embedding


def fill(folder: Path) -> None:
    """A database with a course of 57 and what a camera has recorded of two hours."""
    settings = Settings(
        database=str(folder / "rollcall.sqlite"),
        key_file=folder / "key",
        knowns=folder / "knowns",
        timezone=ZONE,
        family="dlib",  # whose distances the made-up faces have
    )
    today = (UTC_NOW + timedelta(hours=CAMPUS_OFFSET_H)).date()
    day = f"{today:%A}".lower()
    plan = f'title = "자료구조"\n[timetable]\n{day} = ["2 10:00-10:50", "3 11:00-11:50"]\n'
    with store_of(settings) as store:
        rows = [RosterLine(number, name, COURSE) for number, name in NAMES.items()]
        store.rosters.change(rows, at=UTC_NOW, by="office", day=today)
        Courses(store, settings.zone).set_plan(COURSE, read_course_toml(plan.encode()), at=UTC_NOW, by="professor")
        _record(store, recogniser_of(settings, set_family(settings)))
    for number, photograph in IN_THE_PICTURE.items():
        (folder / "knowns").mkdir(exist_ok=True)
        (folder / "knowns" / f"{number}.jpg").write_bytes((PHOTOGRAPHS / photograph).read_bytes())


def _record(store: Store, recogniser: Recogniser) -> None:
    people, model_id = MadeUpFaces(len(NAMES)), recogniser.model_id
    real = _real_sightings(recogniser)
    store.templates.add(
        [
            Template(number, bytes([place]) * 32, f"{number}.png", model_id, people.photograph(place))
            for place, number in enumerate(NUMBERS)
            if number not in IN_THE_PICTURE
        ],
        [],
        at=UTC_NOW,
    )
    morning = (UTC_NOW + timedelta(hours=CAMPUS_OFFSET_H)).replace(minute=0, second=0, microsecond=0, tzinfo=None)
    for hour, minute in PICTURES:
        local = morning.replace(hour=hour, minute=minute)
        taken_at = (local - timedelta(hours=CAMPUS_OFFSET_H)).replace(tzinfo=UTC)
        seen = [_sighting(people, place, model_id) for place in range(len(NAMES)) if _is_there(place, hour, minute)]
        seen += real
        picture = RecordedPicture(COURSE, local.date(), hour - 8, taken_at, "front", len(seen) + 1, 3840, 2160)
        store.pictures.add(picture, seen, now=UTC_NOW)


def _real_sightings(recogniser: Recogniser) -> list[Sighting]:
    """Those of IN_THE_PICTURE as the camera sees them now, from left to right; it sees two strangers as well."""
    found = recogniser.faces(np.ascontiguousarray(photographed(PHOTOGRAPHS)[..., ::-1]))
    by_seat = sorted(found, key=lambda face: face.box[0])
    return [
        Sighting(
            number, "sure", 0.99, ((number, 0.31),), by_seat[seat].box, by_seat[seat].embedding, recogniser.model_id
        )
        for number, seat in zip(IN_THE_PICTURE, (2, 1), strict=True)
    ]


def _is_there(place: int, hour: int, minute: int) -> bool:
    if place in UNSEEN or NUMBERS[place] in IN_THE_PICTURE:
        return False
    if place in CAME_LATE and (hour, minute) < (10, 20):
        return False
    return not (place in LEFT and hour == 11)


def _sighting(people: MadeUpFaces, place: int, model_id: str) -> Sighting:
    embedding = people.photograph(place, DOUBT if place in DOUBTFUL else 1.0)
    left, top = 80 + place % 15 * 240, 300 + place // 15 * 420
    return Sighting(
        NUMBERS[place], "sure", 0.99, ((NUMBERS[place], 0.31),), (left, top, left + 110, top + 110), embedding, model_id
    )
