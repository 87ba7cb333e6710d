"""Rows of a composed room: the share of sure faces that the room's map foretells beside the share that there is."""

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench.classroom import Portrait, composed_rows, photo_folder, read_portraits
from bench.table import Row, limited, not_run
from server.faces import Face
from server.gallery import Gallery
from server.gallery.constants import family_constants
from server.recognition import decode_image, dlib_box, open_recogniser
from server.recognition.detection import Detection
from server.recognition.recogniser import FamilyRecogniser
from server.services.rooms.prediction import SurePrediction
from server.services.rooms.room_check import LEAST_PX, check_room

SIZES_PX: Final = (80, 60, 46, 36, 29, 24, 19, 15)
"""Width of the faces of each row, the first being in front."""
A_ROW: Final = 8
ROOMS: Final = 4
CLASS: Final = 64
POINTS: Final = 10.0


def rows() -> Iterator[Row]:
    """Of the people of `congress`, with one portrait enrolled and the other one in the room."""
    folder = photo_folder()
    if folder is None or not (folder / "congress").is_dir():
        yield not_run("rows of a room: sure faces foretold and real")
        return
    files = sorted((folder / "congress").glob("*_a.jpg"))
    random = np.random.default_rng(15)
    recogniser = open_recogniser("khuface", min_face_px=LEAST_PX, threads=1)
    constants = family_constants("khuface")
    prediction = SurePrediction(constants)
    foretold: list[list[float]] = [[] for _ in SIZES_PX]
    real: list[list[float]] = [[] for _ in SIZES_PX]
    shown = heads = 0
    for room in range(ROOMS):
        chosen = [files[each] for each in random.permutation(len(files))[: CLASS + 6]]
        portraits = read_portraits(
            [file.with_name(file.name.replace("_a", "_b")) for file in chosen], AsDlib(recogniser)
        )
        students = portraits[:CLASS]
        gallery = _gallery(recogniser, students, {file.stem.rpartition("_")[0]: file for file in chosen})
        picture = composed_rows(students, SIZES_PX, A_ROW, width=1920, height=1080, seed=room)
        check = check_room([partial(bytes, picture.jpeg)], recogniser, decode_image, prediction)
        shown, heads = shown + len(picture.seats), heads + check.heads
        faces = recogniser.faces(decode_image(picture.jpeg))
        matches = gallery.matcher().identify(
            np.stack([each.embedding for each in faces]), [each.width for each in faces]
        )
        sure = {_middle(face): match for face, match in zip(faces, matches, strict=True) if match.verdict == "sure"}
        for at, size in enumerate(SIZES_PX):
            seats = [each for each in picture.seats if each.face_px == size]
            lines = [(seat.box[1] + seat.box[3]) / 2 for seat in seats]
            row = [each for each in check.rows if each.top <= np.median(lines) <= each.bottom]
            foretold[at].append(row[0].sure if row else 0.0)
            named = [sure.get(_near(sure, seat.box)) for seat in seats]
            real[at].append(
                float(
                    np.mean([it is not None and it.student_id == s.person for it, s in zip(named, seats, strict=True)])
                )
            )
    for at, size in enumerate(SIZES_PX):
        told, there = 100 * float(np.mean(foretold[at])), 100 * float(np.mean(real[at]))
        what = f"row of faces of {size} px: sure foretold {told:.0f} %, real {there:.0f} %, apart"
        yield limited(what, abs(told - there), POINTS, "points")
    yield limited(f"heads counted in {ROOMS} rooms of {CLASS}", 100 * abs(heads - shown) / shown, 10.0, "% off")


class AsDlib:
    """Finds the faces of portraits, with boxes as dlib draws them: sizes are told by those."""

    def __init__(self, recogniser: FamilyRecogniser) -> None:
        self._recogniser = recogniser

    def find(self, image: NDArray[np.uint8], min_face_px: int) -> list[Detection]:
        found = self._recogniser.faces(image, min_face_px=min_face_px // 2)
        return [Detection(dlib_box(each.box), each.score) for each in found]


def _gallery(recogniser: FamilyRecogniser, students: list[Portrait], files: dict[str, Path]) -> Gallery:
    names, embeddings = [], []
    for each in students:
        image = decode_image(files[each.person].read_bytes())
        found = recogniser.faces(image, min_face_px=60)
        if found:
            names.append(each.person)
            embeddings.append(found[0].embedding)
    return Gallery(names, np.stack(embeddings), model_id="bench", constants=family_constants("khuface"))


def _middle(face: Face) -> tuple[float, float]:
    return (face.box[0] + face.box[2]) / 2, (face.box[1] + face.box[3]) / 2


def _near(sure: Iterable[tuple[float, float]], box: tuple[int, int, int, int]) -> tuple[float, float]:
    x, y, size = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2, box[2] - box[0] + 1
    return next((at for at in sure if abs(at[0] - x) < size / 2 and abs(at[1] - y) < size / 2), (-1.0, -1.0))
