"""Face chips to compare embeddings on: real ones, what cameras and software make of them, and noise."""

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import cv2
import dlib
import numpy as np
from numpy.typing import NDArray

from server.recognition.model_files import find_model_files

PROJECT: Final = Path(__file__).resolve().parent.parent
REAL: Final = 420
DERIVED: Final = 150
NOISE: Final = 150


def photograph_folders() -> list[Path]:
    """Where photographs may be: ROLLCALL_TEST_PHOTOS, and those that set-up fetched."""
    shared = Path(os.environ.get("ROLLCALL_TEST_PHOTOS", PROJECT.parent / "shared" / "photos"))
    return [shared / "congress", shared / "compreface", PROJECT / ".cache" / "photos"]


def photographs() -> Iterator[NDArray[np.uint8]]:
    """All photographs (h, w, 3), RGB, in the order of their names."""
    for folder in photograph_folders():
        for path in sorted(folder.glob("*.jpg")):
            picture = cv2.imread(str(path))
            if picture is not None:
                yield np.ascontiguousarray(picture[:, :, ::-1], np.uint8)


@cache
def real_chips() -> NDArray[np.uint8]:
    """At most REAL aligned chips of faces (n, 150, 150, 3), RGB."""
    find = dlib.get_frontal_face_detector()
    landmarks = dlib.shape_predictor(str(find_model_files().landmarks))
    chips: list[NDArray[np.uint8]] = []
    for picture in photographs():
        chips += [dlib.get_face_chip(picture, landmarks(picture, box)) for box in find(picture, 0)]
        if len(chips) >= REAL:
            break
    if not chips:
        raise SystemExit("There are no photographs to measure on: run `make setup`, or set ROLLCALL_TEST_PHOTOS.")
    return np.stack(chips[:REAL])


def chips_of_every_kind() -> NDArray[np.uint8]:
    """1020 chips or more: the real ones; grey, dark, clipped and very bright versions of them; noise."""
    real = real_chips()
    some = real[np.arange(DERIVED) % len(real)].astype(np.float32)
    grey = np.repeat(some.mean(axis=3, keepdims=True), 3, axis=3)
    derived = [grey, some / 8, (some - 128) * 4 + 128]
    noise = np.random.default_rng(1).integers(0, 256, (REAL - len(real) + NOISE, 150, 150, 3), dtype=np.uint8)
    return np.concatenate([real, *(np.clip(each, 0, 255).astype(np.uint8) for each in derived), noise])
