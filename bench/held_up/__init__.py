"""Photographs held up before a camera: how many are told, and how many people falsely.

python -m bench --only held_up          whole composed rooms, the clips, and what it costs
python -m bench.held_up.antispoofing F  the network that travels with the weights, which is not used
python -m bench.held_up.choosing        what the limits in server/services/held_up/signs.py were chosen by
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.classroom import photo_folder
from bench.held_up.composed import SEATS, Room, Somebody
from bench.held_up.portraits import Portrait, portraits, portraits_in
from bench.held_up.seen import SeenHour, interval
from bench.held_up.turned import KINDS, TILE, hour
from bench.table import Row, limited, not_run
from server.domain.evidence import Sign
from server.recognition import open_recogniser
from server.recognition.frames import frames_around
from server.recognition.recogniser import FamilyRecogniser

# The first five were looked at while limits were chosen.
ROOMS: Final = range(5, 10)
PICTURES: Final = 40
HELD_UP: Final = ("still", "moved") * 4
LEAST_PX: Final = 21
CLIPS: Final = ("classroom.gif", "help.mkv", "learn.mkv", "milk.mkv")
CLIP_LEAST_PX: Final = 12
MOST_OF_A_PICTURE: Final = 10.0


def rows() -> Iterator[Row]:
    folder = photo_folder()
    if folder is None or not (folder / "congress").is_dir():
        yield not_run("photographs held up")
        return
    told: dict[str, list[tuple[Sign, ...] | None]] = defaultdict(list)
    recogniser = open_recogniser("khuface", min_face_px=LEAST_PX, threads=1)
    for kind, signs in _rooms(recogniser, folder / "congress"):
        told[kind].append(signs)
    yield from _told(told)
    yield from _clips(folder / "intel")
    yield _cost(recogniser, folder / "congress")


def people(recogniser: FamilyRecogniser, folder: Path, half: int) -> Iterator[tuple[Portrait, Portrait]]:
    """Two portraits each of the people of a half: 0 for choosing, 1 for reporting."""
    files = sorted(folder.glob("*_a.jpg"))[half::2]
    first = {each.person: each for each in portraits(recogniser, files)}
    others = [file.with_name(file.name.replace("_a.", "_b.")) for file in files]
    second = {each.person: each for each in portraits(recogniser, others)}
    yield from ((first[each], second[each]) for each in sorted(first.keys() & second.keys()))


def _rooms(recogniser: FamilyRecogniser, folder: Path) -> Iterator[tuple[str, tuple[Sign, ...] | None]]:
    """Of each person kind and what is told; None: their face was hardly ever found."""
    pairs = list(people(recogniser, folder, 1))
    for number in ROOMS:
        chance = np.random.default_rng(500 + number)
        drawn = [pairs[each] for each in chance.permutation(len(pairs))[:SEATS]]
        kinds = ["real"] * SEATS
        for at, kind in zip(chance.permutation(SEATS), HELD_UP, strict=False):
            kinds[at] = kind
        # Half of the photographs that are held up are the ones that are enrolled.
        sitting = [
            Somebody(kind, one, other if kind == "real" or chance.random() < 0.5 else one)
            for kind, (one, other) in zip(kinds, drawn, strict=True)
        ]
        room, seen = Room(sitting, 900 + number), SeenHour(recogniser)
        places = [(each.x, each.y, float(each.face_px)) for each in room.places]
        for image in room.pictures(PICTURES):
            seen.add(image, places)
        signs = seen.signs([each.enrolled.embedding for each in sitting])
        for at, each in enumerate(sitting):
            yield each.kind, signs.get(at, ()) if len(seen.of(at)) > 2 else None


def _told(told: dict[str, list[tuple[Sign, ...] | None]]) -> Iterator[Row]:
    for kind, target in (("real", 1.0), ("still", 80.0), ("moved", 50.0)):
        found = [each for each in told[kind] if each is not None]
        hits, total, low, high = interval(bool(each) for each in found)
        by = ", ".join(f"{sign.value} {sum(sign in each for each in found)}" for sign in Sign)
        what = f"composed rooms, {kind}: told {hits} of {total} ({low:.1f} to {high:.1f} %; {by})"
        share = 100 * hits / max(total, 1)
        if kind == "real":
            yield limited(what, share, target, "%")
        else:
            yield Row(what, share, target, share / target, 1.0, "%")


def _clips(folder: Path) -> Iterator[Row]:
    """Of the people of the clips, and of their first pictures held up."""
    recogniser = open_recogniser("khuface", min_face_px=CLIP_LEAST_PX, threads=1)
    told: dict[str, list[bool]] = defaultdict(list)
    for name in CLIPS:
        shown = list(images(folder / name)) if (folder / name).is_file() else []
        if not shown:
            continue
        first = recogniser.look(shown[0])
        places = [((f.box[0] + f.box[2]) / 2, (f.box[1] + f.box[3]) / 2, float(f.width)) for f in first]
        seen = SeenHour(recogniser)
        for image in shown:
            seen.add(image, places)
        signs = seen.signs()
        told["real"] += [at in signs for at in range(len(places))]
        for portrait in portraits_in(shown[0], name, first):
            for kind, rigid in stills(recogniser, portrait, 44, len(shown)).items():
                told[kind].append(rigid)
    for kind in KINDS:
        hits, total, low, high = interval(told[kind])
        who = "people of the clips (a few seconds)" if kind == "real" else f"their first pictures, {kind}"
        what = f"{who}: told {hits} of {total} ({low:.0f} to {high:.0f} %)"
        yield Row(what, 100 * hits / max(total, 1), None, None, None, "%")


def stills(recogniser: FamilyRecogniser, portrait: Portrait, face_px: int, pictures: int) -> dict[str, bool]:
    """Whether the portrait as a print is told, by kind."""
    tile = round(face_px * TILE)
    seen = SeenHour(recogniser)
    places = [(tile * (at + 0.5), tile / 2, float(face_px)) for at in range(len(KINDS))]
    for image in hour(portrait, face_px, pictures, np.random.default_rng(len(portrait.person))):
        seen.add(image, places)
    signs = seen.signs()
    return {kind: at in signs for at, kind in enumerate(KINDS) if kind != "real"}


def images(file: Path) -> Iterator[NDArray[np.uint8]]:
    """Of a clip, RGB."""
    clip = cv2.VideoCapture(str(file))
    while True:
        there, image = clip.read()
        if not there:
            return
        yield np.ascontiguousarray(image[:, :, ::-1], np.uint8)


def _cost(recogniser: FamilyRecogniser, folder: Path) -> Row:
    """What frames and signs take of a picture's time, by the processor's clock."""
    pairs = list(people(recogniser, folder, 1))[:SEATS]
    room = Room([Somebody("real", one, other) for one, other in pairs], 1)
    seen, whole, more = SeenHour(recogniser), 0.0, 0.0
    places = [(each.x, each.y, float(each.face_px)) for each in room.places]
    for image in room.pictures(12):
        whole += _timed(partial(recogniser.look, image))
        boxes = [face.box for face in recogniser.look(image)]
        more += _timed(partial(frames_around, image, boxes))
        seen.add(image, places)
        more += _timed(seen.signs)
    return limited(
        "frames and signs, of the time that finding and embedding takes", 100 * more / whole, MOST_OF_A_PICTURE, "%"
    )


def _timed(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started
