"""Portraits in, pictures of a class out: faces of known people, places and sizes before a cluttered wall.

The same seed gives the same bytes. Used by the bench and by tests; knows no detector but the one that measures the
portraits.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from server.faces import Box
from server.recognition import decode_image
from server.recognition.detection import Detector
from server.recognition.dlib_detectors.hog import HogDetector

ROOT: Final = Path(__file__).resolve().parent.parent
JPEG_QUALITY: Final = 85
MARGINS: Final = (0.7, 0.75, 0.7, 1.1)
"""How far a cut-out reaches beyond the face's box: left, top, right, bottom, in widths of the face."""
NOISE_LEVEL: Final = 3.0
"""Standard deviation of the camera's noise, in steps of 8 bits."""

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Portrait:
    """A photograph of one person, uint8 (h, w, 3) RGB, and where dlib sees the face in it."""

    person: str
    image: Pixels
    box: Box


@dataclass(frozen=True, slots=True)
class Seat:
    """Who is where in a composed picture. box: the face's, as a detector would give it. face_px: its width."""

    person: str
    box: Box
    face_px: int


@dataclass(frozen=True, slots=True)
class ClassPicture:
    """A composed picture as a camera would send it, JPEG of quality 85, and who is in it."""

    jpeg: bytes
    seats: tuple[Seat, ...]


def photo_folder() -> Path | None:
    """The folder of test photographs, ROLLCALL_TEST_PHOTOS or ../shared/photos; None where there is none."""
    folder = Path(os.environ.get("ROLLCALL_TEST_PHOTOS", ROOT.parent / "shared" / "photos"))
    return folder if folder.is_dir() else None


def read_portraits(files: Iterable[Path], detector: Detector) -> list[Portrait]:
    """The photographs in which exactly one face of 80 px or more is found; the person is the name up to the last _."""
    portraits = []
    for file in files:
        image = decode_image(file.read_bytes())
        found = detector.find(image, 80)
        if len(found) == 1:
            portraits.append(Portrait(file.stem.rpartition("_")[0], image, found[0].box))
    return portraits


def bench_portraits(most: int = 60) -> list[Portrait]:
    """Portraits of as many different people as there are photographs, those that set-up fetches if no others."""
    folder = photo_folder()
    files = sorted((ROOT / ".cache" / "photos").glob("*.jpg"))
    if folder is not None:
        studio, press = sorted((folder / "london_all").glob("*.jpg")), sorted((folder / "congress").glob("*_a.jpg"))
        files = studio[:: max(len(studio) * 2 // most, 1)] + press[:: max(len(press) * 2 // most, 1)]
    return read_portraits(files, HogDetector())


def compose(portraits: Sequence[Portrait], sizes: Sequence[int], *, width: int, height: int, seed: int) -> ClassPicture:
    """A picture of one face a size (its width in px), each in a place of its own, the larger ones further down.

    Portraits are drawn without repeating before all were used. Raises ValueError where there is no room.
    """
    chance = np.random.default_rng(seed)
    picture = room_wall(width, height, chance)
    order = np.concatenate([chance.permutation(len(portraits)) for _ in range(1 + len(sizes) // len(portraits))])
    places = _places(sizes, width, height, chance)
    seats = [
        _seat(picture, portraits[index], size, place, chance)
        for index, size, place in zip(order, sizes, places, strict=False)
    ]
    noisy = picture + chance.normal(0, NOISE_LEVEL, picture.shape).astype(np.float32)
    shown = np.clip(noisy, 0, 255).astype(np.uint8)
    _, jpeg = cv2.imencode(".jpg", shown[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return ClassPicture(jpeg.tobytes(), tuple(seats))


def composed_rows(
    portraits: Sequence[Portrait],
    sizes: Sequence[int],
    a_row: int,
    *,
    width: int,
    height: int,
    seed: int,
    people_seed: int | None = None,
) -> ClassPicture:
    """A raked room: rows of faces of one size each, the first in front, a_row in each, nobody twice.

    people_seed: another order, light and place of heads in the same room; None: as seed.
    """
    chance = np.random.default_rng(seed if people_seed is None else people_seed)
    picture = room_wall(width, height, np.random.default_rng(seed))
    order = chance.permutation(len(portraits))
    middles = row_middles(sizes, height)
    seats: list[Seat] = []
    # From the back: whoever sits in front hides those behind.
    for row in reversed(range(len(sizes))):
        for column in range(a_row):
            size = sizes[row]
            x = (column + 0.5) * width / a_row + chance.normal(0, 0.1) * size - size / 2
            y = middles[row] + chance.normal(0, 0.08) * size - size / 2
            portrait = portraits[order[row * a_row + column]]
            seats.append(_seat(picture, portrait, size, (round(x), round(y)), chance))
    noisy = picture + chance.normal(0, NOISE_LEVEL, picture.shape).astype(np.float32)
    shown = np.clip(noisy, 0, 255).astype(np.uint8)
    _, jpeg = cv2.imencode(".jpg", shown[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return ClassPicture(jpeg.tobytes(), tuple(seats))


def row_middles(sizes: Sequence[int], height: int) -> list[float]:
    # Rows as far apart as heads and shoulders of the one in front leave the faces behind it free.
    gaps = [size * (1 + MARGINS[1] + 0.3) for size in sizes]
    middles, y = [], height - sizes[0] * (0.5 + MARGINS[3])
    for row in range(len(sizes)):
        middles.append(y)
        y -= gaps[row]
    if middles[-1] < sizes[-1] * (0.5 + MARGINS[1]):
        raise ValueError(f"There is no room for {len(sizes)} rows in {height} pixels.")
    return middles


def found_seats(picture: ClassPicture, boxes: Sequence[Box]) -> tuple[list[Seat], list[Box]]:
    """Seats whose face was found (a box over half as large in each direction at its centre), and boxes of nobody."""
    found, ghosts = [], list(boxes)
    for seat in picture.seats:
        hits = [box for box in ghosts if _same_face(seat.box, box)]
        if hits:
            found.append(seat)
            ghosts = [box for box in ghosts if box not in hits]
    return found, ghosts


def _same_face(seat: Box, box: Box) -> bool:
    size, other = seat[2] - seat[0], box[2] - box[0]
    off = max(abs(seat[0] + seat[2] - box[0] - box[2]), abs(seat[1] + seat[3] - box[1] - box[3])) / 2
    return off < 0.4 * size and 0.5 < other / size < 2


def room_wall(width: int, height: int, chance: np.random.Generator) -> NDArray[np.float32]:
    """A wall in uneven light with boards, windows, shelves and desks, all textured: nothing in it is flat."""
    ramp = np.linspace(1.0, 0.7, width, dtype=np.float32)[None, :, None]
    room = np.float32(chance.uniform(120, 200, 3)) * ramp * np.ones((height, 1, 1), np.float32)
    for _ in range(60):
        left, top = int(chance.integers(0, width)), int(chance.integers(0, height))
        right = left + int(chance.integers(width // 60, width // 6))
        bottom = top + int(chance.integers(height // 60, height // 5))
        colour = chance.uniform(20, 160) + chance.normal(0, 25, 3)
        room[top:bottom, left:right] = room[top:bottom, left:right] * 0.3 + colour
    room = np.asarray(cv2.GaussianBlur(room, (0, 0), 1.5), np.float32)
    for cell in (2, 8, 32, 128):
        grain = chance.normal(0, 7, (height // cell + 2, width // cell + 2)).astype(np.float32)
        room += cv2.resize(grain, (width, height), interpolation=cv2.INTER_CUBIC)[:, :, None]
    return room


def _places(sizes: Sequence[int], width: int, height: int, chance: np.random.Generator) -> list[tuple[int, int]]:
    """Left and top of each face's box so that no cut-outs touch."""
    left, top, right, bottom = MARGINS
    taken: list[tuple[float, float, float, float]] = []
    places: list[tuple[int, int]] = []
    for size in sizes:
        for _ in range(2000):
            x = float(chance.uniform(left * size, width - (1 + right) * size))
            y = float(np.clip(chance.normal(0.25 + size / 160, 0.2), 0, 1)) * (height - (1 + top + bottom) * size)
            y += top * size
            around = (x - left * size, y - top * size, x + (1 + right) * size, y + (1 + bottom) * size)
            if not any(_overlap(around, other) for other in taken):
                break
        else:
            raise ValueError(f"There is no room for {len(sizes)} faces in {width} x {height} pixels.")
        taken.append(around)
        places.append((round(x), round(y)))
    return places


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _seat(
    picture: NDArray[np.float32], portrait: Portrait, size: int, place: tuple[int, int], chance: np.random.Generator
) -> Seat:
    """Puts head and shoulders of a portrait into the picture, in the room's light, with a soft edge."""
    cut, inside = cut_out(portrait, size)
    mask = np.zeros(cut.shape[:2], np.float32)
    centre = (cut.shape[1] // 2, round(cut.shape[0] * 0.5))
    cv2.ellipse(mask, centre, (round(cut.shape[1] * 0.44), round(cut.shape[0] * 0.46)), 0, 0, 360, (1.0,), -1)
    soft = np.asarray(cv2.GaussianBlur(mask, (0, 0), max(size / 25, 0.6)))[:, :, None]
    top, left = place[1] - inside[1], place[0] - inside[0]
    target = picture[top : top + cut.shape[0], left : left + cut.shape[1]]
    soft, lit = soft[: target.shape[0], : target.shape[1]], cut * np.float32(chance.uniform(0.7, 1.05))
    target[:] = target * (1 - soft) + lit[: target.shape[0], : target.shape[1]] * soft
    return Seat(portrait.person, (place[0], place[1], place[0] + size - 1, place[1] + size - 1), size)


def cut_out(portrait: Portrait, size: int) -> tuple[NDArray[np.float32], tuple[int, int]]:
    """Head and shoulders with a face `size` px wide, and where in it the face's box begins."""
    left, top, right, bottom = portrait.box
    side = right - left + 1
    scale = size / side
    beyond = [round(margin * side) for margin in MARGINS]
    padded = cv2.copyMakeBorder(portrait.image, beyond[1], beyond[3], beyond[0], beyond[2], cv2.BORDER_REPLICATE)
    cut = padded[top : bottom + 1 + beyond[1] + beyond[3], left : right + 1 + beyond[0] + beyond[2]]
    target = (round(cut.shape[1] * scale), round(cut.shape[0] * scale))
    small = cv2.resize(cut, target, interpolation=cv2.INTER_AREA).astype(np.float32)
    return small, (round(beyond[0] * scale), round(beyond[1] * scale))
