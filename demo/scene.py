"""Make the demonstration's class: a list with made-up names, and pictures of two people."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image, ImageFilter

COURSE: Final = "ea0017_1"
ENROLLED: Final = "201511041"
NAMES: Final = {
    "201511041": "김민준",
    "201511042": "이서연",
    "201511043": "박지호",
    "201511044": "최수아",
    "201511045": "정하준",
    "201511046": "강다은",
}
ROLL_CALL: Final = {"201511042": "present", "201511043": "late", "201511044": "present", "201511045": "absent"}
BY_OLD_CLIENT: Final = "201511046"
NOT_ON_THE_LIST: Final = "202099999"

# The enrolled person, as the student office has them: name in knowns/ and the photograph.
PORTRAITS: Final = {"front.jpg": "obama.jpg", "speaking.jpg": "obama2.jpg"}
# The same person on another day.
ON_THE_DAY: Final = "obama3.jpg"
STRANGER: Final = "biden.jpg"

# Where the pictures of the two people lie in the classroom's picture, and their width and height there.
Box = tuple[int, int, int, int]
_STUDENT_CROP: Final[Box] = (350, 130, 1250, 1330)
_STRANGER_CROP: Final[Box] = (94, 90, 970, 1258)
_OLD_CAMERA_CROP: Final[Box] = (300, 220, 1260, 760)
_ROOM_SIZE: Final = (960, 540)
SEATS: Final = ((150, 180), (555, 150))
SEATED_SIZE: Final = (270, 360)


@dataclass(frozen=True, slots=True)
class Scene:
    """seat_empty: once the student has left."""

    knowns: Path
    roster: Path
    answers: Path
    class_picture: Path
    seat_empty: Path
    old_picture: Path


def make_scene(photographs: Path, folder: Path) -> Scene:
    """Write the class's files into `folder`. Raises OSError where a photograph is not there."""
    scene = Scene(
        folder / "knowns",
        folder / "roster.csv",
        folder / "roll-call.csv",
        folder / "class.jpg",
        folder / "seat-empty.jpg",
        folder / "old.jpg",
    )
    (scene.knowns / ENROLLED).mkdir(parents=True)
    for name, photograph in PORTRAITS.items():
        (scene.knowns / ENROLLED / name).write_bytes((photographs / photograph).read_bytes())
    _write_csv(scene.roster, ("student_id", "name", "course_code"), ((*each, COURSE) for each in NAMES.items()))
    _write_csv(scene.answers, ("student_id", "state"), ROLL_CALL.items())
    people = [_crop(photographs / ON_THE_DAY, _STUDENT_CROP), _crop(photographs / STRANGER, _STRANGER_CROP)]
    _classroom(people).save(scene.class_picture, quality=90)
    _classroom([people[0].filter(ImageFilter.GaussianBlur(60)), people[1]]).save(scene.seat_empty, quality=90)
    _crop(photographs / ON_THE_DAY, _OLD_CAMERA_CROP).resize((640, 360)).save(scene.old_picture, quality=90)
    return scene


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def _crop(path: Path, box: Box) -> Image.Image:
    with Image.open(path) as photograph:
        return photograph.convert("RGB").crop(box)


def _classroom(people: Sequence[Image.Image]) -> Image.Image:
    """A picture with the people at their seats, before a picture blurred beyond recognition."""
    room = people[0].resize(_ROOM_SIZE).filter(ImageFilter.GaussianBlur(60))
    for person, seat in zip(people, SEATS, strict=True):
        room.paste(person.resize(SEATED_SIZE, Image.Resampling.LANCZOS), seat)
    return room
