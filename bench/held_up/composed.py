"""The generator that is reported on: whole rooms, with other people, reliefs, movements and pictures than the first's.

A head is a mesh with a wedge for a nose, seen in perspective and turned about its neck; how it is held wanders, and
what is looked at changes. A print or a screen has a border, another size than a head, light and colours of its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.classroom import room_wall, row_middles
from bench.held_up.portraits import FACE_PX, SIDE, Pixels, Points, Portrait, at_size, compressed

WIDTH, HEIGHT = 1920, 1080
SIZES_PX: Final = (80, 60, 46, 36, 29)
"""Width of the faces of each row, the first being in front."""
A_ROW: Final = 6
SEATS: Final = A_ROW * len(SIZES_PX)
HIDDEN: Final = 0.06
"""Share of the pictures in which somebody is hidden by others."""
FINE: Final = 2
"""Points by which a pixel is drawn, along each side."""
MESH: Final = 29
# Where they look, in degrees: the board, notes, the screen of a laptop, neighbours, elsewhere.
LOOKS: Final = ((0, 0), (0, -24), (0, -14), (28, -3), (-28, -3), (12, 4))
OFTEN: Final = (4, 2.2, 1.5, 0.5, 0.5, 0.6)

Angles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the pictures somebody sits, and how wide a head's face is there."""

    x: float
    y: float
    face_px: int


@dataclass(frozen=True, slots=True, eq=False)
class Somebody:
    """A student, and what the camera sees at their place: `real`, `still` or `moved`.

    enrolled: the photograph that is enrolled. shown: what the head, or the print, is made of.
    """

    kind: str
    enrolled: Portrait
    shown: Portrait


class Subject(Protocol):
    def draw(self, face_px: float, distance: float) -> tuple[Pixels, Angles]:
        """Colours and opacity, float32 (side, side, 4), the face in the middle; by how much it is beside its place.

        distance: of the camera, in widths of a face.
        """
        ...


class Room:
    """The pictures of a lesson in which each of SEATS people sits at a place."""

    def __init__(self, people: Sequence[Somebody], seed: int) -> None:
        self._chance = np.random.default_rng(seed)
        chance = self._chance
        self._wall = room_wall(WIDTH, HEIGHT, chance)
        self._grain = chance.normal(0, 3.5, (HEIGHT + 100, WIDTH + 100, 3)).astype(np.float32)
        middles = row_middles(SIZES_PX, HEIGHT)
        self.places = [
            Place(
                (column + 0.5) * WIDTH / A_ROW + chance.normal(0, 0.1) * size,
                middles[row] + chance.normal(0, 0.08) * size,
                size,
            )
            for row, size in enumerate(SIZES_PX)
            for column in range(A_ROW)
        ]
        self._subjects: list[Subject] = [
            Head(chance, each.shown) if each.kind == "real" else Print(chance, each.shown, each.kind == "moved")
            for each in people
        ]

    def pictures(self, count: int) -> Iterator[NDArray[np.uint8]]:
        for _ in range(count):
            yield self._picture()

    def _picture(self) -> NDArray[np.uint8]:
        chance = self._chance
        picture = self._wall * np.float32(chance.uniform(0.95, 1.05))
        # From the back: whoever sits in front hides those behind.
        for at in reversed(range(len(self._subjects))):
            place = self.places[at]
            drawn, beside = self._subjects[at].draw(place.face_px, 12.0 + 8 * (at // A_ROW))
            if chance.random() > HIDDEN:
                _paste(picture, drawn, place.x + beside[0], place.y + beside[1])
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.6), np.float32)
        down, right = chance.integers(0, 100, 2)
        return compressed(picture + self._grain[down : down + HEIGHT, right : right + WIDTH], 80)


class _Wandering:
    # A value that goes where it is wanted, with some unrest.

    def __init__(self, chance: np.random.Generator, keeps: float, unrest: float) -> None:
        self._chance, self._keeps, self._unrest, self._value = chance, keeps, unrest, 0.0

    def step(self, wanted: float = 0.0) -> float:
        self._value = self._keeps * self._value + (1 - self._keeps) * wanted + self._chance.normal(0, self._unrest)
        return self._value


class Head:
    """A person. One in twenty hardly moves."""

    def __init__(self, chance: np.random.Generator, portrait: Portrait) -> None:
        self._chance, self._portrait, self._mesh = chance, portrait, _mesh(portrait.landmarks)
        self.lively = float(np.exp(chance.normal(0, 0.6))) * (0.25 if chance.random() < 0.05 else 1.0)
        self._pose = chance.normal(0, 1, 2) * (14, 3)
        self._stays, self._look, self._often = chance.uniform(0.6, 0.92), 0, chance.dirichlet(OFTEN)
        self._turns = [_Wandering(chance, 0.45, each * self.lively) for each in (2.2, 1.8, 1.6)]
        self._sways = [_Wandering(chance, 0.8, each * self.lively) for each in (0.035, 0.025)]
        self._nears = _Wandering(chance, 0.8, 0.012)
        self._light = chance.uniform(0.7, 1.05)

    def draw(self, face_px: float, distance: float) -> tuple[Pixels, Angles]:
        """See Subject."""
        chance = self._chance
        if chance.random() > self._stays:
            self._look = int(chance.choice(len(LOOKS), p=self._often))
        wanted = np.array(LOOKS[self._look]) * min(1, 0.35 + 0.65 * self.lively) + self._pose
        yaw, pitch, roll = (np.deg2rad(turn.step(to)) for turn, to in zip(self._turns, (*wanted, 0.0), strict=True))
        size = face_px * (1 + self._nears.step())
        turn = _rotation(roll, np.clip(-pitch, -0.6, 0.6), np.clip(yaw, -1, 1))
        drawn = _rendered(self._mesh, at_size(self._portrait.cut, FINE * size), turn, size, distance)
        drawn[:, :, :3] *= np.float32(self._light * chance.uniform(0.96, 1.04))
        return drawn, np.array([each.step() * size for each in self._sways])


class Print:
    """A photograph or a screen that somebody holds up, or leaned against something."""

    def __init__(self, chance: np.random.Generator, portrait: Portrait, moved: bool) -> None:
        self._chance = chance
        screen, self._scale = chance.random() < 0.5, chance.uniform(0.6, 1.1)
        colours = 255 * (portrait.cut / 255) ** chance.uniform(0.85, 1.2)
        colours = (colours - 128) * chance.uniform(0.75, 1.0) + chance.uniform(110, 135)
        colours = colours.astype(np.float32) * chance.normal(1, 0.04, 3)
        left, top, foot = (int(each) for each in chance.integers((60, 30, 0), (110, 80, 60)))
        edge = int(chance.integers(6, 22))
        part = np.clip(colours[top : SIDE - foot, left : SIDE - left], 0, 255).astype(np.float32)
        colour = (18, 18, 20) if screen else (225, 225, 220)
        bordered = cv2.copyMakeBorder(part, edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=colour)
        self._image = np.asarray(bordered, np.float32)
        self._middle = np.array([SIDE / 2 - left + edge, SIDE / 2 - top + edge])
        by = 1.0 if moved else 0.0
        self._held = np.deg2rad(chance.normal(0, 1, 3) * (10, 12, 4))
        self._turns = [_Wandering(chance, 0.4, np.deg2rad(each) * by) for each in (9, 11, 4)]
        self._sways = [_Wandering(chance, 0.7, each * by) for each in (0.05, 0.04)]
        self._nears = _Wandering(chance, 0.7, 0.02 * by)
        self._light = chance.uniform(1.0, 1.2) if screen else chance.uniform(0.7, 1.05)

    def draw(self, face_px: float, distance: float) -> tuple[Pixels, Angles]:
        """See Subject."""
        chance = self._chance
        size = face_px * self._scale * (1 + self._nears.step())
        pitch, yaw, roll = (turn.step() + at for turn, at in zip(self._turns, self._held, strict=True))
        height, width = self._image.shape[:2]
        corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], float)
        inside = np.c_[(corners - self._middle) / FACE_PX, np.zeros(4)] @ _rotation(roll, pitch, yaw).T
        side = int(np.ceil(3.6 * size))
        seen = inside[:, :2] * (distance / (distance - inside[:, 2:])) * size + side / 2 + chance.normal(0, 0.1, 2)
        way = cv2.getPerspectiveTransform(corners.astype(np.float32), (seen * FINE).astype(np.float32))
        lit = at_size(self._image, FINE * size) * np.float32(self._light * chance.uniform(0.98, 1.02))
        drawn = cv2.warpPerspective(np.dstack([lit, np.ones((height, width), np.float32)]), way, (side * FINE,) * 2)
        whole = cv2.resize(drawn, (side, side), interpolation=cv2.INTER_AREA)
        return np.asarray(whole, np.float32), np.array([each.step() * size for each in self._sways])


@dataclass(frozen=True, slots=True, eq=False)
class _Mesh:
    # points: (n, 3), x, y and depth in widths of a face. sources: (n, 2), where in the cut they are.
    points: Points
    sources: Points


def _mesh(landmarks: Points) -> _Mesh:
    # A cylinder of a radius of 0.56 that is rounded off above and below, and a wedge from between the eyes to the nose.
    middle = (landmarks[:2].mean(axis=0) + landmarks[3:].mean(axis=0)) / 2
    steps = np.linspace(-1.35, 1.35, MESH)
    x, y = (each.ravel() for each in np.meshgrid(steps, steps))
    nose, bridge = (landmarks[2] - middle) / FACE_PX, (landmarks[:2].mean(axis=0) - middle) / FACE_PX
    ends = np.clip((np.abs(y + 0.05) - 0.25) / 0.55, 0, 1)
    depth = 0.52 * np.sqrt(1 - np.clip(np.abs(x) / 0.56, 0, 1) ** 2) * np.sqrt(1 - ends**2)
    along = np.clip((y - bridge[1]) / (nose[1] - bridge[1]), 0, 1)
    on_nose = (y > bridge[1] - 0.05) & (y < nose[1] + 0.07)
    ridge = bridge[0] + (nose[0] - bridge[0]) * along
    depth += 0.155 * along * on_nose * np.clip(1 - np.abs(x - ridge) / 0.13, 0, 1)
    return _Mesh(np.stack([x, y, depth], 1), np.stack([x, y], 1) * FACE_PX + middle)


def _rendered(mesh: _Mesh, source: Pixels, turn: Angles, face_px: float, distance: float) -> Pixels:
    # Turned about the neck, which is 0.9 below the middle of the face and 0.1 behind its edge.
    neck = np.array([0.0, 0.9, -0.1])
    points = (mesh.points - neck) @ turn.T + neck
    seen = points[:, :2] * (distance / (distance - points[:, 2:])) * face_px
    side = int(np.ceil(2.4 * face_px))
    way = _nearest(seen * FINE + side * FINE / 2, points[:, 2], mesh.sources, side * FINE)
    image = cv2.remap(source, way[:, :, 0], way[:, :, 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    x, y = (np.moveaxis(way, 2, 0) - SIDE / 2) / FACE_PX
    inside = np.clip(6 * (1 - ((x / 0.92) ** 2 + ((y - 0.1) / 1.2) ** 2) ** 1.5), 0, 1)
    drawn = np.dstack([image, inside.astype(np.float32)])
    return np.asarray(cv2.resize(drawn, (side, side), interpolation=cv2.INTER_AREA), np.float32)


def _nearest(seen: Points, depth: Points, sources: Points, side: int) -> NDArray[np.float32]:
    # (side, side, 2), what is seen at each point: of what falls together what is nearest.
    many = round(1.4 * side)
    grid = np.dstack([each.reshape(MESH, MESH) for each in (*seen.T, depth, *sources.T)]).astype(np.float32)
    fine = np.asarray(cv2.resize(grid, (many, many), interpolation=cv2.INTER_LINEAR)).reshape(-1, 5)
    fine = fine[np.argsort(fine[:, 2], kind="stable")]
    at = np.rint(fine[:, :2]).astype(int)
    within = ((at >= 0) & (at < side)).all(axis=1)
    way = np.full((side, side, 2), -SIDE, np.float32)
    way[at[within, 1], at[within, 0]] = fine[within, 3:]
    # Where the mesh is stretched points stay empty: they take a neighbour's.
    wider = np.asarray(cv2.dilate(way, np.ones((3, 3), np.uint8)), np.float32)
    return np.where(way < 0, wider, way)


def _rotation(roll: float, pitch: float, yaw: float) -> Angles:
    about_x, about_y, about_z = (cv2.Rodrigues(each)[0] for each in np.diag([pitch, yaw, roll]).astype(float))
    turned: Angles = np.asarray(about_z @ about_x @ about_y, np.float64)
    return turned


def _paste(picture: Pixels, drawn: Pixels, x: float, y: float) -> None:
    side = len(drawn)
    left, top = round(x - side / 2), round(y - side / 2)
    up, down, near, far = max(top, 0), min(top + side, HEIGHT), max(left, 0), min(left + side, WIDTH)
    part = drawn[up - top : down - top, near - left : far - left]
    here = picture[up:down, near:far]
    here[:] = here * (1 - part[:, :, 3:]) + part[:, :, :3] * part[:, :, 3:]
