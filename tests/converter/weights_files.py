"""The TFLite files that set-up fetched, for the tests of their conversion, which are skipped where they are missing."""

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from converter.model_file import ModelFile
from converter.tflite import Network
from server.recognition.weights.cache import models_folder
from server.recognition.weights.published import published

FOLDER = models_folder()  # before a test chooses a cache of its own
MISSING = "the weights of MTCNN and MobileFaceNet were not fetched: setup/fetch_models.py fetches them"


@cache
def weights_file(network: Network) -> ModelFile:
    """The published file of a network; skips where it is not there."""
    (pinned,) = published(network).sources[0].files
    path = FOLDER / pinned.name
    if not path.is_file():
        pytest.skip(MISSING)
    file = ModelFile.read(path)
    file.require_hash(pinned.sha256)
    return file


def crops(pictures: list[NDArray[np.uint8]], count: int, size: int, seed: int = 5) -> NDArray[np.uint8]:
    """Squares (count, size, size, 3) cut out of pictures at drawn places, a tenth of them noise."""
    random = np.random.default_rng(seed)
    noise = random.integers(0, 256, (count // 10, size, size, 3), dtype=np.uint8)
    cut = []
    while len(cut) < count - len(noise):
        picture = pictures[len(cut) % len(pictures)]
        top, left = (int(random.integers(0, length - size)) for length in picture.shape[:2])
        cut.append(picture[top : top + size, left : left + size])
    return np.concatenate([np.stack(cut), noise])
