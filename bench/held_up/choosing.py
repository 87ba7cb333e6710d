"""What the limits of `signs` were chosen by: single faces of the people for choosing, by the first generator."""

from collections.abc import Iterator, Sequence

import numpy as np

from bench.classroom import composed_rows, photo_folder, read_portraits
from bench.held_up import LEAST_PX, people
from bench.held_up.portraits import Portrait
from bench.held_up.seen import SeenHour
from bench.held_up.turned import KINDS, SIZES_PX, TILE, hour
from server.recognition import decode_image, open_recogniser
from server.recognition.dlib_detectors.hog import HogDetector
from server.recognition.frames import frames_around
from server.recognition.recogniser import FamilyRecogniser

PEOPLE, PICTURES = 100, 40
QUANTILES = (0.02, 0.1, 0.5, 0.9, 0.95)


def main() -> None:
    folder = photo_folder()
    if folder is None:
        print("NOT RUN: there are no photographs.")
        return
    recogniser = open_recogniser("khuface", min_face_px=LEAST_PX - 3, threads=1)
    drawn = [one for one, _ in people(recogniser, folder / "congress", 0)][:PEOPLE]
    hours = list(_hours(recogniser, drawn))
    print("size | kind | " + " | ".join(f"{what} {QUANTILES}" for what in ("flat", "stiff / flat", "spread")))
    for px in SIZES_PX:
        for at, kind in enumerate(KINDS):
            shapes = [seen.shape(at) for size, seen in hours if size == px and len(seen.of(at)) > 2]
            flat = [shape.flat for shape, _, _ in shapes]
            ratio = [shape.stiff / shape.flat for shape, _, _ in shapes]
            spread = [each for _, each, _ in shapes]
            print(f"{px} | {kind} | " + " | ".join(map(_quantiles, (flat, ratio, spread))), flush=True)
    frames = [share for _, seen in hours for at in (1, 2) for share in _frames(seen, at)]
    print(f"frame around a print, in the middle of its pictures: {_quantiles(frames)}")
    files = sorted((folder / "congress").glob("*_a.jpg"))[::2]
    sitting = read_portraits(files[:40], HogDetector())
    picture = decode_image(composed_rows(sitting, (80, 60, 46, 36), 8, width=1920, height=1080, seed=3).jpeg)
    boxes = [face.box for face in recogniser.look(picture)]
    print(f"frame around a head in a composed room: {_quantiles(frames_around(picture, boxes))}")


def _hours(recogniser: FamilyRecogniser, drawn: Sequence[Portrait]) -> Iterator[tuple[int, SeenHour]]:
    for number, portrait in enumerate(drawn):
        px = SIZES_PX[number % len(SIZES_PX)]
        tile, seen = round(px * TILE), SeenHour(recogniser)
        places = [(tile * (at + 0.5), tile / 2, float(px)) for at in range(len(KINDS))]
        for image in hour(portrait, px, PICTURES, np.random.default_rng(number)):
            seen.add(image, places)
        yield px, seen


def _frames(seen: SeenHour, place: int) -> list[float]:
    shares = [each[place][1] for each in seen.pictures if place in each]
    return [float(np.median(shares))] if shares else []


def _quantiles(values: Sequence[float]) -> str:
    return " ".join(f"{each:.3f}" for each in np.quantile(values, QUANTILES)) if len(values) else "-"


if __name__ == "__main__":
    main()
