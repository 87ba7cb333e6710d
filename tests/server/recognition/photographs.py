"""Real photographs for the tests of recognition, and one recogniser for all of them; skips where they are missing."""

import csv
from collections import defaultdict
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from bench.classroom import ClassPicture, Portrait, compose, photo_folder, read_portraits
from server.faces import Recogniser
from server.recognition import decode_image, open_recogniser
from server.recognition.dlib_detectors.hog import HogDetector
from server.recognition.engines import DetectorSession, choose
from server.recognition.model_files import find_model_files, open_networks
from server.recognition.mtcnn import MtcnnDetector, MtcnnNetworks
from server.recognition.weights import published_network
from tests import photographs
from tests.weights import need


def fetched(name: str) -> NDArray[np.uint8]:
    """A photograph that set-up fetches, RGB."""
    return decode_image(photographs.fetched(name).read_bytes())


def shared(name: str) -> Path:
    """A file of the folder of test photographs; skips where there is no such folder."""
    folder = photo_folder()
    if folder is None or not (folder / name).exists():
        pytest.skip("there is no folder of test photographs (ROLLCALL_TEST_PHOTOS)")
    return folder / name


def noses(group: Path) -> dict[str, list[tuple[float, float]]]:
    """The nose of every face, by file."""
    by_file = defaultdict(list)
    with (group / "noses.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            by_file[row["file"]].append((float(row["x_px"]), float(row["y_px"])))
    return by_file


@cache
def portraits() -> tuple[Portrait, ...]:
    """The two people of the photographs that set-up fetches."""
    names = ("obama.jpg", "obama2.jpg", "biden.jpg")
    return tuple(read_portraits([photographs.fetched(name) for name in names], HogDetector()))


def head(number: int, face_px: int) -> NDArray[np.uint8]:
    """A square around the head of one of the portraits, its face that wide: the picture is twice as wide."""
    portrait = portraits()[number]
    left, top, right, bottom = portrait.box
    around = (right - left + 1) // 2
    cut = portrait.image[max(top - around, 0) : bottom + around, max(left - around, 0) : right + around]
    scale = face_px / (right - left + 1)
    small = cv2.resize(cut, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(small, np.uint8)


@cache
def class_picture() -> ClassPicture:
    """Twelve faces of 32 to 80 px in 960 x 540."""
    return compose(portraits(), [80, 64, 55, 50, 45, 40, 40, 36, 36, 32, 32, 32], width=960, height=540, seed=1)


@cache
def detector_session() -> DetectorSession:
    return choose("onnx", threads=2).engine.open_detector(open_networks(find_model_files()))  # type: ignore[return-value]


@cache
def recogniser(*, family: str = "dlib", mirror: bool = True, detector: str | None = None) -> Recogniser:
    need(family)
    return open_recogniser(family, mirror=mirror, detector=detector, threads=2)


@cache
def mtcnn_networks() -> MtcnnNetworks:
    """The published networks of MTCNN; skips where set-up has not fetched them."""
    need("khuface")
    engine = choose("onnx", threads=1).engine
    return MtcnnNetworks(*(engine.open_network(published_network(name)) for name in ("pnet", "rnet", "onet")))


@cache
def mtcnn(workers: int = 1) -> MtcnnDetector:
    return MtcnnDetector(mtcnn_networks(), workers=workers)
