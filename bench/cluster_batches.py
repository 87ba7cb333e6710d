"""Whether pictures of several requests are faster looked at together: four as one, beside one after the other."""

import time
from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench.table import Row, interleaved_medians, more, not_run
from server.bootstrap.family import set_family
from server.bootstrap.recognition import recogniser_of
from server.config import Settings
from server.faces import Box
from server.recognition import decode_image
from tests import weights
from tests.cluster.campus import ON_THE_DAY, class_picture
from tests.photographs import FETCHED

TOGETHER: Final = 4
REPEAT: Final = 9


def rows() -> Iterator[Row]:
    """Takes about ten seconds. One thread, as a process of the pool has."""
    if not weights.are_here() or not all((FETCHED / each).is_file() for each in ON_THE_DAY):
        yield not_run("cluster_batches: the networks or the photographs are not here")
        return
    settings = Settings(threads=1)
    recogniser = recogniser_of(settings, set_family(settings))
    picture = decode_image(class_picture(), max_pixels=settings.max_image_pixels)
    faces = recogniser.look(picture)
    stacked: NDArray[np.uint8] = np.concatenate([picture] * TOGETHER)
    boxes = [each.box for each in faces]
    all_boxes = [_lower(box, number * picture.shape[0]) for number in range(TOGETHER) for box in boxes]
    seconds = interleaved_medians(
        {
            "faces together": lambda: recogniser.at_boxes(stacked, all_boxes),
            "faces one by one": lambda: [recogniser.at_boxes(picture, boxes) for _ in range(TOGETHER)],
            "whole together": lambda: recogniser.look(stacked),
            "whole one by one": lambda: [recogniser.look(picture) for _ in range(TOGETHER)],
        },
        REPEAT,
        time.process_time,
    )
    for what, key in (
        (f"pictures a second, {len(boxes)} faces each, landmarks and embeddings of {TOGETHER} in one batch", "faces"),
        (f"pictures a second, {TOGETHER} found and embedded in one", "whole"),
    ):
        one_by_one, together = TOGETHER / seconds[f"{key} one by one"], TOGETHER / seconds[f"{key} together"]
        yield more(f"{what}, one thread; reference: one after the other", together, one_by_one, "/s")


def _lower(box: Box, rows_down: int) -> Box:
    left, top, right, bottom = box
    return left, top + rows_down, right, bottom + rows_down
