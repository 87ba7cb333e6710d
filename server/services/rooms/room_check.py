"""Say by a room's pictures how well its students can be recognised, row by row."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cameras.quality import PictureQuality, around_light, grey_of, measure, shrunk
from cameras.scene import Scene
from server.errors import BadImage, NoFace, TooLarge
from server.faces import Decode, Face, Recogniser
from server.services.rooms.face_map import MappedFace, in_columns, in_rows, most_at_once
from server.services.rooms.light import HourLight, hour_light
from server.services.rooms.prediction import SurePrediction

# Faces are looked for down to this width, so that rows that are too far show as such.
LEAST_PX: Final = 12
# Of a row's students in one picture: from here on the hour's pictures leave hardly a question; under the other one the
# camera does more harm than good.
SURE: Final = 0.9
HARDLY: Final = 0.5
# A face that is the same in every picture, but for the sensor's noise, is on a wall. In grey values, in the mean.
STILL: Final = 2.5
PICTURES_FOR_STILL: Final = 3
# Points a side in which a face is compared with what was there before: noise averages out in them.
STILL_POINTS: Final = 8
# Boxes whose sides are apart by less than this, of the face's width or in pixels, are of one place.
NEAR: Final = 0.2
NEAR_PX: Final = 3
# Smaller faces are not compared with each other: what they have in common is the blur.
TWICE_PX: Final = 30


class RowState(StrEnum):
    """What a professor may expect of a row."""

    SURE = "sure"
    DOUBTFUL = "doubtful"
    INVISIBLE = "invisible"


@dataclass(frozen=True, slots=True)
class Cell:
    """One third of a row. faces: at most in one picture. light: median grey value of the faces, 0 to 255."""

    faces: int
    size_px: float
    sure: float
    light: float


@dataclass(frozen=True, slots=True)
class Row:
    """A row of faces, 1 being in front. top, bottom: in pixels of the picture. sure: the share foretold."""

    number: int
    faces: int
    size_px: float
    sure: float
    state: RowState
    top: int
    bottom: int
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class RoomCheck:
    """What a room's pictures show. twice: people whom one picture shows twice. needed_px: size for SURE."""

    family: str
    width: int
    height: int
    pictures: int
    unreadable: int
    repeated: int
    still_faces: int
    turned_deg: int
    twice: int
    needed_px: float
    smallest_px: int
    quality: PictureQuality
    rows: tuple[Row, ...]
    faces: tuple[tuple[int, int, int, int, float], ...] = field(repr=False)  # boxes of one picture, and sure
    scene: Scene = field(repr=False)
    lights: tuple[HourLight, ...] = ()  # by hour of the day, those of earlier checks too

    @property
    def heads(self) -> int:
        return sum(each.faces for each in self.rows)


def check_room(
    pictures: Iterable[Callable[[], bytes]],
    recogniser: Recogniser,
    decode: Decode,
    prediction: SurePrediction,
    *,
    hour: int | None = None,
) -> RoomCheck:
    """Look at each picture once, and forget it. hour: as of RoomPictures. Raises NoFace where none can be read."""
    looked = RoomPictures(recogniser, decode, hour)
    for picture in pictures:
        looked.add(picture)
    return looked.checked(prediction)


class RoomPictures:
    """What the pictures of a room show so far; the pictures are forgotten. Not to be shared by threads.

    hour: of the day on campus, which their light is told of; None: it is not told.
    """

    def __init__(self, recogniser: Recogniser, decode: Decode, hour: int | None = None) -> None:
        self._recogniser = recogniser
        self._decode = decode
        self._hour = hour
        self._faces: list[MappedFace] = []
        self._unchanged: list[bool] = []  # of each face, since the picture before
        self._before: NDArray[np.uint8] | None = None
        self._qualities: list[PictureQuality] = []
        self._scenes: list[Scene] = []
        self._nearest: list[NDArray[np.float64]] = []  # of each picture: how near its faces are to each other
        self._last: bytes | None = None
        self._size = (0, 0)
        self._unreadable = self._repeated = self._turns = 0

    def add(self, picture: Callable[[], bytes]) -> None:
        """One that cannot be read, is of another size, or the one before again is counted as such."""
        try:
            data = picture()
            image = self._decode(data)
        except (BadImage, TooLarge):
            self._unreadable += 1
            return
        if data == self._last:
            self._repeated += 1
            return
        self._last = data
        if self._scenes and image.shape[:2] != self._size:
            self._unreadable += 1  # of another camera, or of another setting of it: its places say nothing here
            return
        self._size = image.shape[0], image.shape[1]
        found = self._recogniser.faces(image, min_face_px=LEAST_PX)
        if not found and not self._turns:
            self._turns = self._recogniser.quarter_turns(image, LEAST_PX)
        self._keep(image, found)

    def _keep(self, image: NDArray[np.uint8], found: Sequence[Face]) -> None:
        number = len(self._scenes)
        grey = grey_of(image)
        for face in found:
            self._unchanged.append(self._before is None or _difference(self._before, grey, face.box) < STILL)
            light = float(shrunk(grey, face.box).mean())
            self._faces.append(MappedFace(number, face.box, light, around_light(grey, face.box) - light))
        self._nearest.append(_nearest([each.embedding for each in found if each.width >= TWICE_PX]))
        self._before = grey
        self._qualities.append(measure(image, [face.box for face in found]))
        self._scenes.append(Scene.of(image))

    def checked(self, prediction: SurePrediction) -> RoomCheck:
        """Raises NoFace where none could be read."""
        if not self._scenes:
            raise NoFace("None of the pictures can be read as one: take some with the room's camera.")
        still = self._still()
        living = [face for place, face in enumerate(self._faces) if place not in still]
        rows = [_row(number, row, self._size[1], prediction) for number, row in enumerate(in_rows(living), 1)]
        fullest = max(range(len(self._scenes)), key=lambda at: sum(each.picture == at for each in living))
        shown = [each for each in living if each.picture == fullest]
        quality = PictureQuality.middle(self._qualities)
        width = self._size[1]
        lights = () if self._hour is None else (hour_light(self._hour, living, quality.cells, width),)
        return RoomCheck(
            family=self._recogniser.family,
            width=width,
            height=self._size[0],
            pictures=len(self._scenes),
            unreadable=self._unreadable,
            repeated=self._repeated,
            still_faces=most_at_once([self._faces[place] for place in still]),
            turned_deg=90 * self._turns if not self._faces else 0,
            twice=int(np.median([(near <= prediction.twice_at_most).sum() for near in self._nearest])),
            needed_px=prediction.size_for(SURE),
            smallest_px=prediction.smallest_px,
            quality=quality,
            rows=tuple(rows),
            faces=tuple((*each.box, prediction.sure(each.size_px, each.width)) for each in shown),
            scene=Scene.middle(self._scenes),
            lights=lights,
        )

    def _still(self) -> set[int]:
        # Places in self._faces of those whose place showed the same again and again.
        if len(self._scenes) < PICTURES_FOR_STILL or not self._faces:
            return set()
        boxes = np.array([each.box for each in self._faces])
        pictures, unchanged = np.array([each.picture for each in self._faces]), np.array(self._unchanged)
        still = set()
        for place in np.flatnonzero(unchanged).tolist():
            box = boxes[place]
            near = np.abs(boxes - box).max(axis=1) <= max((box[2] - box[0] + 1) * NEAR, NEAR_PX)
            if unchanged[near].all() and len(np.unique(pictures[near])) >= PICTURES_FOR_STILL:
                still.add(place)
        return still


def _nearest(embeddings: Sequence[NDArray[np.float32]]) -> NDArray[np.float64]:
    # The distances of all pairs.
    if len(embeddings) < 2:
        return np.empty(0)
    faces = np.stack(embeddings).astype(np.float64)
    squares = (faces**2).sum(axis=1)
    apart = np.maximum(squares[:, None] + squares - 2 * faces @ faces.T, 0)
    result: NDArray[np.float64] = np.sqrt(apart[np.triu_indices(len(faces), 1)])
    return result


def _difference(before: NDArray[np.uint8], after: NDArray[np.uint8], box: tuple[int, int, int, int]) -> float:
    one, other = (shrunk(each, box, STILL_POINTS).astype(np.float32) for each in (before, after))
    return float(np.abs(one - other).mean())


def _row(number: int, faces: Sequence[MappedFace], width: int, prediction: SurePrediction) -> Row:
    sure = float(np.mean([prediction.sure(each.size_px, each.width) for each in faces]))
    state = RowState.SURE if sure >= SURE else RowState.DOUBTFUL if sure >= HARDLY else RowState.INVISIBLE
    cells = tuple(_cell(each, prediction) if each else None for each in in_columns(faces, width))
    tops, bottoms = [each.box[1] for each in faces], [each.box[3] for each in faces]
    size = float(np.median([each.size_px for each in faces]))
    return Row(number, most_at_once(faces), size, sure, state, min(tops), max(bottoms), cells)


def _cell(faces: Sequence[MappedFace], prediction: SurePrediction) -> Cell:
    return Cell(
        most_at_once(faces),
        float(np.median([each.size_px for each in faces])),
        float(np.mean([prediction.sure(each.size_px, each.width) for each in faces])),
        float(np.median([each.light for each in faces])),
    )
