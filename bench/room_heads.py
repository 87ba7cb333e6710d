"""Heads of groups and of composed rooms, counted beside those that there are; clips; and what all of it costs."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.classroom import composed_rows, photo_folder, read_portraits
from bench.detection_recall import noses_of
from bench.room_map import POINTS, AsDlib
from bench.table import Row, interleaved_medians, limited, not_run
from cameras.quality import measure
from cameras.scene import Scene
from server.domain.evidence import Look, Seen
from server.domain.heads import count_heads
from server.domain.shared_faces import overlap, shared_faces
from server.faces import Face
from server.gallery import Gallery
from server.gallery.constants import family_constants
from server.recognition import decode_image, open_recogniser
from server.recognition.recogniser import FamilyRecogniser
from server.services.class_day.places import PlacesSoFar
from server.services.rooms.face_map import MappedFace
from server.services.rooms.prediction import SurePrediction
from server.services.rooms.room_check import LEAST_PX, RoomCheck, check_room
from server.store import Sighting

SIZES_PX: Final = (80, 60, 46, 36, 29, 24)
A_ROW: Final = 10
ROOMS: Final = 3
PICTURES: Final = 3
CLASS: Final = 30
CLIPS: Final = ("classroom.gif", "learn.mkv", "milk.mkv", "help.mkv")
FRAMES: Final = 24
SHARE: Final = 10.0


def rows() -> Iterator[Row]:
    folder = photo_folder()
    if folder is None:
        yield not_run("heads of groups, rooms and clips")
        return
    recogniser = open_recogniser("khuface", min_face_px=LEAST_PX, threads=1)
    prediction = SurePrediction(family_constants("khuface"))
    yield from _groups(folder, recogniser, prediction)
    pictures = list(_rooms(folder, recogniser))
    yield _composed(pictures, recogniser, prediction)
    yield from _clips(folder, recogniser, prediction)
    yield _cost(decode_image(pictures[0][0]))


def _groups(folder: Path, recogniser: FamilyRecogniser, prediction: SurePrediction) -> Iterator[Row]:
    noses = noses_of(folder / "compreface")
    off = []
    for file in sorted((folder / "compreface").glob("*.jpg")):
        there = len(noses.get(file.name, ()))
        off.append(abs(_checked([file.read_bytes()], recogniser, prediction).heads - there))
    yield limited(f"heads of {len(off)} groups with marked noses: most apart in one", max(off), 1.0, "heads")


def _rooms(folder: Path, recogniser: FamilyRecogniser) -> Iterator[list[bytes]]:
    # The same people in the same room, who move between the pictures.
    files = sorted((folder / "congress").glob("*_b.jpg"))
    chosen = np.random.default_rng(60).permutation(len(files))
    for room in range(ROOMS):
        some = [files[each] for each in chosen[room * 70 : room * 70 + 70]]
        portraits = read_portraits(some, AsDlib(recogniser))[: A_ROW * len(SIZES_PX)]
        composed = partial(composed_rows, portraits, SIZES_PX, A_ROW, width=1920, height=1080, seed=room)
        yield [composed(people_seed=100 * room + each).jpeg for each in range(PICTURES)]


def _composed(pictures: Sequence[Sequence[bytes]], recogniser: FamilyRecogniser, prediction: SurePrediction) -> Row:
    there = A_ROW * len(SIZES_PX)
    found = [_checked(each, recogniser, prediction).heads for each in pictures]
    off = max(100 * abs(each - there) / there for each in found)
    return limited(f"heads of {ROOMS} composed rooms of {there}, {PICTURES} pictures each: most off", off, 10.0, "%")


def _checked(pictures: Sequence[bytes], recogniser: FamilyRecogniser, prediction: SurePrediction) -> RoomCheck:
    return check_room([partial(bytes, each) for each in pictures], recogniser, decode_image, prediction)


# -- clips


def _clips(folder: Path, recogniser: FamilyRecogniser, prediction: SurePrediction) -> Iterator[Row]:
    """Whoever is in a clip, enrolled from its first third among strangers, and looked for in the rest of it."""
    strangers = _strangers(folder, recogniser)
    for name in CLIPS:
        frames = _frames(folder / "intel" / name)
        found = [recogniser.faces(frame, min_face_px=LEAST_PX) for frame in frames]
        seats = _seats(found)
        told, real, count = _foretold_and_real(found, seats, strangers, prediction)
        people = f"{len(seats)} {'person' if len(seats) == 1 else 'people'}, {count} faces"
        what = f"{name} ({people}): sure foretold {told:.0f} %, real {real:.0f} %, apart"
        yield limited(what, abs(told - real), POINTS, "points")


def _frames(file: Path) -> list[NDArray[np.uint8]]:
    clip = cv2.VideoCapture(str(file))
    frames = []
    while True:
        is_there, frame = clip.read()
        if not is_there:
            break
        frames.append(np.asarray(frame[:, :, ::-1], np.uint8, order="C"))
    return frames[:: max(len(frames) // FRAMES, 1)]


def _seats(found: Sequence[Sequence[Face]]) -> list[list[tuple[int, Face]]]:
    """Faces of one place, with the number of their frame; places with fewer than a third of the frames are ghosts."""
    seats: list[list[tuple[int, Face]]] = []
    for number, faces in enumerate(found):
        for face in faces:
            near = [each for each in seats if overlap(each[-1][1].box, face.box) >= 0.2]
            if near:
                near[0].append((number, face))
            else:
                seats.append([(number, face)])
    return [each for each in seats if len(each) >= len(found) / 3]


def _foretold_and_real(
    found: Sequence[Sequence[Face]],
    seats: Sequence[Sequence[tuple[int, Face]]],
    strangers: Sequence[NDArray[np.float32]],
    prediction: SurePrediction,
) -> tuple[float, float, int]:
    first = len(found) // 3
    enrolled = [max((face for number, face in seat if number <= first), key=lambda each: each.width) for seat in seats]
    names = [f"seat {place}" for place in range(len(seats))] + [f"s{place}" for place in range(len(strangers))]
    embeddings = np.stack([*(each.embedding for each in enrolled), *strangers])[:CLASS]
    gallery = Gallery(names[:CLASS], embeddings, model_id="bench", constants=family_constants("khuface"))
    told, real = [], []
    for place, seat in enumerate(seats):
        for _, face in ((number, face) for number, face in seat if number > first):
            mapped = MappedFace(0, face.box, 0.0)
            told.append(prediction.sure(mapped.size_px, mapped.width))
            match = gallery.matcher().identify(face.embedding[None], [face.width])[0]
            real.append(match.verdict == "sure" and match.student_id == f"seat {place}")
    return 100 * float(np.mean(told)), 100 * float(np.mean(real)), len(real)


def _strangers(folder: Path, recogniser: FamilyRecogniser) -> list[NDArray[np.float32]]:
    files = sorted((folder / "congress").glob("*_a.jpg"))[:CLASS]
    found = [recogniser.faces(decode_image(each.read_bytes()), min_face_px=60) for each in files]
    return [faces[0].embedding for faces in found if faces]


# -- what it costs


def _cost(image: NDArray[np.uint8]) -> Row:
    """Light, sharpness and scene of a picture, and heads and places of an hour of sixty, beside finding its faces."""
    recogniser = open_recogniser("khuface", threads=1)
    faces = recogniser.look(image)
    boxes = [each.box for each in faces]
    before = Scene.of(image)
    places, looks, seen = _hour(boxes)
    nobody = np.eye(recogniser.dimensions, dtype=np.float32)[:2]
    matcher = Gallery(["1", "2"], nobody, model_id="bench", constants=family_constants("khuface")).matcher()

    def room() -> None:
        measure(image, boxes)
        before.changed(Scene.of(image))
        count_heads(looks, seen, {"": 0})
        shared_faces(1, places.faces((), matcher), [each.student for each in seen])

    took = interleaved_medians({"picture": lambda: recogniser.look(image), "room": room}, 5)
    what = f"a picture of {len(faces)} faces and the room's part of it: share of the picture's time"
    return limited(what, 100 * took["room"] / took["picture"], SHARE, "%")


def _hour(boxes: Sequence[tuple[int, int, int, int]]) -> tuple[PlacesSoFar, list[Look], list[Seen]]:
    began = datetime(2026, 3, 2, tzinfo=UTC)
    times = [began + timedelta(minutes=each) for each in range(50)]
    places = PlacesSoFar()
    for at in times:
        sightings = [
            Sighting(str(place), "sure", 0.99, ((str(place), 0.5),), box, None, "") for place, box in enumerate(boxes)
        ]
        places.add("a", at, sightings)
    looks = [Look(at, len(boxes), device="a") for at in times]
    return places, looks, [Seen(str(place), True, 0.99, tuple(times)) for place in range(len(boxes))]
