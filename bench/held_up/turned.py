"""The generator that thresholds are chosen on: single faces, real ones by a smooth relief that is turned."""

from collections.abc import Iterator
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.classroom import room_wall
from bench.held_up.portraits import FACE_PX, SIDE, Pixels, Points, Portrait, at_size, compressed

KINDS: Final = ("real", "still", "moved")
SIZES_PX: Final = (24, 32, 44, 64, 90)
# Points of a side at which a relief's movement is reckoned; between them it is even.
COARSE: Final = 61
TILE: Final = 3.2  # of a face, in widths


def hour(portrait: Portrait, face_px: int, pictures: int, chance: np.random.Generator) -> Iterator[NDArray[np.uint8]]:
    """Pictures of each of KINDS side by side: a head that turns, its portrait that stands still, and the portrait moved
    and tilted.
    """
    tile = round(face_px * TILE)
    wall = room_wall(3 * tile, tile, chance)
    source = at_size(portrait.cut, face_px)
    prints = [255 * np.clip(source / 255, 0, 1) ** chance.uniform(0.8, 1.25) for _ in range(2)]
    lights = chance.uniform(0.75, 1.05, 3)
    head = _Head(chance)
    off = chance.uniform(-3, 3, 2)
    middle = tile / 2
    for _ in range(pictures):
        picture = wall.copy()
        turn = head.map(portrait.landmarks)
        real = cv2.remap(source, turn[:, :, 0], turn[:, :, 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        tilts = chance.normal(0, np.deg2rad(14), 2)
        shows = (
            (real, face_px * chance.normal(1, 0.03), chance.normal(0, (0.1, 0.07)) * face_px, chance.normal(0, 5)),
            (prints[0], float(face_px), off + chance.normal(0, 0.15, 2), 0.0),
            (
                _tilted(np.asarray(prints[1], np.float32), tilts),
                face_px * chance.normal(1, 0.05),
                chance.normal(0, (0.12, 0.1)) * face_px,
                chance.normal(0, 6),
            ),
        )
        for place, (cut, size, moved, roll) in enumerate(shows):
            lit = np.asarray(cut, np.float32) * np.float32(lights[place] * chance.uniform(0.95, 1.05))
            _put(picture, lit, size, (tile * place + middle + moved[0], middle + moved[1]), roll, flat=place > 0)
        yield compressed(picture + chance.normal(0, 3, picture.shape).astype(np.float32), 85)


class _Head:
    # How somebody sits: about one pose, at times away from it, writing as often as they do.

    def __init__(self, chance: np.random.Generator) -> None:
        self._chance = chance
        self._spread = np.deg2rad([10, 6]) * np.exp(chance.normal(0, 0.5, 2))
        self._pose = np.deg2rad([chance.normal(0, 12), chance.normal(0, 5)])
        self._face = 0.03 * np.exp(chance.normal(0, 0.5))
        self._writes = chance.beta(1, 4)

    def map(self, landmarks: Points) -> NDArray[np.float32]:
        """(SIDE, SIDE, 2), where in the portrait each pixel of the turned head comes from."""
        chance = self._chance
        yaw, pitch = self._pose + chance.normal(0, 1, 2) * self._spread
        if chance.random() < 0.12:
            yaw += np.deg2rad(chance.uniform(-40, 40))
        if chance.random() < self._writes:
            pitch += np.deg2rad(18)
        smile, opening = chance.normal(0, self._face), abs(chance.normal(0, self._face))
        return _turn(landmarks, float(np.clip(yaw, -0.7, 0.7)), float(np.clip(pitch, -0.5, 0.5)), smile, opening)


def _turn(landmarks: Points, yaw: float, pitch: float, smile: float, opening: float) -> NDArray[np.float32]:
    # An ellipsoid with a smooth nose, all lengths in distances of the eyes.
    eyes, mouth, unit = landmarks[:2].mean(axis=0), landmarks[3:].mean(axis=0), np.linalg.norm(np.diff(landmarks[:2].T))
    middle = (eyes + mouth) / 2
    steps = np.linspace(0, SIDE - 1, COARSE)
    x, y = np.meshgrid(*((steps - at) / unit for at in middle))
    nose, lips = (landmarks[2] - middle) / unit, (mouth - middle) / unit
    from_x, from_y = x.copy(), y.copy()
    for _ in range(6):
        depth = _relief(from_x, from_y, nose) - 1.17
        behind = depth * np.cos(yaw) - from_x * np.sin(yaw)
        from_x = (x - depth * np.sin(yaw)) / np.cos(yaw)
        from_y = (y + behind * np.sin(pitch)) / np.cos(pitch)
    for corner, side in ((3, -1), (4, 1)):
        at = (landmarks[corner] - middle) / unit
        near = np.exp(-(((from_x - at[0]) / 0.35) ** 2 + ((from_y - at[1]) / 0.3) ** 2) / 2)
        from_x, from_y = from_x - side * smile * near, from_y + 0.5 * smile * near
    near = np.exp(-((from_x / 0.4) ** 2 + ((from_y - lips[1] - 0.15) / 0.3) ** 2) / 2)
    coarse = np.dstack([from_x, from_y - opening * near]) * unit + middle
    every = np.linspace(0, COARSE - 1, SIDE, dtype=np.float32)
    return np.asarray(cv2.remap(coarse.astype(np.float32), *np.meshgrid(every, every), cv2.INTER_LINEAR), np.float32)


def _relief(x: NDArray[np.float64], y: NDArray[np.float64], nose: Points) -> NDArray[np.float64]:
    head = 1.3 * np.sqrt(np.maximum(1 - (x / 1.25) ** 2 - ((y + 0.1) / 1.75) ** 2, 0))
    tip = ((x - nose[0]) / 0.2) ** 2 + ((y - nose[1] + 0.15) / 0.35) ** 2
    relief: NDArray[np.float64] = head + 0.35 * np.exp(-tip / 2)
    return relief


def _tilted(cut: Pixels, tilts: NDArray[np.float64]) -> Pixels:
    # A flat print at twelve times its width.
    distance, half = 12.0 * SIDE, SIDE / 2
    corners = np.array([[-half, -half, 0], [half, -half, 0], [half, half, 0], [-half, half, 0]])
    turn, _ = cv2.Rodrigues(np.array([tilts[0], tilts[1], 0.0]))
    moved = corners @ np.asarray(turn).T
    seen = moved[:, :2] * (distance / (distance + moved[:, 2:])) + half
    way = cv2.getPerspectiveTransform((corners[:, :2] + half).astype(np.float32), seen.astype(np.float32))
    return np.asarray(cv2.warpPerspective(cut, way, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE), np.float32)


def _put(picture: Pixels, cut: Pixels, face_px: float, at: tuple[float, float], roll_deg: float, *, flat: bool) -> None:
    # Head and shoulders with a soft edge, or a rectangle with a sharp one.
    scale = face_px / FACE_PX
    way = cv2.getRotationMatrix2D((SIDE / 2, SIDE / 2), roll_deg, scale)
    way = np.asarray(way) + np.array([[0, 0, at[0] - SIDE / 2], [0, 0, at[1] - SIDE / 2]])
    mask = np.zeros((SIDE, SIDE), np.float32)
    if flat:
        mask[20:-20, 60:-60] = 1
    else:
        cv2.ellipse(mask, (SIDE // 2, SIDE // 2 + 10), (150, 215), 0, 0, 360, (1.0,), -1)
    mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), 2 if flat else 8), np.float32)
    size = (picture.shape[1], picture.shape[0])
    here = cv2.warpAffine(mask, way, size)[:, :, None]
    picture[:] = picture * (1 - here) + cv2.warpAffine(cut, way, size) * here
