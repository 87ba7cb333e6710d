"""dlib's two files and pictures to run the networks on, for the tests of conversion and engines."""

import os
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from converter.dat import ModelFile
from server.recognition.engines import Networks
from server.recognition.model_files import ModelFiles, find_model_files, open_networks

PROJECT = Path(__file__).resolve().parents[2]


@cache
def files() -> ModelFiles:
    return find_model_files()


@cache
def embedder_file() -> ModelFile:
    return ModelFile.read(files().embedder)


@cache
def detector_file() -> ModelFile:
    return ModelFile.read(files().detector)


@cache
def networks(cache_folder: Path | None = None) -> Networks:
    return open_networks(files(), cache_folder)


def difficult_chips() -> NDArray[np.uint8]:
    """Chips (16, 150, 150, 3): noise, black, white, one colour, dark, clipped, a ramp and its mirror image."""
    random = np.random.default_rng(7)
    noise = random.integers(0, 256, (8, 150, 150, 3), dtype=np.uint8)
    dark = noise[:2] // 16
    clipped = np.where(noise[:2] > 127, 255, 0).astype(np.uint8)
    even = np.stack([np.full((150, 150, 3), colour, np.uint8) for colour in (0, 255)])
    ramp = np.broadcast_to(np.linspace(0, 255, 150).astype(np.uint8)[:, None], (150, 150, 3))
    return np.concatenate([noise, dark, clipped, even, np.stack([ramp, ramp[:, ::-1]])])


def photographs() -> list[NDArray[np.uint8]]:
    """A few pictures (h, w, 3), RGB, of people's faces; skips where set-up has fetched none."""
    shared = Path(os.environ.get("ROLLCALL_TEST_PHOTOS", PROJECT.parent / "shared" / "photos"))
    paths = [PROJECT / ".cache" / "photos" / name for name in ("obama.jpg", "obama2.jpg")]
    paths.append(shared / "compreface" / "007_B.jpg")
    found = [cv2.imread(str(path))[:, :, ::-1] for path in paths if path.is_file()]
    if not found:
        pytest.skip("no photographs: setup/fetch_photos.py fetches them")
    return [np.ascontiguousarray(picture) for picture in found]


def shrunk(picture: NDArray[np.uint8], longest: int) -> NDArray[np.uint8]:
    """`picture` with its longer side of `longest` pixels."""
    scale = longest / max(picture.shape)
    return cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
