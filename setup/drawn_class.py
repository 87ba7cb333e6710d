"""Pictures of the documents' class: what the recogniser sees, composed of photographs, and the same class drawn.

The photographs are those that set-up fetched and stay in a temporary folder; only the drawing is shown to anybody.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

SIZE: Final = (1280, 720)
WALL: Final = "#E9E2D4"
FLOOR: Final = "#B9A88C"
DESK: Final = "#8C6A45"
BOARD: Final = "#2F5D50"
SKIN: Final = ("#F1C9A5", "#E8B88F", "#D9A066", "#F4D3B5")
HAIR: Final = ("#2B2622", "#3C2F2A", "#4A3B32", "#1F1B1A")
SHIRT: Final = ("#4C78A8", "#B07AA1", "#59A14F", "#E15759")
SEATS: Final = ((190, 330), (480, 360), (790, 335), (1090, 360))
"""Where the middle of each face is."""
PORTRAIT_PX: Final = 250
FACES: Final = {
    "obama2.jpg": (0.53, 0.335, 0.447),
    "biden.jpg": (0.593, 0.153, 0.253),
    "obama_partial_face2.jpg": (0.838, 0.228, 0.36),
    "obama3.jpg": (0.543, 0.17, 0.174),
}
"""Middle of the face and its width, in parts of the photograph's width and height (width: of its width)."""

Pixels = NDArray[np.uint8]
Box = tuple[int, int, int, int]


def photographed(photographs: Path) -> Pixels:
    """Four people at their desks as the camera sees them, BGR (720, 1280, 3)."""
    room = _room()
    for seat, (name, face) in zip(SEATS, FACES.items(), strict=True):
        with Image.open(photographs / name) as photograph:
            person = _portrait(photograph.convert("RGB"), *face)
        room.paste(person, (seat[0] - PORTRAIT_PX // 2, seat[1] - PORTRAIT_PX // 2))
    return _bgr(room)


def _portrait(photograph: Image.Image, across: float, down: float, face: float) -> Image.Image:
    """A square twice as wide as the face."""
    middle, half = (across * photograph.width, down * photograph.height), face * photograph.width
    box = (int(middle[0] - half), int(middle[1] - half), int(middle[0] + half), int(middle[1] + half))
    return photograph.crop(box).resize((PORTRAIT_PX, PORTRAIT_PX), Image.Resampling.LANCZOS)


def drawn(faces: Sequence[Box]) -> Pixels:
    """The same class as a drawing: a head in each box, BGR (720, 1280, 3)."""
    room = _room()
    pen = ImageDraw.Draw(room)
    for number, box in enumerate(sorted(faces)):
        _draw_person(pen, box, number)
    pen.rectangle((0, 590, SIZE[0], 625), fill=DESK)
    pen.rectangle((0, 625, SIZE[0], SIZE[1]), fill="#6F5335")
    return _bgr(room)


def _room() -> Image.Image:
    room = Image.new("RGB", SIZE, WALL)
    pen = ImageDraw.Draw(room)
    pen.rectangle((0, 480, SIZE[0], SIZE[1]), fill=FLOOR)
    for left in (60, 480, 900):
        pen.rectangle((left, 40, left + 320, 150), fill="#CFE3F1", outline="#FFFFFF", width=8)
    return room


def _draw_person(pen: ImageDraw.ImageDraw, box: Box, number: int) -> None:
    left, top, right, bottom = box
    width, height, middle = right - left, bottom - top, (left + right) // 2
    skin, hair, shirt = SKIN[number % 4], HAIR[number % 4], SHIRT[number % 4]
    pen.rounded_rectangle((middle - width, bottom + height // 8, middle + width, SIZE[1]), width // 2, fill=shirt)
    pen.rectangle((middle - width // 6, bottom - height // 8, middle + width // 6, bottom + height // 4), fill=skin)
    pen.ellipse((left - width // 10, top - height // 3, right + width // 10, bottom - height // 8), fill=hair)
    pen.ellipse((left, top - height // 8, right, bottom + height // 12), fill=skin)
    pen.pieslice((left - 2, top - height // 3, right + 2, top + height // 2), 180, 360, fill=hair)
    for side in (-1, 1):
        eye = middle + side * width // 5
        pen.ellipse((eye - 5, top + height // 2 - 12, eye + 5, top + height // 2 - 2), fill="#2B2622")
    pen.arc((middle - width // 5, top + height // 2, middle + width // 5, bottom - height // 8), 25, 155, "#8A4B3A", 4)


def _bgr(picture: Image.Image) -> Pixels:
    return np.ascontiguousarray(np.asarray(picture)[..., ::-1])
