"""Whose pictures are sent, and who is recognised, in less and less light: by the groups of a set of portraits.

A picture is a portrait cut around the head, darkened, with a sensor's noise. Needs the folder of test photographs.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.classroom import photo_folder
from bench.table import Row, not_run
from cameras.inspection import PictureInspector
from cameras.settings import CaptureThresholds
from server.faces import Recogniser
from server.recognition import decode_image, open_recogniser

LIGHT: Final = (1.0, 0.3, 0.2, 0.15, 0.1, 0.07)
NOISE: Final = 1.5
SIDE_PX: Final = 240
Pixels = NDArray[np.uint8]


def rows() -> Iterator[Row]:
    """Takes three minutes."""
    folder = photo_folder()
    if folder is None or not (folder / "london_all" / "info.csv").is_file():
        yield not_run("light and skin: no folder of test photographs")
        return
    people = _people(folder / "london_all")
    recogniser, look, wanted = open_recogniser("khuface"), PictureInspector(), CaptureThresholds()
    neutral = {person: recogniser.faces(image, max_faces=1)[0].embedding for person, (_, image, _) in people.items()}
    for light in LIGHT:
        counts: dict[str, list[tuple[bool, bool, bool]]] = defaultdict(list)
        for person, (group, _, smiling) in people.items():
            picture = _darkened(_cut(smiling, recogniser), light, int(person))
            measures = look.measure(picture[:, :, ::-1])
            by_mean = measures.brightness >= wanted.brightness
            known = _known(picture, person, neutral, recogniser)
            counts[group].append((by_mean, by_mean or measures.faces_seen, known))
        for group, seen in sorted(counts.items()):
            shares = [100 * sum(each) / len(seen) for each in zip(*seen, strict=True)]
            for name, share in zip(("bright enough by the mean", "sent", "recognised"), shares, strict=True):
                yield Row(f"light {light:g}, {group} ({len(seen)}): {name}", share, None, None, None, "%")


def _people(folder: Path) -> Mapping[str, tuple[str, Pixels, Pixels]]:
    with (folder / "info.csv").open(encoding="utf-8") as file:
        groups = {row["face_id"]: row["face_eth"] for row in csv.DictReader(file)}
    found = {}
    for person, group in groups.items():
        both = [folder / f"{person}_{look}.jpg" for look in ("neutral", "smiling")]
        if all(path.is_file() for path in both):
            neutral, smiling = (decode_image(path.read_bytes()) for path in both)
            found[person] = group, neutral, smiling
    return found


def _cut(image: Pixels, recogniser: Recogniser) -> Pixels:
    # The head and little else, so that the picture's mean is the face's.
    left, top, right, bottom = recogniser.faces(image, max_faces=1)[0].box
    around = (right - left) // 4
    head = image[max(top - around, 0) : bottom + around, max(left - around, 0) : right + around]
    return np.asarray(cv2.resize(head, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA), np.uint8)


def _darkened(image: Pixels, light: float, seed: int) -> Pixels:
    noise = np.random.default_rng(seed).normal(0, NOISE, image.shape)
    return np.clip(image * light + noise, 0, 255).astype(np.uint8)


def _known(picture: Pixels, person: str, neutral: Mapping[str, NDArray[np.float32]], recogniser: Recogniser) -> bool:
    faces = recogniser.faces(picture, max_faces=1)
    if not faces:
        return False
    return min(neutral, key=lambda each: float(np.linalg.norm(neutral[each] - faces[0].embedding))) == person
